"""The other side of `streetlight.errata.execution`: run the cells that come on standard input, with limits.

A script of its own, started with ``python -I``: it imports nothing of this package, and the cells' namespace has nothing of it.
"""

import ast
import io
import json
import os
import sys


class Limited(io.StringIO):
    """What a cell prints, up to a number of characters."""

    def __init__(self, limit):
        super().__init__()
        self.left = limit

    def write(self, text):
        self.left -= len(text)
        if self.left < 0:
            raise MemoryError('it prints too much')
        return super().write(text)


def limit(seconds, memory):
    try:
        import resource
    except ImportError:  # Windows has no such limits; time and output are still limited
        return
    for kind, value in (
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 2**20),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 128),
    ):
        try:
            hard = resource.getrlimit(kind)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            continue


FORBIDDEN = (
    'socket.',
    'subprocess.',
    'os.fork',
    'os.posix_spawn',
    'os.spawn',
    'os.exec',
    'os.system',
    'os.kill',
    'os.startfile',
    'os.putenv',
    'pty.',
    'ctypes.',
    'signal.',
    'webbrowser.',
    'urllib.',
    'ftplib.',
    'smtplib.',
    'syslog.',
    'winreg.',
    'msvcrt.',
    'os.setxattr',
    'gc.',
)
WRITES = (
    'os.remove',
    'os.rename',
    'os.link',
    'os.symlink',
    'os.mkdir',
    'os.rmdir',
    'os.truncate',
    'os.chmod',
    'os.chown',
    'os.utime',
    'os.lchown',
    'os.chflags',
    'os.mkfifo',
    'os.mknod',
    'shutil.',
    'tempfile.',
)


def guard(folder):
    """Refuse other processes, the network, and writing outside the folder, from now on."""
    folder = os.path.realpath(folder) + os.sep
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    realpath, fspath = os.path.realpath, os.fspath

    def inside(path):
        if isinstance(path, int):
            return True
        path = fspath(path)
        return realpath(path.decode() if isinstance(path, bytes) else path).startswith(folder)

    def hook(event, arguments):
        if event == 'open':
            path, _, flags = arguments
            if isinstance(flags, int) and flags & writing and not inside(path) and path != os.devnull:
                raise PermissionError(f'writing outside its folder is not allowed here: {path}')
        elif event.startswith(FORBIDDEN):
            raise PermissionError(f'{event} is not allowed here')
        elif event.startswith(WRITES):
            for argument in arguments:
                if isinstance(argument, (str, bytes)) and not inside(argument):
                    raise PermissionError(f'{event} outside its folder is not allowed here')

    sys.addaudithook(hook)


def run(source, namespace, allowed):
    """Run one cell, as a notebook does: its last expression's value is shown.  What it printed, and its error."""
    out = Limited(allowed)
    sys.stdout = sys.stderr = out
    try:
        tree = ast.parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, '<cell>', 'exec'), namespace)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), '<cell>', 'eval'), namespace)
            if value is not None:
                out.write(repr(value) + '\n')
        error = ''
    except KeyboardInterrupt:
        raise
    except BaseException as raised:
        try:
            error = f'{type(raised).__name__}: {raised}'[:500]
        except BaseException:
            error = 'an error that cannot be shown'
    try:
        return io.StringIO.getvalue(out), error
    except MemoryError:
        return '', 'MemoryError'


def main():
    folder, seconds, memory, allowed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    cells = json.loads(sys.stdin.buffer.read())
    answers = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    sys.stdin = open(os.devnull)
    try:
        import numpy  # noqa: F401, while the guard does not stand in the way of its own start
    except ImportError:
        pass
    limit(seconds, memory)
    guard(folder)
    write, dumps, leave = os.write, json.dumps, os._exit
    namespace = {'__name__': '__main__', '__builtins__': __builtins__}
    for cell in cells:
        data = (dumps(run(cell, namespace, allowed)) + '\n').encode()
        while data:
            data = data[write(answers, data) :]
    leave(0)


if __name__ == '__main__':
    main()
