"""The system calls that a program behind the boundary may not make, as a filter of the kernel's (seccomp)."""

import errno
import platform
import struct

# Numbers of the calls, and of the architecture, as the kernel's headers have them.
ARCHITECTURES = {'x86_64': 0xC000003E, 'aarch64': 0xC00000B7}
REFUSED = {  # call: its number on x86-64, and on aarch64
    'fork': (57, None),
    'vfork': (58, None),
    'unshare': (272, 97),  # a user namespace of its own would bring back what was taken
    'setns': (308, 268),
    'mount': (165, 40),
    'ptrace': (101, 117),
    'process_vm_readv': (310, 270),
    'process_vm_writev': (311, 271),
    'socket': (41, 198),  # some families, as vsock, are not separated by a network namespace
    'shmget': (29, 194),  # memory that no limit of a process counts
    'msgget': (68, 186),
    'semget': (64, 190),
    'memfd_create': (319, 279),
    'memfd_secret': (447, 447),
    'io_uring_setup': (425, 425),
    'keyctl': (250, 219),
    'add_key': (248, 217),
    'request_key': (249, 218),
    'bpf': (321, 280),
    'perf_event_open': (298, 241),
    'userfaultfd': (323, 282),
}
CLONE = (56, 220)
CLONE3 = (435, 435)
CLONE_THREAD = 0x10000
FOREIGN = 0x40000000  # numbers from here on are those of another table (x32)

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # where these stand in what the filter sees


def call_filter(machine=None):
    """The filter as bubblewrap's ``--seccomp`` takes it; empty for an architecture whose numbers are not known here.

    No call that starts a process passes, so that the limits of one process are the limits of all; one that starts a thread does.

    Parameters
    ----------
    machine : str, optional
        As `platform.machine` has it.

    Returns
    -------
    bytes
    """
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        return b''
    column = list(ARCHITECTURES).index(machine)
    refused = [numbers[column] for numbers in REFUSED.values() if numbers[column] is not None]
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, ARCHITECTURES[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, FOREIGN),
        (RETURN, 0, 0, KILL),
        (EQUAL, 0, 1, CLONE3[column]),
        (RETURN, 0, 0, FAIL | errno.ENOSYS),  # the C library then takes `clone`, whose flags a filter can see
    ]
    for number in refused:
        lines += [(EQUAL, 0, 1, number), (RETURN, 0, 0, FAIL | errno.EPERM)]
    lines += [
        (EQUAL, 1, 0, CLONE[column]),
        (RETURN, 0, 0, ALLOW),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (ANY_BIT, 0, 1, CLONE_THREAD),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, FAIL | errno.EPERM),
    ]
    return b''.join(struct.pack('=HBBI', *line) for line in lines)
