"""Reading ``name(argument, key=value)`` from a command line: names, numbers and lists, never code.

The text is parsed, not evaluated: only calls of bare names, numbers, strings, booleans, lists and signs pass.
"""

from __future__ import annotations

import ast
import dataclasses
from typing import Any

from groundwork.errors import BadInput

__all__ = ["Call", "literal", "parse"]

ALLOWED = "a name, or name(value, key=value) with numbers, names and lists"


@dataclasses.dataclass(frozen=True)
class Call:
    """A name with its arguments; a bare name has none."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: dict[str, Any] = dataclasses.field(default_factory=dict)


def parse(text: str) -> Call:
    """Return the call that the text spells.

    >>> parse("fresh(accumulate, share=0.1)")
    Call(name='fresh', arguments=('accumulate',), keywords={'share': 0.1})
    """
    tree = _tree(text)
    if isinstance(tree, ast.Name):
        return Call(tree.id)
    if isinstance(tree, ast.Call):
        return _call(tree, text)
    raise BadInput("expression", text, ALLOWED)


def literal(text: str) -> Any:
    """Return the number, list, boolean or name that the text spells; what is none of them is the text itself.

    >>> literal("1,2"), literal("mle"), literal("1e3")
    ([1, 2], 'mle', 1000.0)
    """
    try:
        tree = _tree(text)
        value = _value(tree, text)
    except BadInput:
        return text
    return list(value) if isinstance(value, tuple) else value


def _tree(text: str) -> ast.expr:
    # A parser is a recursion: a limit on the length is a limit on its depth.
    if not isinstance(text, str) or not text.strip() or len(text) > 2000:
        raise BadInput("expression", text, ALLOWED)
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadInput("expression", text, ALLOWED) from None


def _call(tree: ast.Call, text: str) -> Call:
    if not isinstance(tree.func, ast.Name) or any(keyword.arg is None for keyword in tree.keywords):
        raise BadInput("expression", text, ALLOWED)
    keywords = {str(keyword.arg): _value(keyword.value, text) for keyword in tree.keywords}
    return Call(tree.func.id, tuple(_value(each, text) for each in tree.args), keywords)


def _value(tree: ast.expr, text: str) -> Any:
    if isinstance(tree, ast.Call):
        return _call(tree, text)
    if isinstance(tree, ast.Name):
        return {"true": True, "false": False, "none": None}.get(tree.id, tree.id)
    if isinstance(tree, ast.Constant) and isinstance(tree.value, (int, float, str, bool, type(None))):
        return tree.value
    if isinstance(tree, (ast.List, ast.Tuple)):
        return [_value(each, text) for each in tree.elts]
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, (ast.USub, ast.UAdd)):
        inner = _value(tree.operand, text)
        if isinstance(inner, (int, float)) and not isinstance(inner, bool):
            return -inner if isinstance(tree.op, ast.USub) else inner
    raise BadInput("expression", text, ALLOWED, f"{ast.unparse(tree)!r} is none of them")
