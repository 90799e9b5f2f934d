"""The environments of the atlas: their names, and how each is made and started.

``environments.toml`` holds the versions, kernels, libraries and architectures; this module makes the names from them and
tells, for each, which of the makers of `streetlight.judge.subjects` builds it.
"""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple


class Environment(NamedTuple):
    """One environment: ``maker`` names a function of `streetlight.judge.subjects`, ``settings`` its arguments."""

    name: str
    maker: str
    settings: dict
    variables: dict


@lru_cache(maxsize=None)
def data():
    """The content of ``environments.toml``."""
    return tomllib.loads(files('streetlight.judge').joinpath('environments.toml').read_text('utf-8'))


@lru_cache(maxsize=None)
def environments():
    """Every environment by its name: a dict of str to `Environment`, in the order of the file."""
    found = {}

    def add(name, maker, variables=None, **settings):
        found[name] = Environment(name, maker, settings, variables or {})

    for python, numpys in data()['numpy'].items():
        for numpy in numpys:
            add(f'python{python.replace(".", "")}-numpy{minor(numpy)}', 'wheel', python=python, numpy=numpy)
    for numpy in data()['pypy']['numpy']:
        add(f'pypython-numpy{minor(numpy)}', 'pypy', numpy=numpy)
    for numpy in data()['musl']['numpy']:
        add(f'musl-numpy{minor(numpy)}', 'musl', numpy=numpy)
    for architecture in data()['debian']['architectures']:
        prefix = '' if architecture == 'amd64' else f'arch-{architecture}-'
        for blas in data()['debian']['blas']:
            add(f'{prefix}blas-{blas}', 'debian', architecture=architecture, blas=blas)
    for architecture, wheels in data()['wheels'].items():
        for numpy in wheels['numpy']:
            add(f'arch-{architecture}-numpy{minor(numpy)}', 'debian', architecture=architecture, blas='netlib', numpy=numpy)
    for mode in data()['mkl']['modes']:
        add('blas-mkl' + (f'-cbwr-{mode.lower()}' if mode else ''), 'mkl', {'MKL_CBWR': mode} if mode else {})
    for kernels in data()['kernels']:
        for kernel in kernels['names']:
            base = found[kernels['on']]
            name = f'{base.name}-kernel-{kernel.lower()}'
            found[name] = base._replace(name=name, variables={'OPENBLAS_CORETYPE': kernel})
    for less in data()['without']:
        for on in less['on']:
            base = found[on]
            name = f'{base.name}-without-{less["name"]}'
            found[name] = base._replace(name=name, variables={**base.variables, **less['variables']})
    return found


def minor(version):
    return '.'.join(version.split('.')[:2])


def misnamed(name, fingerprint):
    """What an environment has that its name says otherwise; empty where they agree.

    Parameters
    ----------
    name : str
        As ``python311-numpy2.4-kernel-zen``.
    fingerprint : dict
        What a recording says of its machine.

    Returns
    -------
    str
        As ``numpy 1.26.4``.
    """
    said = [('python', f'{each[1]}.{each[2]}') for each in re.finditer(r'python(\d)(\d+)', name)]
    said += [('numpy', each[1]) for each in re.finditer(r'numpy(\d+\.\d+)', name)]
    return next((f'{what} {fingerprint[what]}' for what, version in said if not f'{fingerprint[what]}.'.startswith(f'{version}.')), '')
