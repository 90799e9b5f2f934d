"""A program's text with calls of our own where it names a value, begins a pass of a loop, or does what machines do differently.

The program stays what it is: each call returns what it is given, or does the very operation that stood in its place.  What the
calls do is up to the object that the program finds as ``HOOK``: `streetlight.record.notes.Notes` writes values down.

This module runs on Python 2.7 to the newest, with nothing besides.
"""

import ast

#: The name under which an annotated program finds its hooks.
HOOK = '__streetlight__'

#: Functions and methods whose bits differ between machines, and which the hooks want to see called.
WATCHED = frozenset(
    (
        'dot',
        'matmul',
        'inner',
        'exp',
        'exp2',
        'expm1',
        'log',
        'log2',
        'log10',
        'log1p',
        'tanh',
        'sinh',
        'cosh',
        'sin',
        'cos',
        'tan',
        'arcsin',
        'arccos',
        'arctan',
        'cbrt',
        'power',
    )
)

SIGNS = {'Add': '+', 'Sub': '-', 'Mult': '*', 'Div': '/'}

#: Calls that make text of their arguments.
SHOWING = frozenset(('print', 'str', 'repr', 'format'))


class Annotator(ast.NodeTransformer):
    """Puts calls of the hooks into a program's tree.

    Parameters
    ----------
    named : bool, optional
        Whether the hooks are told of names and of loops.
    """

    def __init__(self, named=True):
        self._whiles = 0
        self._named = named

    # hooks: name(name, value), added(name, value), loop(name, iterable), enter(key), turn(key), leave(key), function(function, name),
    # method(owner, name), power(x, n), product(a, b), show(value, name), echo(value)

    def visit_Assign(self, node):
        self.generic_visit(node)
        return [node] + self.named(node, [name for target in node.targets for name in names(target)])

    def visit_AugAssign(self, node):
        power = isinstance(node.op, ast.Pow)
        if isinstance(node.target, ast.Name) and (power or type(node.op).__name__ == 'MatMult'):
            operands = [ast.copy_location(ast.Name(node.target.id, ast.Load()), node), self.visit(node.value)]
            node = ast.copy_location(ast.Assign([node.target], self.call('power' if power else 'product', operands, node)), node)
            return [ast.fix_missing_locations(node)] + self.named(node, [node.targets[0].id])
        self.generic_visit(node)
        return [node] + self.named(node, names(node.target), 'added')

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        return [node] + (self.named(node, names(node.target)) if node.value else [])

    def visit_For(self, node):
        self.generic_visit(node)
        if not self._named:
            return node
        variable = next(iter(names(node.target)), 'pass')
        node.iter = self.call('loop', [variable, node.iter], node)
        return node

    def visit_While(self, node):
        self._whiles += 1
        key = self._whiles
        self.generic_visit(node)
        if not self._named:
            return node
        node.body.insert(0, self.statement('turn', [key], node))
        return [self.statement('enter', [key], node), node, self.statement('leave', [key], node)]

    def visit_BinOp(self, node):
        text = isinstance(node.op, ast.Mod) and is_text(node.left)
        if text and isinstance(node.right, ast.Tuple):
            node.right.elts = [self.shown(element) for element in node.right.elts]
        elif text and not isinstance(node.right, ast.Dict):
            node.right = self.shown(node.right)
        self.generic_visit(node)
        hook = {'Pow': 'power', 'MatMult': 'product'}.get(type(node.op).__name__)
        return self.call(hook, [node.left, node.right], node) if hook else node

    def visit_FormattedValue(self, node):
        node.value = self.shown(node.value)
        self.generic_visit(node)
        return node

    def visit_Print(self, node):
        """Python 2's statement."""
        node.values = [self.shown(value) for value in node.values]
        self.generic_visit(node)
        return node

    def visit_Call(self, node):
        if name_of(node.func) in SHOWING:
            node.args = [self.shown(argument) for argument in node.args]
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in WATCHED:
            node.func = self.call('function', [node.func, node.func.id], node)
        elif isinstance(node.func, ast.Attribute) and node.func.attr in WATCHED:
            node.func = self.call('method', [node.func.value, node.func.attr], node)
        return node

    def shown(self, node):
        """A value that becomes text; what it is called, if it has a name."""
        if is_text(node) or type(node).__name__ in ('Starred', 'JoinedStr'):
            return node
        return self.call('show', [node, name_of(node)], node)

    def named(self, node, found, hook='name'):
        """Statements that tell the hooks the values of names."""
        return [self.statement(hook, [name, ast.Name(name, ast.Load())], node) for name in found if self._named]

    def call(self, hook, arguments, node):
        """A call of a hook with trees, texts and numbers, as if it stood where ``node`` does."""
        holes = ', '.join(repr(each) if isinstance(each, (str, int)) else '_%d' % index for index, each in enumerate(arguments))
        tree = ast.parse('%s.%s(%s)' % (HOOK, hook, holes)).body[0].value
        filled = {'_%d' % index: each for index, each in enumerate(arguments)}
        for part in [tree] + list(ast.walk(tree)):
            if hasattr(part, 'lineno'):
                ast.copy_location(part, node)
        tree.args = [filled.get(argument.id, argument) if isinstance(argument, ast.Name) else argument for argument in tree.args]
        return ast.fix_missing_locations(tree)

    def statement(self, hook, arguments, node):
        """The same as a statement."""
        return ast.fix_missing_locations(ast.copy_location(ast.Expr(self.call(hook, arguments, node)), node))


def names(target):
    """The names that an assignment to ``target`` changes, in order; of ``weights[0]`` and ``self.weights``, ``weights``."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for element in target.elts for name in names(element)]
    if isinstance(target, (ast.Subscript, getattr(ast, 'Starred', ast.Subscript))):
        return names(target.value)
    return []


def name_of(node):
    """What a person calls a value: the name that stands there, or two with a sign between, such as ``a*0.5``; or nothing."""
    sign = SIGNS.get(type(getattr(node, 'op', None)).__name__)
    if sign and isinstance(node, ast.BinOp):
        left, right = name_of(node.left), name_of(node.right)
        return left + sign + right if left and right else ''
    number = constant(node, 'n') if type(node).__name__ in ('Num', 'Constant') else None
    return repr(number) if isinstance(number, (int, float)) else getattr(node, 'id', getattr(node, 'attr', ''))


def is_text(node):
    """Whether a text stands there, of Python 2 or 3."""
    return isinstance(constant(node, 's'), (str, type('')))


def constant(node, old):
    """What a constant holds; before Python 3.8 under an older name."""
    return node.value if hasattr(node, 'value') else getattr(node, old, None)


def annotated(source, filename, annotator=None, echo=False):
    """The code object of a program's text, with the hooks in it.

    Parameters
    ----------
    source : str
    filename : str
        As tracebacks shall name it.
    annotator : Annotator, optional
    echo : bool
        Whether the value of a last line is shown, as a notebook does.

    Returns
    -------
    code

    Raises
    ------
    SyntaxError
        If it is no program of this Python.
    """
    annotator = annotator or Annotator()
    tree = ast.parse(source, filename)
    last = tree.body[-1] if tree.body and echo else None
    tree = annotator.visit(tree)
    if isinstance(last, ast.Expr):
        last.value = annotator.call('echo', [annotator.shown(last.value)], last)
    return compile(ast.fix_missing_locations(tree), filename, 'exec', dont_inherit=True)
