"""How a rounding error arises in each operation of a tape and how errors pass through it: one rule for each kind.

Of an operation with the machine's value v there are other evaluations' values v' = v + D.  A rule gives, of arrays whose
first axis is the pass of a loop,

    D = sum of slope * (the operands' D) + eps - e + q,    |eps| <= u,  |q| <= ``rest``,

with ``e`` the machine's own error.  Labels such as (T2) are the lemmas of ``docs/certificates.md``.
"""

import numpy as np

from streetlight.certify.functions import FUNCTIONS

from .arithmetic import add, divide, dot, multiply, sqrt, square, subtract, total
from .bounded import power, product, smooth, smooth_pair, uncertain
from .exact import absolute, compare, decimals, extremum, larger, logical, negative, place, positive, step, where
from .whole import floor_divide, fmod, remainder

COMPARISONS = 'greater', 'greater_equal', 'less', 'less_equal', 'equal', 'not_equal'

RULES = {
    'add': add,
    'subtract': subtract,
    'multiply': multiply,
    'divide': divide,
    'sqrt': sqrt,
    'square': square,
    'negative': negative,
    'positive': positive,
    'absolute': absolute,
    'maximum': larger(1.0),
    'minimum': larger(-1.0),
    'where': where,
    'logical_and': logical,
    'logical_or': logical,
    'logical_not': logical,
    'floor': step(np.floor),
    'ceil': step(np.ceil),
    'rint': step(np.rint),
    'trunc': step(np.trunc),
    'sign': step(np.sign),
    'round': decimals,
    'floor_divide': floor_divide,
    'remainder': remainder,
    'fmod': fmod,
    **dict.fromkeys(COMPARISONS, compare),
    'sum': total,
    'dot': dot,
    'prod': product,
    'max': extremum(1.0),
    'min': extremum(-1.0),
    'argmax': place(1.0),
    'argmin': place(-1.0),
    'uncertain': uncertain,
    'power': power,
    **{name: smooth(name) if f.arguments == 1 else smooth_pair(name) for name, f in FUNCTIONS.items() if f.slope},
}
