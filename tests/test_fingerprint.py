"""What a recording tells of its environment, and how its file is written."""

import os
import stat
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from streetlight.record import environment, eras
from streetlight.record.eras import EraError, printing
from streetlight.record.recorder import write_beside


def test_the_bits_of_a_long_double_are_those_that_it_keeps():
    one, bits = np.longdouble(1), 1
    while one + one / 2**bits != one:
        bits += 1
    assert environment.fingerprint()['long_double_bits'] == bits


def test_a_blas_library_is_told_once_with_all_that_is_known_of_it():
    found = environment.blas()
    files = [library['file'] for library in found]
    assert len(files) == len(set(files))
    if environment.threadpoolctl:
        known = [info for info in environment.threadpoolctl.threadpool_info() if info['user_api'] == 'blas']
        assert {environment.file_and_folder(info['filepath']) for info in known} <= set(files)
        for info in known:
            (library,) = (each for each in found if each['file'] == environment.file_and_folder(info['filepath']))
            assert library['kernel'].lower() == info['architecture'].lower() if info.get('architecture') else True


def test_an_interpreter_s_width_and_switches_are_told(monkeypatch):
    for name in environment.SWITCHES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('OPENBLAS_CORETYPE', '')
    monkeypatch.setenv('MKL_CBWR', 'AVX2')
    assert environment.fingerprint()['switches'] == {'MKL_CBWR': 'AVX2'}
    monkeypatch.setattr(sys, 'maxsize', 2**31 - 1)
    assert environment.machine().endswith(' (32-bit)')
    monkeypatch.setattr(sys, 'maxsize', 2**63 - 1)
    assert environment.machine().endswith(' (64-bit)')


@pytest.mark.parametrize(
    'path, told', [('/a/b/lib.so', 'b/lib.so'), ('/a/../c/lib.so', 'c/lib.so'), ('lib.so', 'lib.so'), ('/usr/lib/x//y.so', 'x/y.so')]
)
def test_a_library_is_called_by_its_folder_and_name(path, told):
    assert environment.file_and_folder(path) == told


def test_a_library_that_cannot_be_opened_tells_nothing():
    assert environment.ask('/no/such/libopenblas.so') == {}


@pytest.mark.parametrize(
    'native, wanted, possible', [('1.14', '2.0', False), ('1.13', '1.14', False), ('2.0', '2.0', True), ('1.14', '1.14', True)]
)
def test_a_numpy_prints_in_no_era_after_its_own(monkeypatch, native, wanted, possible):
    monkeypatch.setattr(eras, 'NATIVE', native)
    if possible:
        with printing(wanted):
            pass
    else:
        with pytest.raises(EraError, match='install a NumPy of that era'), printing(wanted):
            pass


@pytest.mark.skipif(os.name == 'nt', reason='Windows has other rights')
@pytest.mark.parametrize('mask', [0o022, 0o027, 0o000])
def test_a_file_has_the_rights_that_others_have(tmp_path, mask):
    before = os.umask(mask)
    try:
        write_beside(str(tmp_path / 'trace.json'), 'text')
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / 'trace.json').stat().st_mode) == 0o666 & ~mask


@pytest.mark.skipif(os.name == 'nt', reason='Windows has no such device')
def test_a_device_is_written_as_it_is_and_a_link_stays_one(tmp_path):
    write_beside('/dev/null', 'text')
    assert stat.S_ISCHR(os.stat('/dev/null').st_mode)
    (tmp_path / 'link').symlink_to(tmp_path / 'real')
    write_beside(str(tmp_path / 'link'), 'text\n')
    assert (tmp_path / 'link').is_symlink() and (tmp_path / 'real').read_bytes() == b'text\n'


def test_what_two_ways_tell_of_each_of_several_libraries_is_put_together(monkeypatch):
    paths = ['/l/a/libopenblas.so', '/l/m/libblas.so', '/l/z/libmkl_rt.so']
    monkeypatch.setattr(environment, 'loaded_libraries', lambda: paths)
    monkeypatch.setattr(environment, 'ask', lambda path: {'version': 'its own'} if 'mkl' in path else {})
    told = [
        {'user_api': 'openmp', 'filepath': '/l/libgomp.so', 'internal_api': 'openmp', 'version': None},
        {'user_api': 'blas', 'filepath': '/l/z/libmkl_rt.so', 'internal_api': 'mkl', 'version': '9'},
        {'user_api': 'blas', 'filepath': '/l/a/libopenblas.so', 'internal_api': 'openblas', 'version': '0.3', 'architecture': 'Zen'},
        {'user_api': 'blas', 'filepath': '/l/b/libblis.so', 'internal_api': 'blis', 'version': '1', 'architecture': 'zen3'},
    ]
    monkeypatch.setattr(environment, 'threadpoolctl', type('Told', (), {'threadpool_info': staticmethod(lambda: told)}))
    assert environment.blas() == [
        {'file': 'a/libopenblas.so', 'version': 'openblas 0.3', 'kernel': 'Zen'},
        {'file': 'm/libblas.so'},
        {'file': 'z/libmkl_rt.so', 'version': 'its own'},
        {'file': 'b/libblis.so', 'version': 'blis 1', 'kernel': 'zen3'},
    ]


def test_a_library_tells_its_own_kernel_and_version_as_another_program_reads_them():
    threadpoolctl = pytest.importorskip('threadpoolctl')
    asked = [info for info in threadpoolctl.threadpool_info() if info['internal_api'] == 'openblas']
    for info in asked:
        told = environment.ask(info['filepath'])
        assert told['kernel'].lower() == info['architecture'].lower() and info['version'] in told['version']
    assert {path for path in environment.loaded_libraries() if 'openblas' in path} >= {os.path.realpath(info['filepath']) for info in asked}


def test_the_features_are_those_that_numpy_says_it_uses():
    shown = np.show_config(mode='dicts')['SIMD Extensions'] if np.__version__ >= '1.26' else {}
    features = environment.cpu_features()
    assert set(shown.get('found', ())) <= set(features) and not set(shown.get('not found', ())) & set(features)
    assert features == sorted(features) and features


@pytest.mark.parametrize(
    'new, old, told',
    [({'B': True, 'C': False, 'A': True}, {'D': True}, ['A', 'B']), (None, {'D': True}, ['D']), (None, None, [])],
    ids=['a new NumPy', 'an older one', 'one that does not tell'],
)
def test_the_processor_s_features_are_told_by_the_module_that_has_them(monkeypatch, new, old, told):
    for name, features in (('numpy._core._multiarray_umath', new), ('numpy.core._multiarray_umath', old)):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(**({} if features is None else {'__cpu_features__': features})))
    assert environment.cpu_features() == told
    monkeypatch.setitem(sys.modules, 'numpy._core._multiarray_umath', None)  # it cannot be imported
    assert environment.cpu_features() == sorted(old or ())


@pytest.mark.parametrize(
    'says, told', [('musl libc (x86_64)\\nVersion 1.2.3\\nDynamic Program Loader', 'musl 1.2.3'), ('no such thing', '')]
)
def test_musl_is_told_by_its_loader(tmp_path, monkeypatch, says, told):
    loader = tmp_path / 'ld-musl-x86_64.so.1'
    loader.write_text(f"#!/bin/sh\nprintf '{says}\\n' >&2\nexit 1\n")
    loader.chmod(0o755)
    monkeypatch.setattr(environment.glob, 'glob', lambda pattern: [str(loader)] if 'musl' in pattern else [])
    assert environment.musl() == told
