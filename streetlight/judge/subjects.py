"""Make the subjects of the atlas: interpreters, wheels and Debian packages, unpacked into one folder, without root.

Each maker returns the command that starts the interpreter and the environment variables it needs.  What is made is kept
and found again; it is built beside its place and renamed, so an interrupted download leaves nothing half made.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

from streetlight.judge.environments import data
from streetlight.judge.subject import ROOT, last_lines

try:
    import fcntl
except ImportError:  # Windows, where no two processes share the folder
    fcntl = None

FOLDER = Path(os.environ.get('STREETLIGHT_SUBJECTS') or ROOT / '.subjects')


class Unavailable(Exception):
    """This environment cannot be had on this machine; the message says why."""


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
                [
                    interpreter,
                    '-m',
                    'pip',
                    'install',
                    '--quiet',
                    '--disable-pip-version-check',
                    '--no-compile',
                    '--no-deps',
                    '--only-binary',
                    ':all:',
                    '--target',
                    folder,
                    f'numpy=={numpy}',
                ],
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


MAKERS = {'wheel': wheel, 'debian': debian, 'mkl': mkl, 'pypy': pypy}


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


@contextmanager
def locked(path):
    """Let no other thread or process make what belongs at ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_name(f'.{path.name}.lock'), 'w') as lock:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def made(path):
    """``with made(path) as folder``: a new folder to fill, renamed to ``path`` at the end; None where that exists."""
    with locked(path):
        if path.exists():
            yield None
            return
        beside = Path(tempfile.mkdtemp(prefix=f'.{path.name}-', dir=path.parent))
        try:
            yield beside
            beside.rename(path)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise


def run(command, what, folder=None):
    """Run an installer; `Unavailable` with its last lines where it fails."""
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Unavailable(f'{what} could not be installed{last_lines(done.stderr or done.stdout)}')


def debian_root(architecture, packages, name):
    """A folder into which packages of an architecture are unpacked, by apt and dpkg but without root."""
    if not (shutil.which('apt-get') and shutil.which('dpkg-deb')):
        raise Unavailable('Debian packages need apt-get and dpkg-deb, which this machine has not')
    root = FOLDER / f'debian-{architecture}-{name}'
    lists = FOLDER / f'apt-{architecture}'
    options = [
        f'-oAPT::Architecture={architecture}',
        f'-oAPT::Architectures={architecture}',
        '-oAPT::Sandbox::User=',
        f'-oDir::State::Lists={lists}',
        f'-oDir::Cache={FOLDER}/apt-cache-{architecture}',
        '-oDebug::NoLocking=1',
    ]
    with locked(lists):
        if not list(lists.glob('*_Packages*')):
            (lists / 'partial').mkdir(parents=True, exist_ok=True)
            # one of several indices may be in the midst of a change; what matters is whether the packages are found
            subprocess.run(['apt-get', *options, 'update', '-qq'], capture_output=True, check=False)
    with made(root) as folder:
        if folder:
            run(['apt-get', *options, 'download', '-qq', *packages], f'Debian {architecture}', folder)
            for package in sorted(folder.glob('*.deb')):
                run(['dpkg-deb', '-x', package.name, '.'], package.name, folder)
                package.unlink()
            make_links_relative(folder)
    return root


def make_links_relative(folder):
    """An emulator follows an absolute link out of the folder: point it back inside."""
    for path in folder.rglob('*'):
        if path.is_symlink() and os.readlink(path).startswith('/'):
            target = folder / os.readlink(path)[1:]
            path.unlink()
            path.symlink_to(os.path.relpath(target, path.parent))


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


def native_root(package):
    """A package of this machine's own architecture, unpacked."""
    native = {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(platform.machine())
    if native is None:
        raise Unavailable(f'no user-mode QEMU is known for {platform.machine()}')
    return debian_root(native, [package], package)


def wheel_for(architecture, numpy):
    """A NumPy wheel of another architecture, unpacked."""
    about = data()['wheels'][architecture]
    target = FOLDER / f'wheel-{architecture}-numpy{numpy}'
    with made(target) as folder:
        if folder:
            abi = 'cp' + about['python'].replace('.', '')
            unpack_wheel(folder, f'numpy=={numpy}', for_python(about['python'], 'cp', abi, about['platforms']))
    return target


def for_python(python, implementation, abi, platforms):
    """Options by which pip finds the wheel of an interpreter that is not the one that runs."""
    words = ['--python-version', python, '--implementation', implementation, '--abi', abi]
    return words + [word for platform_tag in platforms for word in ('--platform', platform_tag)]


def unpack_wheel(folder, requirement, options):
    """Download one wheel, without what it needs, and unpack it."""
    run(
        [
            sys.executable,
            '-m',
            'pip',
            'download',
            '--quiet',
            '--disable-pip-version-check',
            '--no-deps',
            '--only-binary',
            ':all:',
            *options,
            '--dest',
            folder,
            requirement,
        ],
        requirement,
    )
    for archive in list(folder.glob('*.whl')):
        with zipfile.ZipFile(archive) as content:
            content.extractall(folder)
        archive.unlink()
