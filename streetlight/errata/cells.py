"""Run a manuscript's cells one after the other in one namespace, as a notebook does: the module that is called behind the boundary."""

import ast
import sys
import types

MODULE = types.ModuleType('__main__')


def answer(source):
    """Run one cell; its last expression's value is shown.

    Parameters
    ----------
    source : bytes

    Returns
    -------
    bytes
        The error that ended it; empty if none did.
    """
    sys.modules['__main__'] = MODULE
    try:
        tree = ast.parse(source.decode())
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, '<cell>', 'exec'), MODULE.__dict__)
        if last is not None:
            sys.displayhook(eval(compile(ast.Expression(last.value), '<cell>', 'eval'), MODULE.__dict__))
    except BaseException as error:
        try:
            return f'{type(error).__name__}: {error}'[:500].encode(errors='replace')
        except BaseException:
            return b'an error that cannot be shown'
    return b''
