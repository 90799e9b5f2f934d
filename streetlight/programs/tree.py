"""The pass over a program's tree: calls of our own where it names a value, begins a pass of a loop, or raises to a power.

The program stays what it is: each call returns what it is given, or does the very operation that stood in its place.  What the
calls do is up to the object that the program finds as ``HOOK``.  Line numbers stay, so that a traceback is the program's own.

`Pass` is what every shadow of a program shares.  `streetlight.record.annotate.Annotator` adds what a recording wants to see,
`streetlight.programs.rewrite.Hooks` what a certificate has to follow.

This module runs on Python 2.7 to the newest, with nothing besides.
"""

import ast

#: The name under which a program finds its hooks.
HOOK = '__streetlight__'


class Pass(ast.NodeTransformer):
    """Puts calls of the hooks into a program's tree: at names, loops and powers.

    Parameters
    ----------
    named : bool, optional
        Whether the hooks are told of names.
    looped : bool, optional
        Whether they are told of loops.
    """

    # hooks: name(name, value), added(name, value), loop(name, iterable, key), enter(key), turn(key), leave(key), power(x, n),
    # power_in_place(x, n), echo(value)

    def __init__(self, named=True, looped=True):
        self._named, self._looped = named, looped
        # the hooks that take the place of operators, and of the same operators in place, of a name
        self.operators, self.in_place = {'Pow': 'power'}, {'Pow': 'power_in_place'}

    def visit_Assign(self, node):
        self.generic_visit(node)
        return [node] + self.named(node, [name for target in node.targets for name in names(target)])

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        hook = self.in_place.get(type(node.op).__name__)
        if hook and isinstance(node.target, ast.Name):
            before = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
            node = ast.copy_location(ast.Assign([node.target], self.call(hook, [before, node.value], node)), node)
            return [node] + self.named(node, [node.targets[0].id])
        return [node] + self.named(node, names(node.target), 'added')

    def visit_AnnAssign(self, node):
        if node.value is None:
            return node
        node.target, node.value = self.visit(node.target), self.visit(node.value)
        return [node] + self.named(node, names(node.target))

    def visit_For(self, node):
        self.generic_visit(node)
        if self._looped:
            variable = next(iter(names(node.target)), 'pass')
            node.iter = self.call('loop', [variable, node.iter, str(node.lineno)], node.iter)
        return node

    def visit_While(self, node):
        self.generic_visit(node)
        if not self._looped:
            return node
        key = str(node.lineno)
        node.body.insert(0, self.statement('turn', [key], node))
        guarded = ast.parse('try:\n  pass\nfinally:\n  pass').body[0]
        guarded.body, guarded.finalbody = [node], [self.statement('leave', [key], node)]
        return [self.statement('enter', [key], node), ast.copy_location(guarded, node)]

    def visit_BinOp(self, node):
        self.generic_visit(node)
        hook = self.operators.get(type(node.op).__name__)
        return self.call(hook, [node.left, node.right], node) if hook else node

    def echoed(self, node):
        """A value that is shown because it stands alone."""
        return self.call('echo', [node], node)

    def named(self, node, found, hook='name'):
        """Statements that tell the hooks the values of names."""
        return [self.statement(hook, [name, ast.Name(name, ast.Load())], node) for name in found if self._named]

    def call(self, hook, arguments, node):
        """A call of a hook with trees, texts and numbers, as if it stood where ``node`` does."""
        literals = [ast.copy_location(ast.parse(repr(each)).body[0].value, node) for each in arguments if not isinstance(each, ast.AST)]
        arguments = [each if isinstance(each, ast.AST) else literals.pop(0) for each in arguments]
        function = ast.Attribute(ast.Name(HOOK, ast.Load()), hook, ast.Load())
        more = [None] * (len(ast.Call._fields) - 3)  # Python 2.7 has two fields more
        return ast.copy_location(ast.Call(function, arguments, [], *more), node)

    def statement(self, hook, arguments, node):
        """The same as a statement."""
        return ast.copy_location(ast.Expr(self.call(hook, arguments, node)), node)


def names(target):
    """The names that an assignment to ``target`` changes, in order; of ``weights[0]`` and ``self.weights``, ``weights``."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for element in target.elts for name in names(element)]
    if isinstance(target, (ast.Subscript, getattr(ast, 'Starred', ast.Subscript))):
        return names(target.value)
    return []


def hooked(source, filename, into, echo=False, example=False):
    """The code object of a program's text, with the hooks in it.

    Parameters
    ----------
    source : str
    filename : str
        As tracebacks shall name it.
    into : Pass
        What puts them in.
    echo : bool
        Whether the value of a last line is shown, as a notebook does.
    example : bool
        Whether the value of each line is, as the interpreter's prompt does.

    Returns
    -------
    code

    Raises
    ------
    SyntaxError
        If it is no program of this Python.
    """
    tree = ast.parse(source, filename)
    shown = list(statements(tree)) if example else tree.body[-1:] if echo else []
    tree = into.visit(tree)
    for each in shown:
        if isinstance(each, ast.Expr):
            each.value = into.echoed(each.value)
    return compile(ast.fix_missing_locations(tree), filename, 'exec', dont_inherit=True)


def statements(node):
    """The statements whose values the prompt shows: those in loops too, not those of functions and classes."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, getattr(ast, 'AsyncFunctionDef', ast.FunctionDef), ast.ClassDef, ast.expr)):
            yield child
            for each in statements(child):
                yield each
