"""The programs of the corpus: the chapter's and its neighbours', as readers type and edit them.

Each is a function of a source of randomness and returns ``(cells, exact)``: a list of code cells, and whether every number that it
prints is the chapter's own (so that a mistake planted into it is one).
"""

DATA = """streetlights = np.array([[1, 0, 1],
                          [0, 1, 1],
                          [0, 0, 1],
                          [1, 1, 1],
                          [0, 1, 1],
                          [1, 0, 1]])
"""
GOALS = 'walk_vs_stop = np.array([0, 1, 0, 1, 1, 0])\n'
ERRORS = ('Error', 'error', 'Total Error', 'Loss', 'err', 'MSE', 'The error is', 'Error for all lights')


def shown(draw, name, label):
    """A statement that prints a number, as people write it: the text, and whether all digits are shown."""
    forms = (
        (f'print("{label}:" + str({name}))', True),
        (f'print("{label}: " + str({name}))', True),
        (f'print("{label}:", {name})', True),
        (f'print("{label}: %s" % {name})', True),
        (f'print("{label}: {{}}".format({name}))', True),
        (f'print({name})', True),
        (f'print("{label}: %.4f" % {name})', False),
        (f'print("{label}: %.8f" % {name})', True),
        (f'print("{label} = {{0:.6f}}".format({name}))', False),
        (f'print("{label}:", round({name}, 5))', False),
        (f'print("{label}: %.3e" % {name})', False),
    )
    return forms[draw.choice((0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10))]


def counted(draw, name='iteration'):
    """A statement that prints a counter before, or nothing."""
    return draw.choice(
        ('', '', '', f'print("Iteration", {name})\n', f'print("Iteration: %d" % {name})\n', f'print("--- " + str({name}))\n')
    )


def single(draw, edited=False):
    """Learning one light; ``edited`` with a rate, weights, or a goal of one's own."""
    alpha, weights, light = 0.1, '[0.5, 0.48, -0.7]', 0
    opposite = draw.random() < 0.3
    if edited:
        how = draw.choice(('alpha', 'weights'))
        alpha = draw.choice((0.01, 0.05, 0.2, 0.3)) if how == 'alpha' else alpha
        weights = draw.choice(('[0.1, 0.2, -0.1]', '[0.3, 0.48, -0.7]', '[0.5, 0.5, 0.5]')) if how == 'weights' else weights
    label = draw.choice(ERRORS)
    delta = 'goal_prediction - prediction' if opposite else 'prediction - goal_prediction'
    sign = '+' if opposite else '-'
    together = draw.random() < 0.5
    if together:
        printing = draw.choice(
            (
                f'print("{label}:" + str(error) + " Prediction:" + str(prediction))',
                f'print("{label}: {{}} Prediction: {{}}".format(error, prediction))',
                f'print("iter", iteration, "{label}:", error, "Prediction:", prediction)',
                f'print("{label}: %.4f Prediction: %.4f" % (error, prediction))',
            )
        )
    else:
        printing = shown(draw, 'error', label)[0]
    every = draw.choice((1, 1, 1, 5))
    body = printing if every == 1 else f'if iteration % {every} == {draw.choice((0, every - 1))}:\n        {printing}'
    extra = draw.choice(('', '', '    print(delta)\n', '    print("Weights:", weights)\n'))
    source = f"""import numpy as np
weights = np.array({weights})
alpha = {alpha}
{DATA}{GOALS}input = streetlights[{light}]  # [1, 0, 1]
goal_prediction = walk_vs_stop[{light}]  # 0, "stop"
for iteration in range(20):
    prediction = input.dot(weights)
    error = (goal_prediction - prediction) ** 2
    delta = {delta}
    weights = weights {sign} (alpha * (input * delta))
    {body}
{extra}"""
    return split(draw, source), not edited and not extra


def whole(draw, edited=False):
    """Learning the whole dataset."""
    alpha = draw.choice((0.01, 0.05, 0.2)) if edited else 0.1
    iterations = draw.choice((40, 40, 20, 100))
    label = draw.choice(ERRORS)
    row_print = draw.choice(
        (
            '        print("Prediction:" + str(prediction))\n',
            '        print("Prediction: ", prediction)\n',
            '',
            '        print("row %d: %.6f" % (row_index, prediction))\n',
        )
    )
    end = draw.choice((' + "\\n"', ''))
    final = draw.choice(
        (
            f'    print("{label}:" + str(error_for_all_lights){end})',
            f'    print("{label}: %.6f" % error_for_all_lights)',
            f'    if iteration % 5 == 0:\n        print("{label}:", error_for_all_lights)',
            f'    print("{label}:", error_for_all_lights, "Weights:", weights)',
        )
    )
    source = f"""import numpy as np
weights = np.array([0.5, 0.48, -0.7])
alpha = {alpha}
{DATA}{GOALS}
for iteration in range({iterations}):
    error_for_all_lights = 0
    for row_index in range(len(walk_vs_stop)):
        input = streetlights[row_index]
        goal_prediction = walk_vs_stop[row_index]
        prediction = input.dot(weights)
        error = (goal_prediction - prediction) ** 2
        error_for_all_lights += error
        delta = prediction - goal_prediction
        weights = weights - (alpha * (input * delta))
{row_print}{final}
"""
    return split(draw, source), not edited and iterations <= 40


def deep(draw, edited=False):
    """The deep network of section 6.26."""
    seed, alpha, hidden = 1, 0.2, 4
    if edited:
        how = draw.choice(('seed', 'none', 'alpha', 'hidden', 'data', 'twice'))
        seed = draw.randint(2, 500) if how == 'seed' else seed
        alpha = draw.choice((0.1, 0.02, 0.3)) if how == 'alpha' else alpha
        hidden = draw.choice((3, 5, 8)) if how == 'hidden' else hidden
    else:
        how = ''
    seeding = '' if how == 'none' else f'np.random.seed({seed})\n'
    opposite = draw.random() < 0.3
    label = draw.choice(ERRORS)
    iterations, every = (60, 10) if draw.random() < 0.7 else draw.choice(((100, 10), (60, 1), (60, 5), (30, 10), (60, 20)))
    printing, _ = shown(draw, 'layer_2_error', label)
    if draw.random() < 0.25:
        printing = draw.choice(
            (
                f'print("Iteration " + str(iteration + 1) + ": {label}: " + str(layer_2_error))',
                f'print("Iter:", iteration, "{label}:", layer_2_error)',
            )
        )
    goals = '[[1, 1, 0, 1]]' if how == 'data' else '[[1, 1, 0, 0]]'
    sign, delta = ('+', 'walk_vs_stop[i:i+1] - layer_2') if opposite else ('-', 'layer_2 - walk_vs_stop[i:i+1]')
    twice = 'weights_0_1 = 2 * np.random.random((3, hidden_size)) - 1\n' if how == 'twice' else ''
    tail = draw.choice(('', '', 'print(weights_0_1.shape)\n', 'layer_2\n' if draw.random() < 0.5 else 'print("done")\n'))
    source = f"""import numpy as np
{seeding}
def relu(x):
    return (x > 0) * x  # returns x if x > 0, 0 otherwise

def relu2deriv(output):
    return output > 0  # 1 for input > 0

streetlights = np.array([[1, 0, 1],
                         [0, 1, 1],
                         [0, 0, 1],
                         [1, 1, 1]])
walk_vs_stop = np.array({goals}).T
alpha = {alpha}
hidden_size = {hidden}

{twice}weights_0_1 = 2 * np.random.random((3, hidden_size)) - 1
weights_1_2 = 2 * np.random.random((hidden_size, 1)) - 1

for iteration in range({iterations}):
    layer_2_error = 0
    for i in range(len(streetlights)):
        layer_0 = streetlights[i:i+1]
        layer_1 = relu(np.dot(layer_0, weights_0_1))
        layer_2 = np.dot(layer_1, weights_1_2)
        layer_2_error += np.sum((layer_2 - walk_vs_stop[i:i+1]) ** 2)
        layer_2_delta = ({delta})
        layer_1_delta = layer_2_delta.dot(weights_1_2.T) * relu2deriv(layer_1)
        weights_1_2 {sign}= alpha * layer_1.T.dot(layer_2_delta)
        weights_0_1 {sign}= alpha * layer_0.T.dot(layer_1_delta)
    if (iteration % {every} == {every - 1}):
        {printing}
{tail}"""
    return split(draw, source), not edited and tail in ('', 'print("done")\n')


def neighbour(draw):
    """Programs of the chapters around it, and of other tutorials."""
    seed, start, end = draw.randint(0, 50), draw.choice(('\\r', '')), draw.choice(('', ' + "\\n"'))
    programs = (
        f"""weight, goal_pred, input = 0.5, 0.8, {draw.choice((0.5, 2, 1.1))}
alpha = {draw.choice((0.1, 0.01, 1))}
for iteration in range({draw.choice((4, 20, 50))}):
    pred = input * weight
    error = (pred - goal_pred) ** 2
    delta = pred - goal_pred
    weight_delta = delta * input
    weight = weight - (alpha * weight_delta)
    print("Error:" + str(error) + " Prediction:" + str(pred))
""",
        f"""def w_sum(a, b):
    return sum(x * y for x, y in zip(a, b))
weights = [0.1, 0.2, {draw.choice((-0.1, 0.0))}]
toes, wlrec, nfans = [8.5, 9.5, 9.9, 9.0], [0.65, 0.8, 0.8, 0.9], [1.2, 1.3, 0.5, 1.0]
inputs = [toes[0], wlrec[0], nfans[0]]
for iter in range(3):
    pred = w_sum(inputs, weights)
    error = (pred - 1) ** 2
    delta = pred - 1
    weight_deltas = [delta * x for x in inputs]
    print("Iteration:" + str(iter + 1))
    print("Pred:" + str(pred))
    print("Error:" + str(error))
    print("Delta:" + str(delta))
    print("Weights:" + str(weights))
    print("Weight_Deltas:")
    print(str(weight_deltas))
    weights = [w - {draw.choice((0.01, 0.3))} * d for w, d in zip(weights, weight_deltas)]
""",
        f"""import numpy as np
def sigmoid(x, deriv=False):
    return x * (1 - x) if deriv else 1 / (1 + np.exp(-x))
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0, 0, 1, 1]]).T
np.random.seed({seed})
syn0 = 2 * np.random.random((3, 1)) - 1
for iter in range({draw.choice((1000, 3000))}):
    l1 = sigmoid(np.dot(X, syn0))
    l1_error = y - l1
    syn0 += np.dot(X.T, l1_error * sigmoid(l1, True))
    if iter % {draw.choice((100, 500))} == 0:
        print("Error after %d iterations: %s" % (iter, np.mean(np.abs(l1_error))))
print("Output After Training:")
print(l1)
""",
        f'''import sys, numpy as np
np.random.seed({seed})
images, labels = np.random.rand(40, 12), np.eye(4)[np.arange(40) % 4]
weights_0_1 = 0.2 * np.random.random((12, 6)) - 0.1
weights_1_2 = 0.2 * np.random.random((6, 4)) - 0.1
for j in range({draw.choice((60, 350))}):
    error, correct_cnt = 0.0, 0
    for i in range(len(images)):
        layer_0 = images[i:i+1]
        layer_1 = np.maximum(np.dot(layer_0, weights_0_1), 0)
        layer_2 = np.dot(layer_1, weights_1_2)
        error += np.sum((labels[i:i+1] - layer_2) ** 2)
        correct_cnt += int(np.argmax(layer_2) == np.argmax(labels[i:i+1]))
        layer_2_delta = labels[i:i+1] - layer_2
        layer_1_delta = layer_2_delta.dot(weights_1_2.T) * (layer_1 > 0)
        weights_1_2 += 0.005 * layer_1.T.dot(layer_2_delta)
        weights_0_1 += 0.005 * layer_0.T.dot(layer_1_delta)
    sys.stdout.write("{start} I:" + str(j) + " Train-Err:" + str(error / 40.0)[0:5] + " Train-Acc:" + str(correct_cnt / 40.0){end})
''',
        f"""import numpy as np
np.random.seed({seed})
x = np.random.randn({draw.choice((3, 5))}, {draw.choice((2, 4))})
e = np.exp(x - x.max(axis=1, keepdims=True))
softmax = e / e.sum(axis=1, keepdims=True)
print(softmax)
print("Cross entropy:", -np.log(softmax[:, 0]).mean())
print(x.round(3))
""",
        """import numpy as np
a = np.array([0, 1, 2, 1])
b = np.array([2, 2, 2, 3])
print(a * b)
print(a + b)
print(a * 0.5)
print(a + 0.5)
""",
    )
    return split(draw, draw.choice(programs)), False


def split(draw, source):
    """A program as one cell, or as two: a cell ends before a definition, a loop, or at an empty line."""
    lines = source.rstrip('\n').split('\n')
    cuts = [at for at, line in enumerate(lines) if at > 1 and line.startswith(('for ', 'def ', 'alpha', 'streetlights', 'np.random.seed'))]
    if cuts and draw.random() < 0.5:
        cut = draw.choice(cuts)
        return ['\n'.join(lines[:cut]).rstrip('\n'), '\n'.join(lines[cut:])]
    return ['\n'.join(lines)]
