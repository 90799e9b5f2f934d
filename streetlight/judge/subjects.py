"""Make the subjects of the atlas: interpreters, wheels and Debian packages, unpacked into one folder, without root.

Each maker returns the command that starts the interpreter and the environment variables it needs.
"""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from streetlight.judge.environments import data
from streetlight.judge.unpacking import FOLDER, PIP, WHEELS, Unavailable, debian_root, for_python, made, native_root, run, unpack_wheel


def prepare(environment):
    """Make what an environment needs.

    Parameters
    ----------
    environment : streetlight.judge.environments.Environment

    Returns
    -------
    command : list of str
    variables : dict of str to str
        Of the environment and of its maker.

    Raises
    ------
    Unavailable
    """
    command, variables = MAKERS[environment.maker](environment.variables, **environment.settings)
    # what this session has set must not reach a subject that does not ask for it
    return [str(word) for word in command], {'OPENBLAS_CORETYPE': '', 'OPENBLAS_L2_SIZE': '', **variables, **environment.variables}


def wheel(variables, python, numpy):
    """CPython and a NumPy from the package index, by that Python's own pip."""
    interpreter = find_python(python)
    target = FOLDER / f'py{python}-numpy{numpy}'
    with made(target) as folder:
        if folder:
            run(
                [interpreter, *PIP, 'install', '--no-compile', *WHEELS, '--target', folder, f'numpy=={numpy}'],
                f'NumPy {numpy} for Python {python}',
            )
    return [interpreter], {'PYTHONPATH': str(target)}


def debian(variables, architecture, blas, numpy=None):
    """Debian's Python of an architecture with one of its BLAS libraries, or with a NumPy wheel that brings its own."""
    about = data()['debian']
    facts = about['architectures'][architecture]
    root = debian_root(architecture, about['packages'] + facts.get('packages', []), 'base')
    libraries = root / 'usr/lib' / facts['triplet']
    places = [libraries, root / 'lib' / facts['triplet'], root / 'lib']
    if blas != 'netlib':
        extra = debian_root(architecture, about['blas'][blas], blas) / 'usr/lib' / facts['triplet']
        places = [folder.parent for folder in sorted(extra.glob('*/libblas.so.3'))] + [extra] + places
    places += [libraries / 'blas', libraries / 'lapack']
    paths = {'PYTHONPATH': str(wheel_for(architecture, numpy))} if numpy else {}
    return started(architecture, root, root / f'usr/bin/python{about["python"]}', places, {**paths, **variables}), {}


def mkl(variables):
    """Debian's NumPy, whose ``libblas.so.3`` is Intel's MKL from the package index."""
    if platform.machine() not in ('x86_64', 'AMD64'):
        raise Unavailable(f'MKL runs on x86-64, this machine is {platform.machine()}')
    folder = FOLDER / 'mkl'
    with made(folder) as beside:
        if beside:
            unpack_wheel(beside / 'wheels', 'mkl', [])
            library = next((beside / 'wheels').glob('**/libmkl_rt.so*'))
            for name in ('libblas.so.3', 'liblapack.so.3'):
                os.symlink(os.path.relpath(library, beside), beside / name)
    about = data()['debian']
    facts = about['architectures']['amd64']
    root = debian_root('amd64', about['packages'], 'base')
    libraries = root / 'usr/lib' / facts['triplet']
    own = next((folder / 'wheels').glob('**/libmkl_rt.so*')).parent
    return started(
        'amd64',
        root,
        root / f'usr/bin/python{about["python"]}',
        [folder, own, libraries, root / 'lib' / facts['triplet']],
        {'MKL_THREADING_LAYER': 'SEQUENTIAL'},
    ), {}


def pypy(variables, numpy):
    """Debian's PyPy and a NumPy wheel for it."""
    about = data()['pypy']
    root = debian_root('amd64', about['packages'], 'pypy')
    facts = data()['debian']['architectures']['amd64']
    target = FOLDER / f'pypy-numpy{numpy}'
    with made(target) as folder:
        if folder:
            unpack_wheel(folder, f'numpy=={numpy}', for_python(about['python'], 'pp', about['abi'], about['platforms']))
    places = [root / 'usr/lib' / facts['triplet'], root / 'lib' / facts['triplet'], root / 'usr/lib']
    return started('amd64', root, root / 'usr/bin/pypy3', places, {}), {'PYTHONPATH': str(target)}


def musl(variables, numpy):
    """A CPython that somebody built on musl, and a NumPy wheel for it."""
    about = data()['musl']
    interpreter = FOLDER / 'musl' / 'bin' / f'python{about["python"]}'
    if not interpreter.exists():
        raise Unavailable(f'no Python on musl at {interpreter}; CONTRIBUTING says how to build one')
    target = FOLDER / f'musl-numpy{numpy}'
    with made(target) as folder:
        if folder:
            abi = 'cp' + about['python'].replace('.', '')
            unpack_wheel(folder, f'numpy=={numpy}', for_python(about['python'], 'cp', abi, about['platforms']))
    return [interpreter], {'PYTHONPATH': str(target)}


MAKERS = {'wheel': wheel, 'debian': debian, 'mkl': mkl, 'musl': musl, 'pypy': pypy}


def find_python(version):
    """A Python of this version with pip: in ``STREETLIGHT_PYTHONS`` (folders of interpreters, or of versions), on the path, or pyenv's."""
    folders = [Path(folder) for folder in os.environ.get('STREETLIGHT_PYTHONS', '').split(os.pathsep) if folder]
    found = [str(folder / name) for folder in folders for name in (f'python{version}', f'bin/python{version}')]
    found += [str(path) for folder in folders for path in sorted(folder.glob(f'{version}.*/bin/python{version}'), reverse=True)]
    found.append(shutil.which(f'python{version}') or '')
    versions = Path(os.environ.get('PYENV_ROOT', Path.home() / '.pyenv')) / 'versions'
    found += [str(path) for path in sorted(versions.glob(f'{version}.*/bin/python{version}'), reverse=True)]
    for interpreter in filter(None, found):
        told = (
            subprocess.run(
                [interpreter, '-c', 'import sys, pip; print("%d.%d" % sys.version_info[:2])'], capture_output=True, text=True, check=False
            )
            if os.access(interpreter, os.X_OK)
            else None
        )
        if told and told.returncode == 0 and told.stdout.strip() == version:
            return interpreter
    raise Unavailable(f"no Python {version} with pip: not in STREETLIGHT_PYTHONS, on the path, or among pyenv's versions")


def started(architecture, root, interpreter, places, variables):
    """The command that starts an unpacked interpreter: by its own loader where it is native, else by user-mode QEMU."""
    path = os.pathsep.join(str(place) for place in places)
    if architecture == 'amd64' and platform.machine() == 'x86_64':
        settings = [f'{name}={value}' for name, value in variables.items()]
        return ['env', *settings, root / 'lib64/ld-linux-x86-64.so.2', '--library-path', path, interpreter]
    name = f'qemu-{data()["debian"]["architectures"][architecture]["qemu"]}-static'
    emulator = shutil.which(name) or native_root('qemu-user-static') / 'usr/bin' / name
    settings = [word for item in {'LD_LIBRARY_PATH': path, **variables}.items() for word in ('-E', '='.join(item))]
    return [emulator, '-L', root, *settings, interpreter]


def wheel_for(architecture, numpy):
    """A NumPy wheel of another architecture, unpacked."""
    about = data()['wheels'][architecture]
    target = FOLDER / f'wheel-{architecture}-numpy{numpy}'
    with made(target) as folder:
        if folder:
            abi = 'cp' + about['python'].replace('.', '')
            unpack_wheel(folder, f'numpy=={numpy}', for_python(about['python'], 'cp', abi, about['platforms']))
    return target
