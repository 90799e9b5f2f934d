"""The atlas: how classes and environments are named, and that it comes back from its files as it was written."""

import copy
import shutil
from pathlib import Path

import numpy as np
import pytest
from recordings import PLAIN, recording_of

from reference import BOOK
from streetlight.book import Book
from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.certify.certificates import records
from streetlight.certify.record import as_lines, read_records
from streetlight.judge import atlas as atlases
from streetlight.judge import atlasfile, naming, subject
from streetlight.judge.copied import enter_copied
from streetlight.judge.environments import environments, misnamed
from streetlight.judge.naming import class_name
from streetlight.judge.pinned import Model, Pinned, PinnedError, model_name, pinned
from streetlight.judge.squares import COPIED, LIBRARY, ROUNDED, NotingArithmetic, rules
from streetlight.judge.tracefile import Recorded, Recording
from streetlight.judge.verdict import same_bits
from streetlight.record.eras import ERAS, NATIVE, printed_text
from streetlight.record.trace import digest, trace_of


def fused(k):
    text = 'p0'
    for index in range(1, k):
        text = f'({text}+x{index})'
    return f'0+{text}'


def halves(k):
    def fold(indices):
        text = f'p{indices[0]}'
        for index in indices[1:]:
            text = f'({text}+p{index})'
        return text

    return f'0+({fold(range(0, k, 2))}+{fold(range(1, k, 2))})' if k > 1 else '0+p0'


@pytest.mark.parametrize(
    'word, tree',
    [('left-to-right', lambda k: left_to_right('', k)[0]), ('fused', fused), ('halves', halves)],
    ids=['left', 'fused', 'halves'],
)
def test_a_class_has_the_name_of_the_sum_that_makes_it(word, tree):
    listing = BOOK.listing('all-together' if word == 'fused' else 'whole-dataset')  # the latter's lights are integers: fused is rounded
    bits = digest(trace_of(listing, EmulatedArithmetic(lambda shape, k: [tree(k)])).steps)
    assert class_name(listing, bits, {}) == f'{word}-{bits[:6]}'
    of_shape = naming._accumulations(naming.CANONICAL[word])
    assert [of_shape('', k) for k in range(1, 9)] == [[tree(k)] for k in range(1, 9)]


def test_a_class_that_no_such_sum_makes_is_mixed_and_one_that_all_make_is_any():
    assert class_name(BOOK.listing('whole-dataset'), '0' * 64, {}) == 'mixed-000000'
    bits = digest(trace_of(BOOK.listing('elementwise')).steps)
    assert class_name(BOOK.listing('elementwise'), bits, {}) == f'any-{bits[:6]}'


def test_environments_are_named_by_what_they_are_made_of():
    known = environments()
    haswell = known['python313-numpy2.5-kernel-haswell']
    assert (haswell.maker, haswell.variables) == ('wheel', {'OPENBLAS_CORETYPE': 'Haswell'})
    assert haswell.settings['python'] == '3.13' and haswell.settings['numpy'].startswith('2.5.')
    assert known['python27-numpy1.13'].settings == {'python': '2.7', 'numpy': '1.13.3'}
    assert known['blas-mkl'].variables == {} and known['blas-mkl-cbwr-avx2'].variables == {'MKL_CBWR': 'AVX2'}
    assert known['blas-netlib'].settings == {'architecture': 'amd64', 'blas': 'netlib'}
    assert known['arch-s390x-blas-atlas'].settings == {'architecture': 's390x', 'blas': 'atlas'}
    arm = known['arch-arm64-numpy2.4-kernel-neoversen1']
    assert arm.maker == 'debian' and arm.settings['numpy'].startswith('2.4') and arm.variables == {'OPENBLAS_CORETYPE': 'NEOVERSEN1'}
    assert any(each.maker == 'pypy' and name.startswith('pypython-numpy') for name, each in known.items())
    for name, each in known.items():
        if '-without-' in name:
            base = known[name.partition('-without-')[0]]
            assert each.settings == base.settings and each.variables.items() > base.variables.items()
    assert [name for name, each in known.items() if each.name != name] == []


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    """A copy of the toy book of which nothing is pinned, and an atlas of two environments of it."""
    folder = tmp_path_factory.mktemp('book') / 'toy'
    shutil.copytree(Path(__file__).parent / 'toy', folder, ignore=shutil.ignore_patterns('snapshots'))
    book, atlas = Book(folder), atlases.empty()
    for name, version, tree in (
        ('old', '1.13.3', '((p0+p1)+p2)'),
        ('new', np.__version__, '(p0+(p1+p2))'),
        ('third', '1.26.4', '((p0+p1)+p2)'),
    ):
        atlases.add(book, atlas, name, recorded(book, tree, version))
    return book, atlas


def recorded(book, tree, version, squares=()):
    accumulations = {'3 . 3': ['0+' + tree]}
    traces = {each.id: trace_of(each, EmulatedArithmetic(accumulations)) for each in book.listings}
    listings = {name: Recorded(digest(trace.steps), NATIVE, printed_text(trace), trace.steps) for name, trace in traces.items()}
    return Recording(version, {'numpy': version, 'libc': 'one'}, accumulations, dict(squares), listings)


def test_an_atlas_comes_back_from_its_files(toy):
    book, atlas = toy
    atlas = copy.deepcopy(atlas)
    atlas['environments']['new']['unexplained'] = {'shares': 'for a reason'}
    atlas['environments']['old']['copied'] = {'descent': 'for another'}
    square = {(0.1).hex(): (0.010000000000000002).hex()}
    model = Model(atlas['models'][atlas['environments']['new']['model']].accumulations, square)
    del atlas['models'][atlas['environments']['new']['model']]
    atlas['environments']['new']['model'] = model_name(model)
    atlas['models'][model_name(model)] = model
    atlasfile.write(book, atlas)
    back = Pinned(book)
    assert back.atlas == atlas
    commonest = digest(recorded(book, '((p0+p1)+p2)', '2').listings['shares'].steps)
    assert next(iter(back.atlas['classes']['shares'].values())) == commonest
    shutil.rmtree(back.folder)


def test_what_is_pinned_answers_by_class_and_by_environment(toy):
    book, atlas = toy
    atlasfile.write(book, atlas)
    known = Pinned(book)
    (common, rare) = known.atlas['classes']['shares']
    assert known.environments_of('shares', common) == ['old', 'third'] and known.environments_of('shares', rare) == ['new']
    assert known.sizes('shares') == {common: 2, rare: 1}
    assert known.class_of('shares', known.atlas['classes']['shares'][rare]) == rare and known.class_of('shares', '0') is None
    assert known.model_of('shares', rare).accumulations == {'3 . 3': ['0+(p0+(p1+p2))']}
    assert list(known.models_of('shares')) == [common, rare]
    assert known.printed('shares', rare, '1.13').splitlines()[0] == 'Total:3.6'
    assert known.atlas['environments']['old']['era'] == '1.13' and known.atlas['environments']['third']['era'] == '1.14'
    assert set(known.atlas['texts']['shares'][rare]) == set(ERAS)
    with pytest.raises(PinnedError, match="no environment is of class 'x' of shares"):
        known.model_of('shares', 'x')
    with pytest.raises(PinnedError, match='certify --pin'):
        known.records('shares')
    (known.folder / 'shares' / 'numbers.jsonl').write_text('{')
    with pytest.raises(PinnedError, match='not as it was written'):
        known.records('shares')
    text = next((known.folder / 'texts').iterdir())
    text.unlink()
    with pytest.raises(PinnedError, match='`atlas` writes it'):
        assert Pinned(book).atlas
    (known.folder / 'environments.jsonl').write_text('{')
    with pytest.raises(PinnedError, match='not as it was written'):
        assert Pinned(book).atlas
    shutil.rmtree(known.folder)


def test_writing_again_changes_no_file_and_takes_away_texts_that_nobody_prints(toy):
    book, atlas = toy
    atlasfile.write(book, atlas)
    files = {path: path.stat().st_mtime_ns for path in Path(book.snapshots).rglob('*') if path.is_file()}
    lost = Path(book.snapshots) / 'texts' / '000000000000.txt'
    lost.write_text('nobody prints this')
    atlasfile.write(book, atlas)
    assert {path: path.stat().st_mtime_ns for path in Path(book.snapshots).rglob('*') if path.is_file()} == files
    shutil.rmtree(book.snapshots)


def test_a_recording_of_some_listings_leaves_the_others_as_they_were(toy):
    book, atlas = toy
    other = copy.deepcopy(atlas)
    part = recorded(book, '(p0+(p1+p2))', '1.13.3')
    atlases.add(
        book, other, 'old', part._replace(listings={'shares': part.listings['shares']}, accumulations={}, squares={'0x1p+0': '0x1p+0'})
    )
    entry, before = other['environments']['old'], atlas['environments']['old']
    assert entry['classes']['descent'] == before['classes']['descent'] and entry['classes']['shares'] != before['classes']['shares']
    assert other['models'][entry['model']] == Model({'3 . 3': ['0+((p0+p1)+p2)']}, {'0x1p+0': '0x1p+0'})
    assert set(entry['unexplained']) == {'shares'}  # the other sum does not predict it
    atlases.add(book, other, 'old', recorded(book, '((p0+p1)+p2)', '1.13.3'))
    assert 'unexplained' not in other['environments']['old'] and other['environments']['old']['classes'] == before['classes']
    assert [each.id for each in atlases.lacking(book, other, 'nobody')] == ['shares', 'descent'] and not atlases.lacking(book, other, 'old')


def test_environments_that_differ_in_their_switches_alone_are_one():
    facts = [{'numpy': '2', 'switches': {}}, {'numpy': '2', 'switches': {'A': 'B'}}, {'numpy': '1', 'switches': {}}]
    assert atlases.distinct({'environments': {str(n): {'fingerprint': each} for n, each in enumerate(facts)}}) == 2


@pytest.mark.parametrize(
    'blas, kernel, library',
    [
        ([{'file': 'numpy.libs/libopenblas.so', 'kernel': 'Zen'}], 'zen', 'openblas'),
        ([{'file': 'lib/libmkl_rt.so.2'}], None, 'mkl'),
        ([{'file': 'blis-pthread/libblas.so.3'}], None, 'blis'),
        ([{'file': 'atlas/libblas.so.3'}], None, 'atlas'),
        ([{'file': 'blas/libblas.so.3'}], None, 'netlib'),
        ([{'file': 'x/y.so', 'version': 'OpenBLAS 0.3'}, {'file': 'z', 'kernel': 'HASWELL'}], 'haswell', 'openblas'),
        ([], None, 'none'),
    ],
)
def test_a_library_is_told_by_its_files_and_a_kernel_by_itself(blas, kernel, library):
    assert (atlases.kernel({'blas': blas}), atlases.library({'blas': blas})) == (kernel, library)


def test_by_which_rule_the_squares_of_an_environment_are_known():
    atlas = atlases.empty()
    deltas = [abs(float(step.value)) for step in recording_of(PLAIN).listings['whole-dataset'].steps if step.name == 'delta']
    right = next(x for x in deltas if x * x != 0)
    wrong = {right.hex(): float(np.nextafter(right * right, 1)).hex()}
    for name, squares in (('none', {}), ('copied', wrong), ('unused', {(0.3).hex(): (0.09000000000000001).hex()})):
        model = Model(PLAIN, squares)
        atlas['models'][model_name(model)] = model
        atlas['environments'][name] = {'classes': {'whole-dataset': 'a'}, 'model': model_name(model)}
    atlas['environments']['odd'] = {'classes': {}, 'model': model_name(Model(PLAIN, {})), 'unexplained': {'x': 'y'}}
    found = rules(BOOK, atlas)
    assert set(found) == {'none', 'copied', 'unused'} and found['none'] == found['unused'] == ROUNDED
    assert found['copied'] in (COPIED, LIBRARY)


def test_only_squares_are_noted_as_the_c_librarys():
    arithmetic = NotingArithmetic(PLAIN)
    arithmetic.power(np.float64(0.5), 3)
    arithmetic.power(np.float64(0.5), 1)
    assert arithmetic.noted == {}
    arithmetic.power(np.float64(-0.5), 2)
    assert arithmetic.noted == {0.5: 0.25}


def test_a_subject_that_fails_tells_its_last_five_lines_each_cut():
    command = ['sh', '-c', "seq 12; printf '%0300d\\n' 7; exit 3"]
    with pytest.raises(subject.SubjectError) as failed:
        subject.record_text(command, BOOK)
    assert str(failed.value).splitlines()[1:] == ['    9', '    10', '    11', '    12', '    ' + '0' * 200]


def test_bits_are_compared_across_types():
    assert same_bits(np.float32(0.5), 0.5) and same_bits(np.int32(3), np.int64(3)) and same_bits(np.array([True]), np.array([1]))
    assert not same_bits(np.float32(0.5), 0.25) and not same_bits(np.float32(0.25), 0.5) and not same_bits(np.int32(3), 3.0)


def test_the_classes_of_a_plain_listing_are_as_many_as_their_digests(tmp_path):
    folder = tmp_path / 'toy'
    shutil.copytree(Path(__file__).parent / 'toy', folder, ignore=shutil.ignore_patterns('snapshots'))
    (folder / 'book.toml').write_text('steps = "printed"\n' + (folder / 'book.toml').read_text())
    book, atlas = Book(folder), atlases.empty()
    first, second = (recorded(book, tree, '2.0.0') for tree in ('((p0+p1)+p2)', '(p0+(p1+p2))'))
    listing = book.listing('shares')
    for pair in ((first, second), (second, first)):
        atlas = atlases.empty()
        names = [enter_copied(atlas, listing, each) for each in (*pair, pair[0])]
        assert names[0] == names[2] != names[1] and set(atlas['classes']['shares']) == set(names)
        assert all(name == f'exp-unknown-{bits[:6]}' for name, bits in atlas['classes']['shares'].items())
        texts = [atlas['texts']['shares'][name][NATIVE] for name in names[:2]]
        assert texts == [each.listings['shares'].printed for each in pair] and texts[0] != texts[1]


def test_a_new_class_of_a_plain_listing_enters_its_records_as_if_it_had_been_known(tmp_path):
    folder = tmp_path / 'toy'
    shutil.copytree(Path(__file__).parent / 'toy', folder, ignore=shutil.ignore_patterns('snapshots'))
    plain, trees = Book(folder), {'first': '((p0+p1)+p2)', 'second': '(p0+(p1+p2))'}
    models = {name: Model({'3 . 3': [f'0+{tree}']}, {}) for name, tree in trees.items()}
    (folder / 'book.toml').write_text('steps = "printed"\n' + (folder / 'book.toml').read_text())
    book = Book(folder)
    for listing in ('shares', 'descent'):
        path = Path(book.snapshots, listing, 'numbers.jsonl')
        path.parent.mkdir(parents=True, exist_ok=True)
        expected = read_records(as_lines(records(plain.listing(listing), models)), listing)
        known = records(plain.listing(listing), {'first': models['first']})
        steps = trace_of(plain.listing(listing), EmulatedArithmetic(*models['second'])).steps
        path.write_text(as_lines(known), 'utf-8')
        atlasfile.write(book, {**atlases.empty(), 'steps': {listing: {'second': steps}}})
        assert read_records(path.read_text('utf-8'), listing) == expected != read_records(as_lines(known), listing)
        path.unlink()
        atlasfile.write(book, {**atlases.empty(), 'steps': {listing: {'second': steps}}})  # of a listing without records
        assert not path.exists()


def test_every_recording_was_made_by_what_its_name_says():
    for book in (BOOK, Book('books/sigmoid')):
        for name, entry in pinned(book).atlas['environments'].items():
            assert misnamed(name, entry['fingerprint']) == '', name


def test_a_recording_under_another_ones_name_is_told():
    here = {'python': '3.11.7', 'numpy': '2.4.6'}
    assert [
        misnamed(f'python{name}', here)
        for name in ('311-numpy2.4', '311-numpy2.4-kernel-zen', '311-numpy1.23', '313-numpy2.4', '31-numpy2')
    ] == ['', '', 'numpy 2.4.6', 'python 3.11.7', 'python 3.11.7']
