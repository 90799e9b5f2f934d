"""The records of a listing that can be emulated: what is proved of each number that it prints, and what each class has."""

from streetlight.certify import programs
from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.record.trace import trace_of


def records(listing, models):
    """The records of all numbers that a listing prints.

    Parameters
    ----------
    listing : streetlight.listing.Listing
    models : dict of str to tuple
        Of each numeric class, its accumulations and squares.

    Returns
    -------
    list of streetlight.certify.record.Record
        In the order of printing; ``printed`` is what sums from left to right print.
    """
    def values(*model):
        return [step.value for step in trace_of(listing, EmulatedArithmetic(*model)).steps]

    _, found = programs.numbers(listing)
    classes = {name: values(*model) for name, model in models.items()}
    return programs.records(listing, trace_of(listing), found, classes, values(left_to_right))
