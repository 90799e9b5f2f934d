"""Fetch wheels and Debian packages, and unpack them into one folder, without root.

What is made is kept and found again; it is built beside its place and renamed, so an interrupted download leaves
nothing half made.
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

from streetlight.judge.subject import ROOT, last_lines

try:
    import fcntl
except ImportError:  # Windows, where no two processes share the folder
    fcntl = None

_CACHE = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'streetlight'
FOLDER = Path(os.environ.get('STREETLIGHT_SUBJECTS') or (ROOT / '.subjects' if (ROOT / 'pyproject.toml').exists() else _CACHE))
WHEELS = ('--no-deps', '--only-binary', ':all:')
PIP = ('-m', 'pip', '--quiet', '--disable-pip-version-check')


class Unavailable(Exception):
    """This environment cannot be had on this machine; the message says why."""


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


def unpack_wheel(folder, requirement, options):
    """Download one wheel, without what it needs, and unpack it."""
    run([sys.executable, *PIP, 'download', *WHEELS, *options, '--dest', folder, requirement], requirement)
    for archive in list(folder.glob('*.whl')):
        with zipfile.ZipFile(archive) as content:
            content.extractall(folder)
        archive.unlink()


def for_python(python, implementation, abi, platforms):
    """Options by which pip finds the wheel of an interpreter that is not the one that runs."""
    words = ['--python-version', python, '--implementation', implementation, '--abi', abi]
    return words + [word for platform_tag in platforms for word in ('--platform', platform_tag)]


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


def native_root(package):
    """A package of this machine's own architecture, unpacked."""
    native = {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(platform.machine())
    if native is None:
        raise Unavailable(f'no user-mode QEMU is known for {platform.machine()}')
    return debian_root(native, [package], package)


def make_links_relative(folder):
    """An emulator follows an absolute link out of the folder: point it back inside."""
    for path in folder.rglob('*'):
        if path.is_symlink() and os.readlink(path).startswith('/'):
            target = folder / os.readlink(path)[1:]
            path.unlink()
            path.symlink_to(os.path.relpath(target, path.parent))
