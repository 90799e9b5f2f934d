"""What a certificate has to follow in a program's text, beside the names, loops and powers that every shadow of it needs.

NumPy's protocols do not reach ``%``, f-strings, calls of builtins and what runs over a set: they go through a hook.
"""

import ast

from streetlight.programs.tree import HOOK, Pass, hooked
from streetlight.programs.trust import CLOCK

#: Calls that look at the frame they are called from.
OF_THE_FRAME = frozenset({'super', 'locals', 'globals', 'vars', 'dir'})

#: Calls to which the order of what they are given is all one.
IN_ANY_ORDER = frozenset({'sorted', 'len', 'set', 'frozenset'})

#: Calls whose first argument may be a program's text.
TEXT_AS_CODE = frozenset({'eval', 'exec'})


#: Methods whose results Python wants to be its own.
CONVERSIONS = {'__bool__': 'truth', '__len__': 'whole', '__index__': 'whole', '__hash__': 'whole', '__contains__': 'truth'}


class Hooks(Pass):
    """Put in what a certificate has to follow, beside names, loops and powers: calls, text, and what runs over things."""

    def __init__(self, named=True, lenient=False):
        Pass.__init__(self, named)
        self._lenient = lenient
        self.operators['Mod'] = 'modulo'
        self.in_class, self.converts = False, None

    def visit_Module(self, node):
        """Where it is asked for, a module that is not here ends no cell: what does not need it runs."""
        self.generic_visit(node)
        imports = [each for each in node.body if isinstance(each, (ast.Import, ast.ImportFrom))] if self._lenient else []
        for each in imports:
            if getattr(each, 'module', None) != '__future__':
                error = ast.Name(HOOK + 'error', ast.Load())
                told = ast.ExceptHandler(ast.Name('ModuleNotFoundError', ast.Load()), error.id, [self.statement('missing', [error], each)])
                node.body[node.body.index(each)] = ast.copy_location(ast.Try([each], [told], [], []), each)
        return node

    def visit_AugAssign(self, node):
        if isinstance(node.op, ast.Pow) and not isinstance(node.target, ast.Name):
            node.value = self.call('exponent', [node.value], node.value)
        return Pass.visit_AugAssign(self, node)

    def visit_Assign(self, node):
        if any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets) and not isinstance(node.value, ast.Tuple):
            node.value = self.call('iterated', [node.value], node.value)
        return Pass.visit_Assign(self, node)

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

    visit_AsyncFunctionDef = visit_FunctionDef

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


def _list(statements):
    return statements if isinstance(statements, list) else [statements]


def evaluated(text, filename):
    """The code of an expression, with hooks."""
    tree = Hooks().visit(ast.parse(text.strip(), filename, 'eval'))
    return compile(ast.fix_missing_locations(tree), filename, 'eval', dont_inherit=True)


def compiled(text, filename, named=False, echo=False, example=False, lenient=False):
    """A cell's code, with hooks; the parameters are those of `streetlight.programs.tree.hooked`.

    ``lenient`` passes over an import of what is not here.
    """
    return hooked(text, filename, Hooks(named, lenient), echo, example)
