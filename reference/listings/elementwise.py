"""Section 6.5: what NumPy's operators do to vectors."""


def elementwise(arithmetic, trace):
    """Two vectors multiplied and added, and a vector with a scalar."""
    a = trace('a', arithmetic.array([0, 1, 2, 1]))
    b = trace('b', arithmetic.array([2, 2, 2, 3]))
    trace.show(trace('a*b', a * b))
    trace.show(trace('a+b', a + b))
    trace.show(trace('a*0.5', a * 0.5))
    trace.show(trace('a+0.5', a + 0.5))
