"""Make the corpus of documents: run programs in real kernels, and write them as Jupyter and people do.

    python tests/corpus/make.py --numpy FOLDER … --interpreter 'PYTHON PATH' … -o tests/corpus/documents.jsonl.xz

``--numpy`` are folders with another NumPy for this interpreter's kernel (``pip install --target``), ``--interpreter`` an old Python
and such a folder for it.  Each kernel starts with several OpenBLAS kernels (``OPENBLAS_CORETYPE``), and with none named.  A document
is right by being what was run; 100 more have one mistake of a kind that people make.  Nothing here asks the gate.
"""

import argparse
import asyncio
import json
import lzma
import os
import random
import re
import subprocess
import sys

import jupytext
import nbformat
from nbclient import NotebookClient
from programs import deep, neighbour, single, whole

KERNELS = ('', 'Haswell', 'Prescott', 'SkylakeX', 'Nehalem')
NUMBER = re.compile(r'(?<![\w.])-?\d+\.\d+(?:e[-+]\d+)?(?!\w)')
OLD_RUNNER = """
from __future__ import print_function
import ast, io, json, sys
names, made = {"__name__": "__main__"}, []
for source in json.loads(sys.stdin.read()):
    out, keep = (io.StringIO() if sys.version_info[0] > 2 else __import__("StringIO").StringIO()), sys.stdout
    sys.stdout = out
    error = ""
    try:
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last is not None else None
        if value is not None:
            print(repr(value))
    finally:
        sys.stdout = keep
    made.append(out.getvalue())
print(json.dumps(made))
"""


class Kernel:
    """A Jupyter kernel that runs one document after the other, each from nothing."""

    def __init__(self, name, environment):
        self.name, self.environment = name, environment
        self.client = None

    async def run(self, cells):
        """The outputs of cells, as nbformat has them, and their numbers."""
        if self.client is None:
            self.client = NotebookClient(nbformat.v4.new_notebook(), timeout=120, kernel_name='python3', allow_errors=True)
            self.client.create_kernel_manager()
            await self.client.async_start_new_kernel(env={**os.environ, **self.environment})
            await self.client.async_start_new_kernel_client()
        self.client.nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('%reset -f')])
        await self.client.async_execute_cell(self.client.nb.cells[0], 0)
        cells = [nbformat.v4.new_code_cell(source) for source in cells]
        self.client.nb.cells = cells
        for index, cell in enumerate(cells):
            await self.client.async_execute_cell(cell, index)
            cell.execution_count = index + 1
            for output in cell.outputs:
                if 'execution_count' in output:
                    output['execution_count'] = index + 1
        return cells

    async def close(self):
        if self.client is not None:
            await self.client._async_cleanup_kernel()


class Interpreter:
    """An old Python, which runs cells and says what they printed."""

    def __init__(self, name, command, environment):
        self.name, self.command, self.environment = name, command, environment

    async def run(self, cells):
        done = subprocess.run(
            [self.command, '-c', OLD_RUNNER],
            input=json.dumps(cells),
            capture_output=True,
            text=True,
            env={**os.environ, **self.environment},
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-500:])
        made = []
        for index, (source, text) in enumerate(zip(cells, json.loads(done.stdout)), 1):
            outputs = [nbformat.v4.new_output('stream', text=text)] if text else []
            made.append(nbformat.v4.new_code_cell(source, execution_count=index, outputs=outputs))
        return made

    async def close(self):
        pass


def machines(arguments):
    for folder in arguments.numpy:
        for kernel in KERNELS:
            environment = {'OPENBLAS_CORETYPE': kernel, 'PYTHONPATH': os.path.abspath(folder), 'OPENBLAS_NUM_THREADS': '1'}
            yield Kernel(f'{os.path.basename(folder)} {kernel or "unset"}', environment)
    for each in arguments.interpreter:
        command, folder = each.split()
        for kernel in ('', 'Haswell', 'Prescott'):
            environment = {'OPENBLAS_CORETYPE': kernel, 'PYTHONPATH': os.path.abspath(folder), 'OPENBLAS_NUM_THREADS': '1'}
            yield Interpreter(f'{os.path.basename(folder)} {kernel or "unset"}', command, environment)


# What stands around the cells.

PROSE = (
    '# Streetlights\n\nWe learn which light means *walk*. It costs 0.5 seconds and 3 of 4 readers like it.',
    'The first product is 1 * 0.5 = 0.5, the last 1 * -0.7 = -0.7, so $0.5 + 0 - 0.7 = -0.2$.',
    'The delta is -0.2 - 0 = -0.2, and the error (-0.2)^2 = 0.04.',
    '- weight 0: 0.1 * (1 * -0.2) = -0.02\n- weight 1: 0.1 * (0 * -0.2) = 0',
    'In Julia:\n\n```julia\nfunction f(x)\n    return 2x\nend\nfor i in 1:10\n    println(f(i))\nend\n```\n',
    '```bash\n$ python streetlights.py\n$ pip install numpy==1.13.3\n```\n',
    'See chapter 6.5, page 103, and figure 3-4.',
)
OTHERS = (
    ('import matplotlib\nmatplotlib.__version__', [{'output_type': 'execute_result', 'data': {'text/plain': "'3.4.1'"}}]),
    ('%%bash\necho 0.634231159845', [{'output_type': 'stream', 'name': 'stdout', 'text': '0.634231159845\n'}]),
    (
        '!pip install numpy',
        [{'output_type': 'stream', 'name': 'stdout', 'text': 'Collecting numpy\n  Downloading numpy-1.19.5.whl (14.8 MB)\n'}],
    ),
    (
        'np.log(np.array([0.0]))',
        [
            {
                'output_type': 'stream',
                'name': 'stderr',
                'text': '/usr/lib/python3.6/site-packages/ipykernel_launcher.py:1: RuntimeWarning: divide by zero encountered in log\n',
            }
        ],
    ),
    (
        'plt.plot([3, 2, 1])',
        [{'output_type': 'display_data', 'data': {'image/png': 'iVBORw0KGgo=', 'text/plain': '<Figure size 432x288 with 1 Axes>'}}],
    ),
    ('for i in tqdm(range(40)): pass', [{'output_type': 'stream', 'name': 'stderr', 'text': '100%|####| 40/40 [00:01<00:00, 39.51it/s]'}]),
    (
        '%%time\nx = 1',
        [{'output_type': 'stream', 'name': 'stdout', 'text': 'CPU times: user 3.1 ms, sys: 0.2 ms, total: 3.3 ms\nWall time: 3.25 ms\n'}],
    ),
)


def arranged(draw, cells, how):
    """The cells of a document: prose and others between, run twice, or out of order."""
    made = []
    for cell in cells:
        if draw.random() < 0.5:
            made.append(nbformat.v4.new_markdown_cell(draw.choice(PROSE)))
        made.append(cell)
        if draw.random() < 0.25 and how != 'old':
            source, outputs = draw.choice(OTHERS)
            other = nbformat.v4.new_code_cell(source, execution_count=draw.randint(5, 30))
            other.outputs = [nbformat.from_dict({'metadata': {}, **each} if each['output_type'] != 'stream' else each) for each in outputs]
            for each in other.outputs:
                if each['output_type'] == 'execute_result':
                    each['execution_count'] = other.execution_count
            made.append(other)
    return made


def stale(draw, cells):
    """The last cell's source is edited after it ran."""
    source = cells[-1]['source']
    edited = re.sub(r'alpha = [\d.]+', 'alpha = 0.15', source)
    cells[-1]['source'] = edited if edited != source else source.replace('range(', 'range(1 + ', 1)


def elided(draw, cells):
    """Lines of the longest output are left out."""
    for cell in cells:
        for output in cell.get('outputs', []):
            lines = output.get('text', '').split('\n') if output['output_type'] == 'stream' else []
            if len(lines) > 9 and '[[' not in output['text']:
                first, last = draw.randint(3, len(lines) // 2 - 1), draw.randint(len(lines) // 2 + 1, len(lines) - 3)
                output['text'] = '\n'.join([*lines[:first], draw.choice(('...', '. . .', '…')), *lines[last:]])


METADATA = {
    'jupyter': {
        'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'},
        'language_info': {
            'codemirror_mode': {'name': 'ipython', 'version': 3},
            'file_extension': '.py',
            'mimetype': 'text/x-python',
            'name': 'python',
            'nbconvert_exporter': 'python',
            'pygments_lexer': 'ipython3',
            'version': '3.6.8',
        },
    },
    'colab': {
        'colab': {'name': 'chapter6.ipynb', 'provenance': [], 'collapsed_sections': []},
        'kernelspec': {'name': 'python3', 'display_name': 'Python 3'},
        'accelerator': 'GPU',
    },
    'vscode': {
        'kernelspec': {'display_name': '.venv', 'language': 'python', 'name': 'python3'},
        'language_info': {'name': 'python', 'version': '3.11.4'},
        'orig_nbformat': 4,
        'vscode': {'interpreter': {'hash': 'b0fa6594d8f4cbf1'}},
    },
}


def as_notebook(draw, cells):
    """A notebook's text as Jupyter, Colab or Visual Studio Code writes it."""
    editor = draw.choice(('jupyter', 'jupyter', 'colab', 'vscode'))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA[editor])
    data = json.loads(nbformat.writes(notebook))
    for cell in data['cells']:
        cell.pop('id', None)
    data['nbformat_minor'] = 4
    if editor == 'jupyter':
        return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + '\n'
    order = (
        ('cell_type', 'metadata', 'source', 'execution_count', 'outputs')
        if editor == 'colab'
        else ('cell_type', 'execution_count', 'metadata', 'source', 'outputs')
        if draw.random() < 0.3
        else ('cell_type', 'execution_count', 'metadata', 'outputs', 'source')
    )
    data['cells'] = [{key: cell[key] for key in order if key in cell} for cell in data['cells']]
    if editor == 'colab':
        for cell in data['cells']:
            cell['metadata'] = {'id': f'{draw.getrandbits(48):x}', 'colab': {'base_uri': 'https://localhost:8080/'}}
    return json.dumps(
        {key: data[key] for key in ('nbformat', 'nbformat_minor', 'metadata', 'cells')} if editor == 'colab' else data,
        indent=None if draw.random() < 0.1 else 2 if editor == 'colab' else 1,
        ensure_ascii=draw.random() < 0.2,
    )


def printed(cell):
    """The text of a cell's outputs on standard output, and of its result."""
    parts = []
    for output in cell.get('outputs', []):
        if output['output_type'] == 'stream' and output['name'] == 'stdout':
            parts.append(output['text'])
        elif output['output_type'] == 'execute_result':
            parts.append(output['data']['text/plain'] + '\n')
    return ''.join(parts).replace('\r', '\n')


def as_text(draw, cells, suffix):
    """A document of another format: Markdown by jupytext with outputs in fences, reStructuredText, a script with outputs in comments."""
    if suffix == '.py':
        notebook = nbformat.v4.new_notebook(cells=[cell for cell in cells if not cell['source'].startswith(('%', '!'))])
        text = jupytext.writes(notebook, 'py:percent').partition('# ---\n\n')[2] or jupytext.writes(notebook, 'py:light')
        return text + '\n' + ''.join(f'# {line}\n' for cell in cells for line in printed(cell).split('\n') if line)
    parts = []
    for cell in cells:
        if cell['cell_type'] == 'markdown':
            parts.append(cell['source'])
        elif suffix in ('.md', '.txt'):
            fence = draw.choice(('python', 'python', 'py', '')) if suffix == '.md' else ''
            parts.append(f'```{fence}\n{cell["source"]}\n```')
            if printed(cell):
                parts.append(
                    f'```\n{printed(cell).rstrip()}\n```'
                    if draw.random() < 0.8 or suffix == '.txt'
                    else '\n'.join('    ' + line for line in printed(cell).rstrip().split('\n'))
                )
        else:
            parts.append('.. code-block:: python\n\n' + '\n'.join('   ' + line for line in cell['source'].split('\n')))
            if printed(cell):
                parts.append('It prints::\n\n' + '\n'.join('   ' + line for line in printed(cell).rstrip().split('\n')))
    return '\n\n'.join(parts) + '\n'


# Mistakes.


def mistaken(draw, text):
    """A number with one mistake that people make, and its name; None where it has no place in it."""
    mantissa, exponent, power = text.partition('e')
    digits = [at for at, character in enumerate(mantissa) if character.isdigit()]
    telling = [at for at in digits if mantissa[:at].strip('-0.') or mantissa[at] != '0'][:9]
    telling = telling[:-1] if len(telling) > 3 else telling  # not the last, which may be rounding
    kind = draw.choice(('digit', 'digit', 'digit', 'exchanged', 'dropped', 'doubled', 'sign', 'point'))
    if not telling or mantissa.count('.') != 1:
        return None
    at = draw.choice(telling)
    if kind == 'digit':
        made = mantissa[:at] + draw.choice([digit for digit in '0123456789' if digit != mantissa[at]]) + mantissa[at + 1 :]
    elif kind == 'exchanged':
        if at + 1 >= len(mantissa) or not mantissa[at + 1].isdigit() or mantissa[at] == mantissa[at + 1]:
            return None
        made = mantissa[:at] + mantissa[at + 1] + mantissa[at] + mantissa[at + 2 :]
    elif kind == 'dropped':
        made = mantissa[:at] + mantissa[at + 1 :]
    elif kind == 'doubled':
        made = mantissa[:at] + mantissa[at] + mantissa[at:]
    elif kind == 'sign':
        made = mantissa[1:] if mantissa.startswith('-') else '-' + mantissa
    else:
        point = mantissa.index('.')
        if not 1 < point < len(mantissa) - 2 and mantissa[point + 1] == '0':
            return None
        made = mantissa.replace('.', '')
        made = made[: point + 1] + '.' + made[point + 1 :]
        made = re.sub(r'^(-?)0+(?=\d)', r'\1', made)
    if float(made or 0) == float(mantissa) or not re.fullmatch(r'-?\d+\.\d+', made):
        return None
    return made + exponent + power, kind


def spoiled(draw, text, cells):
    """A document with one mistake in an output: the text, the place of it, what was done; None where it cannot be made."""
    own = [cell for cell in cells if cell['cell_type'] == 'code' and cell['source'] not in dict(OTHERS)]
    lines = [line for cell in own for line in printed(cell).split('\n') if NUMBER.search(line)]
    lines = [line for line in lines if text.count(line) == 1 and '[' not in line]
    if len(lines) < 4:
        return None
    line = draw.choice(lines)
    number = draw.choice(list(NUMBER.finditer(line)))
    if draw.random() < 0.15:  # two lines in each other's place
        other = draw.choice(lines)
        one, two = sorted((text.index(line), text.index(other)))
        if line == other or NUMBER.findall(line)[0] == NUMBER.findall(other)[0] or len(line) < 12 or len(other) < 12:
            return None
        first, second = text[one:], text[two:]
        first, second = (line, other) if first.startswith(line) else (other, line)
        made = text[:one] + second + text[one + len(first) : two] + first + text[two + len(second) :]
        places = [place(made, made.index(each) + number.start()) for each in (second, first) for number in NUMBER.finditer(each)]
        return made, places, 'swap'
    wrong = mistaken(draw, number[0])
    if wrong is None:
        return None
    at = text.index(line) + number.start()
    return text[:at] + wrong[0] + text[at + len(number[0]) :], [place(text, at)], wrong[1]


def place(text, at):
    return [text.count('\n', 0, at) + 1, at - (text.rfind('\n', 0, at) + 1) + 1]


async def documents(arguments):
    """The records of all documents."""
    draw, found = random.Random(arguments.seed), []
    everywhere = list(machines(arguments))
    wrong = 0
    for number in range(arguments.right * 4):
        if len(found) - wrong >= arguments.right and wrong >= arguments.wrong:
            break
        machine = everywhere[number % len(everywhere)]
        old = isinstance(machine, Interpreter)
        planting = len(found) - wrong >= arguments.right
        make = draw.choice((single, whole, deep) if planting else (single, whole, deep, single, whole, deep, neighbour, neighbour))
        edited = make is not neighbour and not planting and draw.random() < 0.5
        sources, exact = make(draw) if make is neighbour else make(draw, edited)
        how = 'old' if old else ''
        try:
            cells = await machine.run(sources)
        except RuntimeError as error:
            print(machine.name, error, file=sys.stderr)
            continue
        if any(output['output_type'] == 'error' for cell in cells for output in cell['outputs']):
            print(machine.name, make.__name__, 'failed', cells[-1]['outputs'][-1], file=sys.stderr)
            continue
        if len(cells) == 2 and draw.random() < 0.15 and not planting:  # the last cell was run twice
            again = (await machine.run([sources[0], sources[1], sources[1]]))[2]
            cells[1], how = again, 'twice'
        if not planting and draw.random() < 0.12:
            stale(draw, cells)
            how = 'stale'
        if draw.random() < 0.15:
            elided(draw, cells)
        cells = arranged(draw, cells, how)
        suffix = (
            draw.choice(('.ipynb', '.ipynb', '.ipynb', '.md', '.rst', '.txt', '.py'))
            if not old
            else draw.choice(('.md', '.rst', '.txt', '.ipynb'))
        )
        text = as_notebook(draw, cells) if suffix == '.ipynb' else as_text(draw, cells, suffix)
        record = {'suffix': suffix, 'machine': machine.name, 'program': make.__name__, 'edited': edited, 'how': how, 'text': text}
        if not planting:
            found.append(record)
        elif exact:
            made = spoiled(draw, text, cells)
            if made:
                wrong += 1
                found.append({**record, 'text': made[0], 'places': made[1], 'mistake': made[2]})
    for machine in everywhere:
        await machine.close()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--numpy', action='append', default=[], metavar='FOLDER')
    parser.add_argument('--interpreter', action='append', default=[], metavar="'PYTHON FOLDER'")
    parser.add_argument('--right', type=int, default=320)
    parser.add_argument('--wrong', type=int, default=100)
    parser.add_argument('--seed', type=int, default=6)
    parser.add_argument('-o', '--output', required=True)
    arguments = parser.parse_args()
    found = asyncio.run(documents(arguments))
    with lzma.open(arguments.output, 'wt', encoding='utf-8') as file:
        for each in found:
            file.write(json.dumps(each, ensure_ascii=False) + '\n')
    print(f'{sum("places" not in each for each in found)} right documents, {sum("places" in each for each in found)} with a mistake')


if __name__ == '__main__':
    main()
