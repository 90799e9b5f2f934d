"""A program's text with calls of our own for its recording: names and loops, and what machines do differently.

What the calls do is up to the hooks: `streetlight.record.notes.Notes` writes values down.

This module runs on Python 2.7 to the newest, with nothing besides.
"""

import ast

from streetlight.programs.tree import Pass, hooked

#: Python 2.7's `unicode`; a formatter takes the u from an empty text of it.
TEXT = type(b''.decode('ascii'))

#: Functions and methods whose bits differ between machines, and which the hooks want to see called.
WATCHED = frozenset(
    """
    dot matmul inner exp exp2 expm1 log log2 log10 log1p tanh sinh cosh sin cos tan arcsin arccos arctan cbrt power""".split()
)

SIGNS = {'Add': '+', 'Sub': '-', 'Mult': '*', 'Div': '/'}

#: Calls that make text of their arguments.
SHOWING = frozenset(('print', 'str', 'repr', 'format'))


class Annotator(Pass):
    """Puts in what a recording wants to see besides: products, functions that machines compute differently, and what becomes text."""

    # hooks: function(function, name), method(owner, name), product(a, b), product_in_place(a, b), show(value, name)

    def __init__(self, named=True):
        Pass.__init__(self, named, named)
        self.operators['MatMult'], self.in_place['MatMult'] = 'product', 'product_in_place'

    def visit_BinOp(self, node):
        text = isinstance(node.op, ast.Mod) and is_text(node.left)
        if text and isinstance(node.right, ast.Tuple):
            node.right.elts = [self.shown(element) for element in node.right.elts]
        elif text and not isinstance(node.right, ast.Dict):
            node.right = self.shown(node.right)
        return Pass.visit_BinOp(self, node)

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

    def echoed(self, node):
        return self.call('echo', [self.shown(node)], node)

    def shown(self, node):
        """A value that becomes text; what it is called, if it has a name."""
        if is_text(node) or type(node).__name__ in ('Starred', 'JoinedStr'):
            return node
        return self.call('show', [node, name_of(node)], node)


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
    return isinstance(constant(node, 's'), (str, TEXT))


def constant(node, old):
    """What a constant holds; before Python 3.8 under an older name."""
    return node.value if hasattr(node, 'value') else getattr(node, old, None)


def annotated(source, filename, annotator=None, echo=False):
    """The code object of a program's text, with the hooks in it; the parameters are those of `streetlight.programs.tree.hooked`."""
    return hooked(source, filename, annotator or Annotator(), echo)
