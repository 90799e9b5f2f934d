"""Operators of tracked arrays and numbers, and the protocols by which NumPy and Python ask them."""

import operator

import numpy as np

from streetlight.shadow import products, reductions
from streetlight.shadow import session as _session
from streetlight.shadow.applying import call
from streetlight.shadow.creation import as_array, as_type
from streetlight.shadow.crossing import escape, plain
from streetlight.shadow.elementwise import binary, in_place, unary
from streetlight.shadow.operands import nodes_of, operand
from streetlight.shadow.powers import in_place_power, power
from streetlight.shadow.tracked import Number, Tracked

BINARY = {
    'add': 'add',
    'sub': 'subtract',
    'mul': 'multiply',
    'truediv': 'divide',
    'floordiv': 'floor_divide',
    'mod': 'remainder',
    'and': 'bitwise_and',
    'or': 'bitwise_or',
    'xor': 'bitwise_xor',
    'lshift': 'left_shift',
    'rshift': 'right_shift',
}


COMPARED = {'lt': 'less', 'le': 'less_equal', 'gt': 'greater', 'ge': 'greater_equal', 'eq': 'equal', 'ne': 'not_equal'}


UNARY = {
    'neg': ('negative', operator.neg),
    'pos': ('positive', operator.pos),
    'abs': ('absolute', abs),
    'invert': ('invert', operator.invert),
}


def equip():
    """Give the operators to the classes."""
    for name, kind in {**BINARY, **COMPARED}.items():
        op = getattr(operator, name + '_' if name in ('and', 'or') else name)

        def forward(self, other, kind=kind, op=op):
            return binary(kind, op, self, other)

        def backward(self, other, kind=kind, op=op):
            return binary(kind, op, other, self)

        for cls in (Tracked, Number):
            setattr(cls, f'__{name}__', forward)
            if name in BINARY:
                setattr(cls, f'__r{name}__', backward)
        if name in BINARY:
            augmented = getattr(operator, 'i' + name)

            def augment(self, other, kind=kind, op=augmented):
                return in_place(kind, op, self, other)

            setattr(Tracked, f'__i{name}__', augment)
    for name, (kind, op) in UNARY.items():
        for cls in (Tracked, Number):
            setattr(cls, f'__{name}__', lambda self, kind=kind, op=op: unary(kind, op, self))
    for cls in (Tracked, Number):
        cls.__pow__ = power
        cls.__rpow__ = lambda self, other: power(other, self)
        cls.__matmul__ = lambda self, other: _matmul(self, other)
        cls.__rmatmul__ = lambda self, other: _matmul(other, self)
        cls.__divmod__ = lambda self, other: (self // other, self % other)
        cls.__rdivmod__ = lambda self, other: (other // self, other % self)
        cls.__array_ufunc__ = array_ufunc
        cls.__array_function__ = array_function
        cls.__array__ = _leave
        cls.__bool__ = _truth
        cls.__float__ = lambda self: float(escape(self, "float() of it in code that is not the program's"))
        cls.__complex__ = lambda self: complex(escape(self, 'complex()'))
        cls.__int__ = cls.__trunc__ = lambda self: _integer(self, 'int()')
        cls.__index__ = lambda self: operator.index(escape(self, 'an index or a count'))
        cls.__reduce_ex__ = lambda self, protocol: escape(self, 'it is pickled').__reduce_ex__(protocol)
    Tracked.__ipow__ = in_place_power
    Tracked.__imatmul__ = lambda self, other: reductions.written(_matmul(self, other), self)
    Tracked.__hash__ = None
    Number.__hash__ = lambda self: hash(escape(self, 'it is a key of a dictionary or set'))


def _matmul(a, b):
    a, b = operand(a), operand(b)
    return NotImplemented if a is NotImplemented or b is NotImplemented else products.matmul(a, b)


def _truth(self):
    value = bool(self.value)
    if not self.fixed:
        asked = self if np.asarray(self.value).dtype.kind == 'b' else self != 0
        _session.CURRENT.decide(nodes_of(asked), 'whether this condition holds may differ between machines')
    return value


def _integer(self, what):
    value = int(self.value)
    if not self.fixed:
        whole = self if np.asarray(self.value).dtype.kind in 'biu' else as_type(as_array(self), np.int64)
        _session.CURRENT.decide(nodes_of(whole), what + ' of a number that may differ between machines')
    return value


def _leave(self, dtype=None, copy=None):
    value = escape(self, "it is handed to code that is not NumPy's")
    return np.array(value, dtype=dtype)


def array_ufunc(self, ufunc, method, *args, out=None, **kwargs):
    """NumPy's protocol: a ufunc was called on one of ours."""
    if out and any(each is not None and type(each) is not Tracked for each in out):
        args = escape(args, 'an array of another library takes it')
        return getattr(ufunc, method)(*args, out=plain(out), **plain(kwargs))
    if method == '__call__':
        if ufunc is np.matmul:
            return products.matmul(*args, out=out and out[0])
        return call(ufunc, args, out, **kwargs)
    from streetlight.shadow.ufuncs import Ufunc

    return getattr(Ufunc.of(ufunc), method)(*args, **({'out': out[0], **kwargs} if out else kwargs))


def array_function(self, function, types, args, kwargs):
    """NumPy's protocol: a function of NumPy's was called on one of ours."""
    from streetlight.shadow.namespace import of_real

    return of_real(function)(*args, **kwargs)
