"""The pass over a program's text: hooks where NumPy's protocols do not reach, names and loops for the tape.

``**``, ``%``, f-strings and calls go through a hook; an assignment's names and a loop's passes are noted.  Line numbers stay, so that
a traceback is the program's own.
"""

import ast

from streetlight.programs.trust import CLOCK

HOOK = '__streetlight__'

#: Calls that look at the frame they are called from.
OF_THE_FRAME = frozenset({'super', 'locals', 'globals', 'vars', 'dir'})

#: Calls to which the order of what they are given is all one.
IN_ANY_ORDER = frozenset({'sorted', 'len', 'set', 'frozenset'})

#: Calls whose first argument may be a program's text.
TEXT_AS_CODE = frozenset({'eval', 'exec'})


#: Methods whose results Python wants to be its own.
CONVERSIONS = {'__bool__': 'truth', '__len__': 'whole', '__index__': 'whole', '__hash__': 'whole', '__contains__': 'truth'}


class Hooks(ast.NodeTransformer):
    """Put the hooks in."""

    def __init__(self):
        self.loops = 0
        self.in_class, self.converts = False, None

    def call(self, name, args, node):
        function = ast.Attribute(ast.Name(HOOK, ast.Load()), name, ast.Load())
        return ast.copy_location(ast.Call(function, args, []), node)

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow):
            return self.call('power', [node.left, node.right], node)
        if isinstance(node.op, ast.Mod):
            return self.call('modulo', [node.left, node.right], node)
        return node

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        if not isinstance(node.target, ast.Name):
            if isinstance(node.op, ast.Pow):
                node.value = self.call('exponent', [node.value], node.value)
            return node
        if isinstance(node.op, ast.Pow):
            load = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
            node = ast.copy_location(ast.Assign([node.target], self.call('power_in_place', [load, node.value], node)), node)
            return [node, self._noted([node.targets[0].id], node)]
        return node if self.in_class else [node, self._noted([node.target.id], node)]

    def visit_Assign(self, node):
        self.generic_visit(node)
        if any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets) and not isinstance(node.value, ast.Tuple):
            node.value = self.call('iterated', [node.value], node.value)
        names = [
            name.id
            for target in node.targets
            for name in ast.walk(target)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        ]
        if not names or self.in_class or isinstance(node.value, (ast.Constant, ast.Lambda)):
            return node
        return [node, self._noted(names, node)]

    def _noted(self, names, node):
        pairs = []
        for name in names:
            pairs += [ast.copy_location(ast.Constant(name), node), ast.copy_location(ast.Name(name, ast.Load()), node)]
        return ast.copy_location(ast.Expr(self.call('named', pairs, node)), node)

    def _loop(self, node, variable):
        self.generic_visit(node)
        self.loops += 1
        token = f'{HOOK}{self.loops}'
        here = node.body[0]
        loaded, stored = ast.Name(token, ast.Load()), ast.Name(token, ast.Store())
        shown = [ast.Constant(variable), ast.Name(variable, ast.Load())] if variable else []
        node.body.insert(0, ast.copy_location(ast.Expr(self.call('head', [loaded, *shown], here)), here))
        enter = ast.Assign([stored], self.call('enter', [ast.Constant(str(node.lineno))], node))
        leave = ast.Expr(self.call('leave', [loaded], node))
        return [ast.copy_location(enter, node), ast.copy_location(ast.Try([node], [], [], [ast.copy_location(leave, node)]), node)]

    def visit_For(self, node):
        looped = self._loop(node, node.target.id if isinstance(node.target, ast.Name) else None)
        node.iter = self.call('iterated', [node.iter], node.iter)
        return looped

    def visit_While(self, node):
        return self._loop(node, None)

    def visit_Starred(self, node):
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.value = self.call('iterated', [node.value], node.value)
        return node

    def visit_Compare(self, node):
        self.generic_visit(node)
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            sought = self.call('sought', [node.left, *node.comparators], node)
            return sought if isinstance(node.ops[0], ast.In) else ast.copy_location(ast.UnaryOp(ast.Not(), sought), node)
        return node

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if node.attr in CLOCK and isinstance(node.ctx, ast.Load):
            return self.call('clock', [node.value, ast.copy_location(ast.Constant(node.attr), node)], node)
        return node

    def visit_Constant(self, node):
        return self.call('imaginary', [node], node) if isinstance(node.value, complex) else node

    def visit_Return(self, node):
        self.generic_visit(node)
        if node.value is not None and self.converts:
            node.value = self.call(self.converts, [node.value], node.value)
        return node

    def visit_comprehension(self, node):
        self.generic_visit(node)
        if not node.is_async:
            node.iter = self.call('iterated', [node.iter], node.iter)
        return node

    def visit_JoinedStr(self, node):
        parts = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(part)
            else:
                inner = self.visit(part.value)
                spec = self.visit_JoinedStr(part.format_spec) if part.format_spec else ast.copy_location(ast.Constant(''), node)
                parts.append(self.call('formatted', [inner, ast.copy_location(ast.Constant(part.conversion), node), spec], node))
        return self.call('joined', parts, node)

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id in IN_ANY_ORDER and node.args and isinstance(node.args[0], ast.Call):
            node.args[0].in_any_order = True
        self.generic_visit(node)
        function = node.func
        if getattr(node, 'in_any_order', False) and isinstance(function, ast.Name) and function.id in ('list', 'tuple'):
            return node
        if isinstance(function, ast.Name) and function.id in OF_THE_FRAME:
            return node
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == HOOK:
            return node
        if isinstance(function, ast.Name) and function.id in TEXT_AS_CODE and node.args:
            own = ast.copy_location(ast.Constant(len(node.args) == 1 and not node.keywords), node)
            node.args[0] = self.call(function.id, [node.args[0], own], node)
            return node
        node.func = self.call('called', [node.func], node.func)
        return node

    def visit_ClassDef(self, node):
        """The names in a class's body are its attributes; they are not noted.  Text that it gives to others' code is."""
        node = self._within(node, True)
        node.decorator_list.append(ast.copy_location(ast.Attribute(ast.Name(HOOK, ast.Load()), 'classed', ast.Load()), node))
        return node

    def visit_FunctionDef(self, node):
        return self._within(node, False)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def _within(self, node, in_class):
        before = self.in_class, self.converts
        self.converts = CONVERSIONS.get(getattr(node, 'name', '')) if self.in_class and not in_class else None
        self.in_class = in_class
        self.generic_visit(node)
        self.in_class, self.converts = before
        return node

    def visit_Match(self, node):
        node.subject = self.visit(node.subject)
        for case in node.cases:
            case.body = [each for statement in case.body for each in _list(self.visit(statement))]
        return node

    def visit_AnnAssign(self, node):
        if node.value is not None:
            node.value = self.visit(node.value)
        return node


def _list(statements):
    return statements if isinstance(statements, list) else [statements]


def _statements(node):
    """The statements whose values the prompt shows: those in loops too, not those of functions and classes."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)):
            yield child
            yield from _statements(child)


def evaluated(text, filename):
    """The code of an expression, with hooks."""
    tree = Hooks().visit(ast.parse(text.strip(), filename, 'eval'))
    return compile(ast.fix_missing_locations(tree), filename, 'eval', dont_inherit=True)


def compiled(text, filename, echo=False, example=False):
    """A cell's code, with hooks.

    Parameters
    ----------
    text : str
    filename : str
    echo : bool
        Show the value of the last line.
    example : bool
        Show the value of each line.

    Raises
    ------
    SyntaxError
        The program's own.
    """
    tree = ast.parse(text, filename)
    for statement in _statements(tree) if example else tree.body[-1:] if echo else []:
        if isinstance(statement, ast.Expr):
            show = ast.Attribute(ast.Name(HOOK, ast.Load()), 'shown', ast.Load())
            statement.value = ast.copy_location(ast.Call(show, [statement.value], []), statement.value)
            ast.fix_missing_locations(statement)
    hooks = Hooks()
    body = []
    for statement in tree.body:
        body += _list(hooks.visit(statement))
    tree.body = body
    ast.fix_missing_locations(tree)
    return compile(tree, filename, 'exec', dont_inherit=True)
