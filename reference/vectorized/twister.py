"""The Mersenne Twister for many seeds at once: the first doubles of ``numpy.random.RandomState(seed)`` for each.

References
----------
M. Matsumoto, T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudorandom number generator", ACM
TOMACS 8 (1998).
"""

import numpy as np

STATE, SHIFT = 624, 397
BLOCK = 4096  # seeds at a time, so that what is in work stays in the cache

INITIALIZER = np.uint32(1812433253)
UPPER, LOWER = np.uint32(0x80000000), np.uint32(0x7FFFFFFF)
MATRIX = np.uint32(0x9908B0DF)


def first_doubles(seeds, count):
    """What ``RandomState(seed).random_sample(count)`` gives, for each seed.

    Parameters
    ----------
    seeds : array_like of int, shape (R,)
        From 0 to 2**32 - 1.
    count : int
        From 0 to 113: as many doubles as the words need that one twist makes of the initial state.

    Returns
    -------
    ndarray of float64, shape (count, R)

    Raises
    ------
    ValueError
        If a seed or the count is out of its range.
    """
    seeds = np.asarray(seeds)
    if seeds.size and not (0 <= seeds.min() and seeds.max() < 2**32):
        raise ValueError('a seed is a whole number from 0 to 2**32 - 1')
    if not 0 <= count <= (STATE - SHIFT) // 2:
        raise ValueError(f'from 0 to {(STATE - SHIFT) // 2} doubles can be had, not {count}')
    doubles = np.empty((count, seeds.size))
    for start in range(0, seeds.size if count else 0, BLOCK):
        part = slice(start, min(start + BLOCK, seeds.size))
        _doubles(seeds[part].astype(np.uint32), doubles[:, part])
    return doubles


def _doubles(seeds, out):
    words = 2 * len(out)
    state = _initial_state(seeds, SHIFT + words)
    # one twist, of the first words alone: word i of words i, i + 1 and i + 397
    mixed = state[:words] & UPPER
    mixed |= state[1 : words + 1] & LOWER
    odd = mixed & np.uint32(1)
    mixed >>= np.uint32(1)
    odd *= MATRIX
    mixed ^= odd
    mixed ^= state[SHIFT : SHIFT + words]
    _temper(mixed)
    # 53 bits of two words: 27 of the first, 26 of the second
    np.multiply(mixed[0::2] >> np.uint32(5), 67108864.0, out=out)
    out += mixed[1::2] >> np.uint32(6)
    out /= 9007199254740992.0


def _initial_state(seeds, words):
    """The first words of the state, each made of the one before."""
    state = np.empty((words, len(seeds)), np.uint32)
    state[0] = seeds
    shifted = np.empty(len(seeds), np.uint32)
    for index in range(1, words):
        before, word = state[index - 1], state[index]
        np.right_shift(before, np.uint32(30), out=shifted)
        np.bitwise_xor(before, shifted, out=shifted)
        np.multiply(shifted, INITIALIZER, out=word)
        word += np.uint32(index)
    return state


def _temper(words):
    words ^= words >> np.uint32(11)
    words ^= (words << np.uint32(7)) & np.uint32(0x9D2C5680)
    words ^= (words << np.uint32(15)) & np.uint32(0xEFC60000)
    words ^= words >> np.uint32(18)
