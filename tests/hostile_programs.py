"""Programs that mean harm, for `test_boundary`: each prints ``BROKEN`` where it has done what it should not be able to do.

Run as a script, it attacks the boundary from here with all of them and prints what came of it; so a test can have it done by another user.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from streetlight.boundary import run

# FOLDER holds the user's files, PORT and SOCKET are listened on, PID is a process of the user's.
ENDURED = {  # what these do is refused, and the process goes on
    'remove a folder': "import shutil; shutil.rmtree('FOLDER')",
    'remove it through pathlib': "from pathlib import Path\nfor f in Path('FOLDER').glob('*'): f.unlink()",
    'remove by a system call': "import ctypes, os; broken(ctypes.CDLL(None).unlink(b'FOLDER/kept.txt') == 0)",
    'empty a file': "open('FOLDER/kept.txt', 'w').close(); broken()",
    'append to a file': "open('FOLDER/kept.txt', 'a').write('x'); broken()",
    'rename a file': "import os; os.rename('FOLDER/kept.txt', 'FOLDER/gone.txt'); broken()",
    'move a file to the temporary folder': "import shutil; shutil.move('FOLDER/kept.txt', '/tmp/x'); broken()",
    'change a mode': "import os; os.chmod('FOLDER/kept.txt', 0o777); broken()",
    'change an owner': "import os; os.chown('/usr', 1, 1); broken()",
    'make a folder': "import os; os.makedirs('FOLDER/new'); broken(os.path.ismount('/') and os.path.exists('FOLDER/kept.txt'))",
    'write through numpy': "import numpy as np; np.save('FOLDER/x.npy', np.ones(3)); broken(os.path.exists('FOLDER/kept.txt'))",
    'write to a database': (
        "import sqlite3; sqlite3.connect('FOLDER/x.db').execute('create table t (x)'); broken(os.path.exists('FOLDER/kept.txt'))"
    ),
    'write beside Python': "import sys; open(sys.prefix + '/x', 'w'); broken()",
    'write into a package': "import numpy; open(numpy.__file__, 'a').write('#'); broken()",
    'write into /usr': "open('/usr/streetlight-was-here', 'w'); broken()",
    'write into the root': "open('/streetlight-was-here', 'w'); broken()",
    'write into /dev': "open('/dev/streetlight-was-here', 'w'); broken()",
    'write into /dev/shm': "open('/dev/shm/streetlight-was-here', 'w'); broken()",
    'write into the home': "import os; p = os.path.expanduser('~USER'); open(p + '/streetlight-was-here', 'w'); broken(p != '/tmp')",
    'set a value of the kernel': "v = open('/proc/sys/vm/swappiness').read(); open('/proc/sys/vm/swappiness', 'w').write(v); broken()",
    'choose who gets core dumps': "p = '/proc/sys/kernel/core_pattern'; v = open(p).read(); open(p, 'w').write(v); broken()",
    'ask the kernel for help': "open('/proc/sysrq-trigger', 'w').write('h'); broken()",
    'link to a secret': "import os; os.symlink('FOLDER/kept.txt', '/tmp/l'); broken('secret' in open('/tmp/l').read())",
    'link it hard': "import os; os.link('FOLDER/kept.txt', '/tmp/h'); broken()",
    'read a secret': "broken('secret' in open('FOLDER/kept.txt').read())",
    'read a secret by a long way': "broken('secret' in open('/tmp/../..FOLDER/kept.txt').read())",
    'read it through /proc': "broken('secret' in open('/proc/self/rootFOLDER/kept.txt').read())",
    'read it through the first process': "broken('secret' in open('/proc/1/root' + 'FOLDER/kept.txt').read())",
    'look for keys': "import os; broken(os.listdir(os.path.expanduser('~USER') + '/.ssh') is not None)",
    'read the users': "broken('root' in open('/etc/passwd').read())",
    'read the shadow file': "broken(bool(open('/etc/shadow').read()))",
    'read the environment': "import os; broken('STREETLIGHT_SECRET' in os.environ)",
    'read the first environment': "broken(b'STREETLIGHT_SECRET' in open('/proc/1/environ', 'rb').read())",
    "read everyone's environment": (
        "import glob\nfor f in glob.glob('/proc/[0-9]*/environ'):\n    broken(b'STREETLIGHT_SECRET' in open(f, 'rb').read())"
    ),
    'read command lines': "import glob\nfor f in glob.glob('/proc/[0-9]*/cmdline'):\n    broken(b'pytest' in open(f, 'rb').read())",
    'read the memory of the machine': "open('/dev/mem', 'rb'); broken()",
    'list what else runs': "import os; broken(len([p for p in os.listdir('/proc') if p.isdigit()]) > 2)",
    'leave by chroot': "import os; os.chroot('/proc/1/root'); broken(os.path.exists('/etc/passwd'))",
    'fork': 'import os; os.fork(); broken()',
    'fork as C does': 'import ctypes; broken(ctypes.CDLL(None).fork() >= 0)',
    'fork by number': 'import ctypes; broken(ctypes.CDLL(None).syscall(56, 17, 0, 0, 0, 0) >= 0)',
    'start a program': "import subprocess; subprocess.run(['/bin/true']); broken()",
    'start a shell': "import os; broken(os.system('true') == 0)",
    'spawn': "import os; os.posix_spawn('/bin/true', ['true'], {}); broken()",
    'start workers': "import multiprocessing as m; p = m.get_context('fork').Process(target=print); p.start(); broken()",
    'open a terminal': 'import pty; pty.fork(); broken()',
    'bring a daemon up': 'import os\nif os.fork() == 0:\n    os.setsid()\nbroken()',
    "end the user's process": 'import os; os.kill(PID, 9); broken(len(os.listdir("/proc")) > 200)',
    'end every process': 'import os, signal; signal.signal(15, signal.SIG_IGN); os.kill(-1, 15)',
    'end the first process': 'import os; os.kill(1, 9); os.kill(1, 15); os.kill(-1, 9)',
    'connect to this machine': "import socket; socket.create_connection(('127.0.0.1', PORT), 1); broken()",
    'connect to a socket file': "import socket; s = socket.socket(socket.AF_UNIX); s.connect('SOCKET'); broken()",
    'connect to an abstract socket': "import socket; s = socket.socket(socket.AF_UNIX); s.connect('\\0streetlight-PORT'); broken()",
    'connect to the host of a virtual machine': 'import socket; socket.socket(40, socket.SOCK_STREAM); broken()',
    'listen': "import socket; socket.create_server(('', 0)); broken()",
    'ask for a page': "from urllib.request import urlopen; urlopen('http://127.0.0.1:PORT', timeout=1); broken()",
    'send a datagram': "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT)); broken()",
    'be root of a namespace': 'import ctypes; broken(ctypes.CDLL(None).unshare(0x10000000) == 0)',
    'mount': "import ctypes; broken(ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0)",
    'mount over a wall': "import ctypes; broken(ctypes.CDLL(None).mount(None, b'/', None, 0x1020, None) == 0)",
    'trace the first process': 'import ctypes; broken(ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0)',
    'make a device': "import os, stat; os.mknod('/tmp/d', 0o600 | stat.S_IFBLK, os.makedev(254, 0)); broken()",
    'become another': 'import os; os.setuid(1); broken()',
    'raise a limit': 'import resource as r; r.setrlimit(r.RLIMIT_AS, (r.RLIM_INFINITY,) * 2); broken()',
    'take all memory': 'x = bytearray(2 ** 33); broken()',
    'take memory that no limit counts': "import os; f = os.memfd_create('x'); os.truncate(f, 2 ** 33); broken()",
    'take shared memory': 'import ctypes; broken(ctypes.CDLL(None).shmget(0, 2 ** 30, 0o1600) >= 0)',
    'take shared memory by name': 'from multiprocessing import shared_memory as s; s.SharedMemory(create=True, size=2 ** 30); broken()',
    'fill the temporary folder': "f = open('/tmp/big', 'wb')\nfor i in range(200): f.write(bytes(2 ** 20)); f.flush()\nbroken()",
    'fill it with many files': "for i in range(200):\n    open(f'/tmp/{i}', 'wb').write(bytes(2 ** 20))\nbroken()",
    'nest folders': "import os\nfor i in range(3000):\n    os.mkdir('x'); os.chdir('x')",
    'open without end': "def f(): return [open('/dev/null') for i in range(10 ** 4)]\nbroken(f())",
    'start threads without end': (
        'import threading, time\nfor i in range(300): threading.Thread(target=time.sleep, args=(2,), daemon=True).start()'
    ),
    'a key in the kernel': 'import ctypes; broken(ctypes.CDLL(None).syscall(250, 0, -3, 1) >= 0)',
    "read the kernel's log": "open('/proc/kmsg').read(10); broken()",
    "a ring of the kernel's": 'import ctypes; broken(ctypes.CDLL(None).syscall(425, 1, ctypes.create_string_buffer(200)) >= 0)',
    'set the clock': 'import time; time.clock_settime(0, time.time()); broken()',
    'be more important': 'import os; os.nice(-5); broken()',
    'type into the terminal': "import fcntl, termios; fcntl.ioctl(open('/dev/tty'), termios.TIOCSTI, b'x'); broken()",
    'hide from a signal': (
        'import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass'
    ),
    'recursion': 'def f(): f()\nf()',
    'leave': 'raise SystemExit(0)',
}
FATAL = {  # these end the run, for the reason that is named
    'never end': ('while True: pass', 'it took more than'),
    'sleep': ('import time; time.sleep(100)', 'it took more than'),
    'wait for what never comes': ('import threading; threading.Event().wait()', 'it took more than'),
    'print without end': ("while True: print('x' * 9999)", 'it printed more than'),
    'warn without end': ("import sys\nwhile True: sys.stderr.write('x' * 9999)", 'it printed more than'),
    'print past Python': ("import os\nwhile True: os.write(1, b'x' * 9999)", 'it printed more than'),
    'end the process': ('import os; os._exit(0)', 'its process ended'),
    'kill itself': ('import os; os.kill(os.getpid(), 9)', 'its process ended (SIGKILL)'),
    'read from nowhere': ('import ctypes; ctypes.string_at(0)', 'its process ended (SIGSEGV)'),
    'become another program': ("import os; os.execv('/bin/true', ['true'])", 'its process ended'),
    'write an answer': (
        'import os\nfor f in range(3, 256):\n    try: os.write(f, bytes(24))\n    except OSError: pass',
        'it wrote where its answers are read',
    ),
    'write an old answer': (
        "import os\nfor f in range(3, 256):\n    try: os.write(f, b'ready' + bytes(16) + (4).to_bytes(8, 'big') + b'fake')\n"
        '    except OSError: pass',
        'it wrote where its answers are read',
    ),
    'close every pipe': ('import os; os.closerange(3, 256)', 'its process ended'),
}
PREFACE = """
import os
def broken(really=True):
    if really:
        print('BROKEN')
"""


def cell(source, echo=False):
    """A payload of ``streetlight.errata.cells``."""
    return json.dumps({'text': source, 'echo': echo, 'example': False}).encode()


def attack(folder, unprotected=False, only=None):
    """Run the programs behind the boundary, beside a folder, a process and sockets that they are after.

    Parameters
    ----------
    folder : path
        An empty one.
    unprotected : bool
        Without the boundary.
    only : iterable of str, optional
        Names of those that are to be run.

    Returns
    -------
    dict
        What each did that it should not; empty if nothing.
    """
    folder = Path(folder)
    (folder / 'kept.txt').write_text('a secret')
    os.environ['STREETLIGHT_SECRET'] = 'x'
    victim = subprocess.Popen(['sleep', '600'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    heard, listeners = [], [socket.create_server(('127.0.0.1', 0)), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
    port = listeners[0].getsockname()[1]
    listeners[1].bind(str(folder / 'socket'))
    listeners[2].bind(f'\0streetlight-{port}')
    for listener in listeners:
        listener.listen()
        threading.Thread(target=listen, args=(listener, heard), daemon=True).start()
    words = {'FOLDER': str(folder), 'PORT': str(port), 'SOCKET': str(folder / 'socket'), 'PID': str(victim.pid), 'USER': ''}

    def program(source):
        for word, value in words.items():
            source = source.replace(word, value)
        return cell(PREFACE + source)

    def fatal(name):
        source, reason = FATAL[name]
        ended = run('streetlight.errata.cells', program(''), program(source), cell(''), seconds=1.5, unprotected=unprotected)
        return name, '' if reason in ended.reason and len(ended.answers) == 1 else str(ended)

    names = [name for name in ENDURED if only is None or name in only]
    ended = run('streetlight.errata.cells', *(program(ENDURED[name]) for name in names), seconds=60, unprotected=unprotected)
    results = {name: str(ended) for name in names}
    results |= {name: answer.stdout.decode() for name, answer in zip(names, ended.answers)}
    with ThreadPoolExecutor(5) as pool:
        results |= dict(pool.map(fatal, [name for name in FATAL if only is None or name in only]))
    whole = heard == [] and victim.poll() is None and sorted(os.listdir(folder)) == ['kept.txt', 'socket']
    results['all together'] = '' if whole and (folder / 'kept.txt').read_text() == 'a secret' else f'{heard} {os.listdir(folder)}'
    victim.kill()
    victim.wait()
    for listener in listeners:
        listener.close()
    return results


def listen(listener, heard):
    while True:
        try:
            connection, address = listener.accept()
            connection.close()
            heard.append(str(address))
        except OSError:
            return


if __name__ == '__main__':
    print(json.dumps(attack(sys.argv[1])))
