"""The other side of `streetlight.boundary.process`: what runs behind the boundary, and calls a module of ours there.

A script of its own.  It is trusted until the module runs a program that is not; from then on all that this process says is that
program's word.
"""

import importlib
import os
import struct
import sys

READY = b'ready'
LENGTH = struct.Struct('>Q')
TOKEN = 16  # bytes
FILES = 256


def limit(seconds, memory, folder):
    """Limits that hold for all that follows, and cannot be raised again."""
    import resource

    for kind, value in (
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, folder),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FILES),
        (getattr(resource, 'RLIMIT_NPROC', None), 64),  # root is not bound by this one
        (getattr(resource, 'RLIMIT_MSGQUEUE', None), 0),
    ):
        try:
            hard = resource.getrlimit(kind)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, value))
        except (TypeError, ValueError, OSError):  # a kind that this system does not have
            continue


def die_with_parent():
    """Where nothing else sees to it: end when the one who started this process ends (Linux)."""
    import ctypes
    import signal

    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    except (OSError, AttributeError):
        pass


def serve(answer, requests, replies):
    """Answer payload after payload until no more come."""
    read, write, leave, who = os.read, os.write, os._exit, os.getpid
    process = who()
    out, err = sys.stdout, sys.stderr

    def exactly(count):
        data = b''
        while len(data) < count:
            part = read(requests, min(count - len(data), 2**20))
            if not part:
                leave(0)
            data += part
        return data

    def send(data):
        while data:
            data = data[write(replies, data) :]

    send(READY)
    while True:
        result = answer(exactly(*LENGTH.unpack(exactly(LENGTH.size))))
        out.flush()
        err.flush()
        if who() != process:  # a program has forked, and its child comes back here
            leave(0)
        send(exactly(TOKEN) + LENGTH.pack(len(result)) + result)  # the token is read only now: no program before it has seen it


def main(package, module, replies, seconds, memory, folder, unprotected):
    requests = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.set_inheritable(int(replies), False)
    limit(float(seconds), int(memory), int(folder))
    if unprotected == 'True':
        die_with_parent()
    sys.path.insert(0, package)
    answer = importlib.import_module(module).answer
    sys.path.remove(package)
    serve(answer, requests, int(replies))


if __name__ == '__main__':
    main(*sys.argv[1:])
