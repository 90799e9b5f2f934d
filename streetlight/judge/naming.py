"""Name numeric classes by what makes them, in whatever order and on whatever machine they are recorded."""

from functools import lru_cache

from streetlight.certify.accumulation import AccumulationError, EmulatedArithmetic
from streetlight.record.trace import digest, trace_of

# the ways to accumulate by which a numeric class is named: the first that gives its trace
CANONICAL = {'left-to-right': '0+{folded}', 'fused': '0+{fused}', 'halves': '0+{halves}', 'extended': '0+{folded}:extended'}


def class_name(listing, bits, squares):
    """The name of a numeric class: a word for what makes it, and the first digits of its trace's digest.

    Parameters
    ----------
    listing : streetlight.book.Listing
    bits : str
        The digest of the class's trace.
    squares : dict
        The C library's, of an environment of the class.

    Returns
    -------
    str
        Such as ``fused-8ee863``.
    """
    return f'{_word(listing, bits, tuple(sorted(squares.items())))}-{bits[:6]}'


def _word(listing, bits, squares):
    """What makes a class: the accumulation that gives its trace, ``any`` where all do, else ``mixed``."""
    found = _canonical(listing, squares)
    if set(found.values()) == {bits}:
        return 'any'
    return next((word for word, each in found.items() if each == bits), 'mixed')


@lru_cache(maxsize=None)
def _canonical(listing, squares):
    """The digests of a listing's traces by each canonical accumulation, as far as this machine can emulate it."""
    found = {}
    for word, form in CANONICAL.items():
        try:
            found[word] = digest(trace_of(listing, EmulatedArithmetic(_accumulations(form), dict(squares))).steps)
        except AccumulationError:
            continue
    return found


def _accumulations(form):
    def of_shape(shape, k):
        return [form.format(folded=_fold(range(k)), fused=_fold(range(k), 'x'), halves=_halves(k))]

    return of_shape


def _fold(indices, term='p'):
    first, *others = indices
    text = f'p{first}'
    for index in others:
        text = f'({text}+{term}{index})'
    return text


def _halves(k):
    """As two lanes of a register do: the even products, the odd ones, and the two sums together."""
    return f'({_fold(range(0, k, 2))}+{_fold(range(1, k, 2))})' if k > 1 else 'p0'
