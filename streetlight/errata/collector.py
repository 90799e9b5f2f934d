"""pytest's side of the gate: ``--manuscript FILE`` makes each figure and statement of a manuscript a test.

A plugin, and not part of ``conftest.py``: pytest looks for that beside the paths of its command line, and a manuscript lies
anywhere.  ``pyproject.toml`` names it to pytest, and ``conftest.py`` to one that starts in a clone.
"""

import os
from pathlib import Path

import pytest

from streetlight.errata import accepted


def pytest_addoption(parser):
    group = parser.getgroup('streetlight manuscripts')
    group.addoption(
        '--manuscript',
        action='append',
        default=[],
        metavar='FILE',
        help='judge the figures, equations and programs of this manuscript, each a test (may be given several times)',
    )
    group.addoption(
        '--ledger',
        default='errata-ledger.json',
        metavar='FILE',
        help='accepted errata of the manuscripts (errata-ledger.json, where there is one)',
    )
    group.addoption('--book', metavar='DIR', help='the folder of the book whose listings the manuscripts may print')
    group.addoption('--run-code', action='store_true', help="also run the manuscripts' own code, and compare what it prints")


def pytest_configure(config):
    if config.option.manuscript:
        config.pluginmanager.register(Manuscripts(config))


class Manuscripts:
    """The manuscripts of ``--manuscript``, as files whose figures and statements are tests; without paths, they are all that is tested."""

    def __init__(self, config):
        self.paths = {Path(os.path.abspath(path)) for path in config.option.manuscript}
        missing = [path for path in config.option.manuscript if not Path(path).is_file()]
        if missing:
            raise pytest.UsageError(f"no manuscript '{missing[0]}'")
        given = config.args if config.args_source == config.ArgsSource.ARGS else []
        config.args = [*given, *(path for path in config.option.manuscript if path not in given)]

    def pytest_collect_file(self, file_path, parent):
        if file_path.absolute() in self.paths:
            return ManuscriptFile.from_parent(parent, path=file_path)
        return None


class ManuscriptFile(pytest.File):
    """A manuscript: an item for each figure and statement that the gate finds, and one for the ledger."""

    def collect(self):
        options = self.config.option
        from streetlight.book import Book, BookError, find
        from streetlight.errata.gate import findings_of, told
        from streetlight.errata.manuscript import ManuscriptError
        from streetlight.errata.readers import read

        try:
            known = accepted.read(options.ledger)
            book = Book(options.book) if options.book else find()
            if book is None:
                raise BookError('there is no book here to judge by; name its folder with --book DIR')
            findings = findings_of(book, read(self.path), options.run_code)
        except (ManuscriptError, accepted.LedgerError, BookError) as error:
            raise self.CollectError(str(error)) from None
        judged = accepted.beside(findings, known, [self.path], Path(options.ledger).parent)
        new = set(map(id, judged.new))
        for finding in findings:
            problem = told(finding) if id(finding) in new else ''
            short = (finding.printed or finding.verdict).splitlines()[0][:40]
            name = f'{finding.line}:{finding.column}:{finding.kind}:{short}'
            yield Figure.from_parent(self, name=name, line=finding.line, problem=problem)
        gone = '\n'.join(f"{entry['printed']!r} is in the ledger '{options.ledger}' and no longer occurs" for entry in judged.gone)
        yield Figure.from_parent(self, name='ledger', line=1, problem=gone)


class Erratum(Exception):
    """A finding on a manuscript that its ledger does not accept."""


class Figure(pytest.Item):
    """One figure or statement of a manuscript; it fails with the finding, in one line with file and line."""

    def __init__(self, *, line, problem, **others):
        super().__init__(**others)
        self.line = line
        self.problem = problem

    def runtest(self):
        if self.problem:
            raise Erratum(self.problem)

    def repr_failure(self, excinfo):
        return str(excinfo.value) if excinfo.errisinstance(Erratum) else super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, self.line - 1, f'{self.path.name}:{self.name}'
