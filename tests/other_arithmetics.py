"""What two listings print outside the model: ``python tests/other_arithmetics.py`` (with PyTorch and JAX installed, for their rows).

The last error of ``all-together`` and of ``whole-dataset`` in float64 and float32, by NumPy, PyTorch and JAX (operation by operation, and
compiled as one step) on the processor, beside the certificate.  The weights are NumPy's own draws, rounded to the type.
"""

import contextlib
import io
import json

import numpy as np

from reference.__main__ import main

LIGHTS = ((1, 0, 1), (0, 1, 1), (0, 0, 1), (1, 1, 1))
GOALS = ((1,), (1,), (0,), (0,))
STREETLIGHTS = (*LIGHTS, (0, 1, 1), (1, 0, 1))
WALK_VS_STOP = (0, 1, 0, 1, 1, 0)


def weights():
    np.random.seed(1)
    return 2 * np.random.random((3, 4)) - 1, 2 * np.random.random((4, 1)) - 1


def deep_step(state, light, goal, relu, alpha=0.2):
    """One light of section 6.26: new weights, and its squared error."""
    weights_0_1, weights_1_2 = state
    layer_1 = relu(light @ weights_0_1)
    layer_2 = layer_1 @ weights_1_2
    delta = layer_2 - goal
    layer_1_delta = (delta @ weights_1_2.T) * (layer_1 > 0)
    return (weights_0_1 - alpha * (light.T @ layer_1_delta), weights_1_2 - alpha * (layer_1.T @ delta)), (delta**2).sum()


def shallow_step(state, light, goal, relu, alpha=0.1):
    """One light of section 6.6."""
    (own,) = state
    prediction = light @ own
    delta = prediction - goal
    return (own - alpha * (light * delta),), (goal - prediction) ** 2


def trained(step, state, rows, iterations, relu):
    """The sum of the squared errors in the last iteration."""
    for _ in range(iterations):
        total = 0
        for light, goal in rows:
            state, error = step(state, light, goal, relu)
            total = total + error
    return float(total)


def both(array, relu, compiled=lambda step: step):
    """The last errors of the two listings."""
    deep = [(array([light]), array([goal])) for light, goal in zip(LIGHTS, GOALS)]
    shallow = [(array(light), array(goal)) for light, goal in zip(STREETLIGHTS, WALK_VS_STOP)]
    return {
        'all-together': trained(compiled(deep_step), tuple(map(array, weights())), deep, 60, relu),
        'whole-dataset': trained(compiled(shallow_step), (array([0.5, 0.48, -0.7]),), shallow, 40, relu),
    }


def arithmetics():
    """Names, and the last errors by each."""
    for kind in (np.float64, np.float32):
        yield f'NumPy {np.__version__}, {kind.__name__}', both(lambda x, kind=kind: np.asarray(x, kind), lambda x: (x > 0) * x)
    try:
        import torch
    except ImportError:
        return
    for kind in (torch.float64, torch.float32):
        yield (
            f'PyTorch {torch.__version__.partition("+")[0]}, {str(kind)[6:]}',
            both(lambda x, kind=kind: torch.as_tensor(np.asarray(x, float)).to(kind), torch.relu),
        )
    try:
        import jax
    except ImportError:
        return
    jax.config.update('jax_enable_x64', True)
    for kind in (jax.numpy.float64, jax.numpy.float32):
        for how, compiled in (('', lambda step: step), (', compiled', lambda step: jax.jit(step, static_argnames='relu'))):
            yield (
                f'JAX {jax.__version__}, {kind.__name__}{how}',
                both(lambda x, kind=kind: jax.numpy.asarray(x, kind), jax.nn.relu, compiled),
            )


def certified(listing):
    """The last error's certificate, in all digits."""
    with contextlib.redirect_stdout(io.StringIO()) as told:
        main(['certify', listing, '--json'])
    return [
        row for row in json.loads(told.getvalue()) if row['name'] in ('layer_2_error', 'error_for_all_lights') and row['era'] == '1.14'
    ][-1]


def compare():
    rows = list(arithmetics())
    for listing in ('all-together', 'whole-dataset'):
        row = certified(listing)
        print(f'{listing}: the last error lies between {row["low"]!r} and {row["high"]!r}')
        for name, errors in rows:
            away = abs(errors[listing] / float(row['exact']) - 1)
            place = 'inside' if row['low'] <= errors[listing] <= row['high'] else f'{away:.0e} away'
            print(f'  {name:<36}{errors[listing]!r:<26}{place}')


if __name__ == '__main__':
    compare()
