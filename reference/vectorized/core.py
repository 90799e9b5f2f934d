"""Train many copies of the network of ``all-together`` at once on NumPy: replicas in the last axis, few and large ufunc calls.

Each replica is equal to the bit with its listing run alone in the plain accumulation (left to right, nothing fused, squares
rounded), ``nan`` and ``inf`` included.  A light that is off, or 1, costs no multiplication here; what that changes is the sign of
zeros, which no finite run passes on, and products of zero with infinities: a replica that leaves the finite numbers is run
again with every product.
"""

from typing import NamedTuple

import numpy as np

FEW = 3  # replicas that are trained one after another
HUGE = 1e100  # from here on a product with an idle light might have been a nan


class Trained(NamedTuple):
    """What training leaves of R replicas.

    ``errors`` has shape (iterations, R), ``weights`` are the last weights, (inputs, hidden, R) and (hidden, R).
    """

    errors: np.ndarray
    weights: tuple


def train_three_layers(weights_0_1, weights_1_2, lights, goals, alpha, iterations):
    """The network of ``all-together``, many at once.

    Parameters
    ----------
    weights_0_1 : ndarray of float64, shape (inputs, hidden, R)
        Trained in place.
    weights_1_2 : ndarray of float64, shape (hidden, R)
        Trained in place.
    lights : array_like, shape (rows, inputs)
    goals : array_like, shape (rows,)
    alpha : float
    iterations : int

    Returns
    -------
    Trained
    """
    weights = weights_0_1, weights_1_2
    train = _one_after_another if weights_1_2.shape[1] <= FEW else _all_at_once
    return Trained(train(weights, lights, goals, alpha, iterations), weights)


def _one_after_another(weights, lights, goals, alpha, iterations):
    """Train a few replicas in Python's own floats, which for so few take less time than NumPy's calls.  The errors."""
    rows = [(np.asarray(light, np.float64).tolist(), float(goal)) for light, goal in zip(lights, goals)]
    errors = np.empty((iterations, weights[1].shape[1]))
    for replica in range(errors.shape[1]):
        weights_0_1, weights_1_2 = weights[0][..., replica].T.tolist(), weights[1][:, replica].tolist()
        for iteration in range(iterations):
            error = 0.0
            for row in rows:  # not Python's `sum`, which from 3.12 on carries what rounding loses
                error += _one_row(weights_0_1, weights_1_2, *row, alpha)
            errors[iteration, replica] = error
        weights[0][..., replica], weights[1][:, replica] = np.transpose(weights_0_1), weights_1_2
    return errors


def _one_row(weights_0_1, weights_1_2, lights, goal, alpha):
    """Learn from one row of lights, with every product and sum of the listing; the squared error.

    Parameters
    ----------
    weights_0_1 : list of list of float
        The weights into each hidden node; changed.
    weights_1_2 : list of float
        Changed.
    lights : list of float
    goal, alpha : float

    Returns
    -------
    float
    """
    layer_1, layer_2 = [], 0.0
    for into, weight in zip(weights_0_1, weights_1_2):
        node = 0.0
        for light, each in zip(lights, into):
            node += light * each
        node = (node > 0) * node
        layer_1.append(node)
        layer_2 += node * weight
    layer_2_delta = layer_2 - goal
    for number, (into, node) in enumerate(zip(weights_0_1, layer_1)):
        node_delta = (layer_2_delta * weights_1_2[number] + 0.0) * (node > 0)
        weights_1_2[number] -= alpha * (node * layer_2_delta + 0.0)
        for index, light in enumerate(lights):
            into[index] -= alpha * (light * node_delta + 0.0)
    return layer_2_delta * layer_2_delta


def _all_at_once(weights, lights, goals, alpha, iterations):
    """Train replicas together; those that do not stay finite, once more from the start with every product.  The errors."""
    lights, goals = np.asarray(lights, np.float64), np.asarray(goals, np.float64)
    start = [each.copy() for each in weights]
    every_product = not _plain_zeros(lights, *start)
    with np.errstate(all='ignore'):
        errors = _three_layers(*weights, lights, goals, alpha, iterations, every_product)
        left = np.flatnonzero(~np.logical_and.reduce([_finite(each) for each in (errors, *weights)]))
        if left.size and not every_product:
            again = [np.ascontiguousarray(each[..., left]) for each in start]
            errors[:, left] = _three_layers(*again, lights, goals, alpha, iterations, True)
            for each, anew in zip(weights, again):
                each[..., left] = anew
    return errors


def _plain_zeros(lights, *weights):
    """Whether leaving out products with lights that are off can change no bit of a run that stays finite."""
    return np.isfinite(lights).all() and all((np.abs(each) < HUGE).all() and not (np.signbit(each) & (each == 0)).any() for each in weights)


def _finite(values):
    return np.isfinite(values).all(axis=tuple(range(values.ndim - 1)))


def _three_layers(weights_0_1, weights_1_2, lights, goals, alpha, iterations, every_product):
    _, hidden, replicas = weights_0_1.shape
    rows = [_Row(row, every_product) for row in lights]
    errors = np.zeros((iterations, replicas))
    layer_1, product, mask, layer_1_delta, step = (np.empty((hidden, replicas)) for _ in range(5))
    layer_2, square = np.empty(replicas), np.empty(replicas)
    for iteration in range(iterations):
        error = errors[iteration]
        for row, goal in zip(rows, goals):
            row.weigh(weights_0_1, layer_1, product)
            np.greater(layer_1, 0, out=mask)
            np.multiply(mask, layer_1, out=layer_1)
            np.multiply(layer_1, weights_1_2, out=product)
            _add_left_to_right(product, layer_2, every_product)
            layer_2 -= goal  # from here on layer_2_delta
            np.multiply(layer_2, layer_2, out=square)
            error += square
            np.multiply(layer_2, weights_1_2, out=layer_1_delta)
            if every_product:
                layer_1_delta += 0.0
            np.multiply(layer_1_delta, mask, out=layer_1_delta)
            np.multiply(layer_1, layer_2, out=step)
            if every_product:
                step += 0.0
            step *= alpha
            weights_1_2 -= step
            row.update(weights_0_1, layer_1_delta, alpha, step)
    return errors


def _add_left_to_right(products, out, every_product):
    """The sum over the first axis, one after the other; from zero where the sign of a zero may matter."""
    if len(products) == 1:
        out[...] = products[0]
    else:
        np.add(products[0], products[1], out=out)
        for product in products[2:]:
            out += product
    if every_product:
        out += 0.0


class _Row:
    """One row of lights: its weighted sums and its share of the weight update, with no product that is not needed."""

    def __init__(self, row, every_product):
        self.every_product = every_product
        self.on = [(index, float(light)) for index, light in enumerate(row) if light or every_product]

    def weigh(self, weights, out, product):
        """``out = sum_i lights[i] * weights[i]``, left to right."""
        if not self.on:
            out[...] = 0.0
            return
        (first, light), rest = self.on[0], self.on[1:]
        if not rest or light != 1 or self.every_product:
            np.multiply(weights[first], light, out=out)
        elif rest[0][1] == 1:
            np.add(weights[first], weights[rest[0][0]], out=out)
            rest = rest[1:]
        else:
            out[...] = weights[first]
        for index, light in rest:
            if light == 1 and not self.every_product:
                out += weights[index]
            else:
                np.multiply(weights[index], light, out=product)
                out += product
        if self.every_product:
            out += 0.0

    def update(self, weights, delta, alpha, step):
        """``weights[i] -= alpha * (lights[i] * delta)``."""
        same = None
        for index, light in self.on:
            if light != 1 or self.every_product:
                np.multiply(delta, light, out=step)
                if self.every_product:
                    step += 0.0
                step *= alpha
                same = None
            elif same is None:
                same = np.multiply(delta, alpha, out=step)
            weights[index] -= step
