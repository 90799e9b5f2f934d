"""Manuscripts of a few lines, judged."""

from reference import BOOK
from streetlight.errata.gate import findings_of
from streetlight.errata.readers import parse

ERRORS = (
    'Error:0.634231159844',
    'Error:0.358384076763',
    'Error:0.0830183113303',
    'Error:0.0064670549571',
    'Error:0.000329266900075',
    'Error:1.50556226651e-05',
)


def judged(*lines, suffix='.md', fence='```'):
    """The findings on a manuscript that prints these lines."""
    text = '\n'.join([fence, *lines, '```', '']) if suffix == '.md' and fence else '\n'.join(lines) + '\n'
    return findings_of(BOOK, parse(text.encode(), suffix, 'text' + suffix))


def verdicts(findings):
    return [finding.verdict for finding in findings if finding.kind == 'figure']
