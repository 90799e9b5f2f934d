"""The fifteen listings of chapters 6 and 7, each a function of an arithmetic and a trace."""

from collections import namedtuple

from .all_together import all_together
from .backpropagation import backpropagation
from .conditional_correlation import conditional_correlation
from .conflicting_pressure import conflicting_pressure
from .elementwise import elementwise
from .first_deep_network import first_deep_network
from .gradient_descent import gradient_descent
from .linear_collapse import linear_collapse
from .network_predicts import network_predicts
from .one_iteration import one_iteration
from .overfitting import overfitting
from .single_example import single_example
from .streetlight_matrices import streetlight_matrices
from .weight_pressure import weight_pressure
from .whole_dataset import whole_dataset
from streetlight.record.arithmetic import NumPyArithmetic

Listing = namedtuple('Listing', 'id section run')


def _listing(section, run):
    return Listing(run.__name__.replace('_', '-'), section, run)


# in the book's order
LISTINGS = (
    _listing('6.3-6.4', streetlight_matrices),
    _listing('6.5', elementwise),
    _listing('6.5', single_example),
    _listing('6.6', whole_dataset),
    _listing('6.7', gradient_descent),
    _listing('6.9-6.13', weight_pressure),
    _listing('6.11', overfitting),
    _listing('6.12-6.13', conflicting_pressure),
    _listing('6.19-6.20', linear_collapse),
    _listing('6.21', conditional_correlation),
    _listing('6.23', first_deep_network),
    _listing('6.24', backpropagation),
    _listing('6.25', one_iteration),
    _listing('6.26', all_together),
    _listing('7.4-7.9', network_predicts),
)

__all__ = ['LISTINGS', 'Listing', 'NumPyArithmetic']
