"""How many cases a test draws: all that it names with ``--every-case``, an eighth without (see `conftest`)."""

from hypothesis import settings

ALL = 100  # `max_examples` of the profile in which nothing is left out


def examples(count, **others):
    """Hypothesis' settings for a property that ``count`` examples try."""
    return settings(max_examples=max(5, count * settings().max_examples // ALL), deadline=None, **others)
