"""What environments were seen to print: two that differ are two conforming evaluations, so that no sample need refute the digit."""

from typing import NamedTuple

from streetlight.certify.printed import tokens_of


class Seen(NamedTuple):
    """What the environments of an atlas print of a listing.

    Attributes
    ----------
    texts : list of str
        Different ones, in the era of this NumPy.
    differ : list of bool
        Of each number of a text, whether in every era two of them print it differently.
    """

    texts: list
    differ: list

    def refutes(self, text, number):
        """Whether it refutes each element of a number that a part of the listing prints; what nobody was seen to print is not refuted.

        Parameters
        ----------
        text : str
            All that the part prints.
        number : streetlight.certify.programs.Number
        """
        whole = next((each for each in self.texts if text in each), None)
        if whole is None:
            return False
        first = len(tokens_of(whole[: whole.index(text)])) + len(tokens_of(text[: number.start]))
        elements = self.differ[first : first + number.value.size]
        return len(elements) == number.value.size and all(elements)


def seen(by_era, era):
    """What was seen.

    Parameters
    ----------
    by_era : dict of str to list of str
        What the classes of environments print, by era.
    era : str
        Of this NumPy.

    Returns
    -------
    Seen
    """
    rows = [[[text[a:b] for a, b in tokens_of(text)] for text in texts] for texts in by_era.values()]
    if len({len(tokens) for texts in rows for tokens in texts}) != 1:  # nothing was seen, or texts that have not the same numbers
        return Seen([], [])
    differ = [all(len(set(tokens)) > 1 for tokens in of_eras) for of_eras in zip(*[zip(*texts) for texts in rows])]
    return Seen(list(by_era.get(era, [])), differ)
