"""Templates: `%` and `format` with numbers in them."""

import re
import string

import numpy as np

from streetlight.shadow import rendering
from streetlight.shadow.crossing import holds_tracked
from streetlight.shadow.printed import Printed, join
from streetlight.shadow.tracked import Number, Tracked

DIRECTIVE = re.compile(r'%(?:\((\w+)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([a-zA-Z%])')


def percent_text(template, values, hooks):
    """``template % values``."""
    if type(template) is Printed:
        template = template.seen('its text is a template')
    if not holds_printed(values):
        return template % values
    parts, at, number = [], 0, 0
    arguments = values if type(values) is tuple else (values,)
    for match in DIRECTIVE.finditer(template):
        parts.append(template[at : match.start()])
        at = match.end()
        name, flags, width, precision, letter = match.groups()
        if letter == '%':
            parts.append('%')
            continue
        stars = []
        for each in (width, precision):
            if each == '*':
                stars.append(int(arguments[number]))
                number += 1
        if name is not None:
            x = values[name]
        else:
            if number >= len(arguments):
                raise TypeError('not enough arguments for format string')
            x, number = arguments[number], number + 1
        spec = '%' + flags + (width or '') + ('.' + precision if precision else '') + letter
        for each in stars:
            spec = spec.replace('*', str(each), 1)
        if letter in 'sra':
            text = rendering.text_of(x) if letter == 's' else rendering.representation(x)
            if precision:
                text = text[: int(spec.partition('.')[2][:-1])]
            parts.append(
                format(text, ('<' if '-' in flags else '>') + re.search(r'\d*', spec[1:].lstrip('-+ #0')).group()) if width else text
            )
        elif type(x) in (Number, Tracked):
            if type(x) is Tracked and spec % x.value is not None:  # or an error that is NumPy's own
                x = x.reshape(-1)[0] if x.value.ndim else x[()]
            parts.append(rendering.percent(x, spec) if type(x) in (Number, Tracked) else spec % x)
        else:
            parts.append(spec % x)
    if number < len(arguments) and not isinstance(values, dict):
        raise TypeError('not all arguments converted during string formatting')
    return join([*parts, template[at:]])


def format_text(template, args, kwargs, hooks):
    """``template.format(…)``."""
    if not holds_printed(args) and not holds_printed(kwargs):
        return template.format(*args, **kwargs)
    parts, automatic = [], 0
    for literal, field, spec, conversion in string.Formatter().parse(template):
        parts.append(literal)
        if field is None:
            continue
        if not field or field[0] in '.[':
            field, automatic = str(automatic) + field, automatic + 1
        x, _ = string.Formatter().get_field(field, args, kwargs)
        if '{' in spec:
            spec = re.sub(r'\{(\w*)\}', lambda match: str(_inner(match.group(1), args, kwargs)) if match.group(1) else '{}', spec)
            while '{}' in spec:
                spec, automatic = spec.replace('{}', str(args[automatic]), 1), automatic + 1
        parts.append(hooks.formatted(x, ord(conversion) if conversion else -1, spec))
    return join(parts)


def _inner(field, args, kwargs):
    return args[int(field)] if field.isdigit() else kwargs[field]


def holds_printed(x):
    """Whether tracked numbers or their text are in what is to become text."""
    if type(x) is Printed or holds_tracked(x):
        return True
    if isinstance(x, dict):
        return any(map(holds_printed, x.values()))
    if isinstance(x, (list, tuple, set)):
        return any(map(holds_printed, x))
    return not isinstance(x, (str, int, float, complex, np.generic, bool, type(None)))
