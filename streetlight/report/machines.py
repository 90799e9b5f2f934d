"""What is said of the machines of two recordings: what they are, and what to set on one to have the other's digits."""

import re

LEGEND = (
    'p0: the first product, rounded; x1: the second product, which the sum takes unrounded (fused, FMA); 0+: the sum begins with '
    'zero; brackets: the order'
)
FEATURES = 'cpu_features'


def described(environment):
    """One line: NumPy, BLAS and kernel, processor, C library, and what was set.

    Parameters
    ----------
    environment : dict
        As `streetlight.record.environment` tells it; a foreign one may lack anything.
    """
    told = environment.get
    library, kernel = blas(environment)
    parts = [
        f'NumPy {told("numpy", "?")}',
        library + (f' with its {kernel} kernel' if kernel else ''),
        f'{told("cpu") or "an unnamed processor"}, {told("machine", "?")}',
        str(told('libc', 'an unnamed C library')),
        f'{told("implementation", "Python")} {told("python", "?")}',
    ]
    set_ = told('switches')
    return ', '.join(parts + [f'{name}={value}' for name, value in sorted(set_.items())] if isinstance(set_, dict) else parts)


def blas(environment):
    """The library that multiplies matrices, and its kernel; empty where it does not tell one."""
    libraries = [each for each in _list(environment, 'blas') if isinstance(each, dict)]
    told = next((each for each in libraries if 'version' in each), libraries[0] if libraries else {})
    version = str(told.get('version', ''))
    number = re.search(r'OpenBLAS \S+|Version (\S+?)-', version)
    name = str(told.get('file', 'an unknown BLAS'))
    if number:
        name = number[0] if number[1] is None else f'MKL {number[1]}'
    elif 'openblas' in name.lower():
        name = 'OpenBLAS'
    return name, str(told.get('kernel', ''))


def settings(one, other):
    """What a machine needs to have the digits of ``one``, as words; empty where nothing tells them apart.

    Parameters
    ----------
    one, other : dict
        Environments.
    """
    (library, kernel), (known, usual) = blas(one), blas(other)
    found = []
    if one.get('machine') != other.get('machine'):
        return [f'a processor of the architecture {one.get("machine")}']
    if one.get('numpy') != other.get('numpy'):
        found.append(f'NumPy {one.get("numpy")}')
    if library.partition(' ')[0] != known.partition(' ')[0]:
        found.append(library)
    elif kernel and kernel != usual:
        found.append(f'OPENBLAS_CORETYPE={kernel} (before Python starts)')
    if one.get('functions') != other.get('functions'):
        more = sorted(set(map(str, _list(other, FEATURES))) - set(map(str, _list(one, FEATURES))))
        if more:
            found.append(f'NPY_DISABLE_CPU_FEATURES="{" ".join(more)}"')
    if one.get('libc') != other.get('libc'):
        found.append(f'the C library {one.get("libc")}')
    return found


def _list(environment, key):
    found = environment.get(key)
    return found if isinstance(found, list) else []


def head(first, second, names):
    """The lines that begin a comparison: both machines, and the legend."""
    return [*(f'{letter}: {name}: {described(each)}' for letter, name, each in zip('AB', names, (first, second))), LEGEND]


def foot(first, second):
    """The lines that end a comparison: how to have the other's digits."""
    lines = []
    for letter, one, other in (('A', first, second), ('B', second, first)):
        needed = settings(one, other)
        if needed:
            lines.append(f"To have {letter}'s digits on the other machine: {', '.join(needed)}")
    return lines
