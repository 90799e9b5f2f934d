"""The environment's fingerprint: all that can change a bit or a character of what a listing prints."""

import ctypes
import glob
import os
import platform
import re
import subprocess
import sys

import numpy as np

from streetlight.record.functions import functions

try:
    import threadpoolctl
except ImportError:  # a subject has NumPy and nothing else
    threadpoolctl = None

# what chooses a BLAS kernel, a NumPy loop or MKL's reproducible mode from outside
SWITCHES = ('OPENBLAS_CORETYPE', 'NPY_DISABLE_CPU_FEATURES', 'GLIBC_TUNABLES', 'MKL_CBWR', 'BLIS_ARCH_TYPE', 'ATLAS_ARCH')

BLAS_FILE = re.compile(r'[^/]*(?:openblas|blas|mkl_rt|mkl_core|blis|atlas|accelerate|flexiblas)[^/]*\.(?:so|dylib|pyd|dll)[^/]*$', re.I)

OPENBLAS = [prefix + 'openblas_get_%s' + suffix for prefix in ('', 'scipy_') for suffix in ('', '64_', '_64')]
QUESTIONS = (
    ('kernel', [symbol % 'corename' for symbol in OPENBLAS]),
    ('version', [symbol % 'config' for symbol in OPENBLAS] + ['bli_info_get_version_str']),
)


def fingerprint():
    """The environment of this interpreter.

    Returns
    -------
    dict
        Python, NumPy, BLAS (its files, version and kernel where it tells them), C library, the classes of NumPy's
        functions (see `streetlight.record.functions`), processor, and the
        environment variables that are set among `SWITCHES`.
    """
    return {
        'python': platform.python_version(),
        'implementation': platform.python_implementation(),
        'numpy': np.__version__,
        'blas': blas(),
        'libc': c_library(),
        'functions': functions(),
        'system': platform.system(),
        'machine': machine(),
        'byteorder': sys.byteorder,
        'cpu': cpu_model(),
        'cpu_features': cpu_features(),
        'long_double_bits': int(np.finfo(np.longdouble).nmant) + 1,
        'switches': dict((name, os.environ[name]) for name in SWITCHES if os.environ.get(name)),
    }


def machine():
    """The architecture that this interpreter was built for, which an emulated kernel may not name."""
    bits = '32' if sys.maxsize < 2**32 else '64'
    return '%s (%s-bit)' % (platform.machine(), bits)


def c_library():
    """Name and version of the C library, whose ``pow`` squares NumPy's scalars."""
    try:
        version = ctypes.CDLL(None).gnu_get_libc_version
    except (AttributeError, OSError, TypeError):
        return musl() or ' '.join(platform.libc_ver()).strip() or '%s %s' % (platform.system(), platform.release())
    version.restype = ctypes.c_char_p
    return 'glibc ' + version().decode('ascii')


def musl():
    """Name and version of the C library musl, which its loader says when it is started; empty where there is none."""
    for loader in glob.glob('/lib/ld-musl-*.so.1'):
        told = subprocess.Popen([loader], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).communicate()[0]
        found = re.search(r'^Version (\S+)', told.decode('ascii', 'replace'), re.M)
        if found:
            return 'musl ' + found.group(1)
    return ''


def blas():
    """The BLAS libraries that are loaded: a list of dicts with ``file``, ``version`` and ``kernel`` where known."""
    paths = loaded_libraries()
    found = [{'file': file_and_folder(path)} for path in paths]
    for library, path in zip(found, paths):
        library.update(ask(path))
    if threadpoolctl:
        for info in threadpoolctl.threadpool_info():
            if info['user_api'] == 'blas':
                name = file_and_folder(info['filepath'])
                library = next((library for library in found if library['file'] == name), None)
                if library is None:
                    library = {'file': name}
                    found.append(library)
                library.setdefault('version', '%s %s' % (info['internal_api'], info['version']))
                if info.get('architecture'):
                    library.setdefault('kernel', info['architecture'])
    return found


def file_and_folder(path):
    """A library's name with that of its folder: ``blis-pthread/libblas.so.3`` is no reference BLAS."""
    return '/'.join(os.path.normpath(path).replace(os.sep, '/').split('/')[-2:])


def loaded_libraries():
    """Paths of the BLAS libraries mapped into this process, where the system has ``/proc``."""
    try:
        with open('/proc/self/maps') as maps:
            paths = set(line.split(None, 5)[5].strip() for line in maps if line.count('/') and len(line.split(None, 5)) == 6)
    except (IOError, OSError):
        return []
    return sorted(path for path in paths if BLAS_FILE.search(os.path.basename(path)) and '_dotblas' not in path)


def ask(path):
    """What the BLAS library at ``path`` says of itself: a dict with ``version`` and ``kernel`` where it tells them."""
    try:
        library = ctypes.CDLL(path)
    except OSError:
        return {}
    told = {}
    for key, symbols in QUESTIONS:
        function = next((getattr(library, symbol) for symbol in symbols if hasattr(library, symbol)), None)
        if function is not None:
            function.restype = ctypes.c_char_p
            told[key] = function().decode('ascii', 'replace').strip()
    if hasattr(library, 'MKL_Get_Version_String'):
        text = ctypes.create_string_buffer(200)
        library.MKL_Get_Version_String(text, 200)
        told['version'] = text.value.decode('ascii', 'replace').strip()
    return told


def cpu_model():
    try:
        with open('/proc/cpuinfo') as cpuinfo:
            names = [line.split(':', 1)[1].strip() for line in cpuinfo if line.lower().startswith(('model name', 'cpu model'))]
        return names[0] if names else platform.processor()
    except (IOError, OSError):
        return platform.processor()


def cpu_features():
    """The features that NumPy found in the processor and uses; empty before NumPy 1.18, which does not tell."""
    for module in ('numpy._core._multiarray_umath', 'numpy.core._multiarray_umath'):
        try:
            features = __import__(module, fromlist=['__cpu_features__']).__cpu_features__
        except (ImportError, AttributeError):
            continue
        return sorted(name for name, present in features.items() if present)
    return []
