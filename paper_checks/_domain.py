"""The domain of a parameter, as a claim writes it, and whether a value lies in it.

    (2, None)               at least 2; (0, 1) both ends included; None is no end
    "sigma > 0"             comparisons between parameters and numbers: "0 < p <= 1", "n >= d + 2"
    {"replace", "accumulate"}   one of these values
    lambda value: …         a test of the value

A condition is parsed, never evaluated as code: comparisons of sums and products of parameters and numbers.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from groundwork.errors import BadInput

__all__ = ["described", "require_domain", "violated"]

Point = Mapping[str, Any]

_ALLOWED = "(low, high), a condition such as 'sigma > 0', a set of values, or a test of the value"

_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_COMBINE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def require_domain(domain: Mapping[str, Any]) -> None:
    """Refuse a domain that cannot be enforced: conditions in prose, of unknown names, of another shape.

    >>> require_domain({"n": (2, None), "sigma": "sigma > 0"})
    >>> require_domain({"sigma": "positive"})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: domain of sigma = 'positive': allowed is (low, high), a condition such as ...
    """
    for name, ends in domain.items():
        if isinstance(ends, str):
            unknown = sorted(_names(name, ends) - set(domain))
            if unknown:
                raise BadInput(f"domain of {name}", ends, f"a condition on {', '.join(domain)}")
        elif not (_is_range(ends) or isinstance(ends, (set, frozenset)) or callable(ends)):
            raise BadInput(f"domain of {name}", ends, _ALLOWED)


def violated(name: str, ends: Any, point: Point) -> str:
    """Return in words what a point's value of a parameter violates; empty if it lies in the domain.

    >>> violated("n", (2, None), {"n": 1}), violated("n", (2, None), {"n": 2})
    ('n >= 2', '')
    >>> violated("p", "0 < p <= 1", {"p": 0.0})
    '0 < p <= 1'
    """
    value = point[name]
    if isinstance(ends, str):
        inside = _Reader(point).truth(_parsed(name, ends))
    elif _is_range(ends):
        low, high = ends
        # Written so that NaN, which compares as false, is outside.
        inside = (low is None or value >= low) and (high is None or value <= high)
    else:
        inside = ends(value) if callable(ends) else value in ends
    return "" if inside else described(name, ends)


def described(name: str, ends: Any) -> str:
    """Return a domain in words.

    >>> described("n", (2, None)), described("p", (0, 1)), described("sigma", "sigma > 0")
    ('n >= 2', '0 <= p <= 1', 'sigma > 0')
    """
    if _is_range(ends):
        low, high = ends
        if low is None or high is None:
            return f"{name} <= {high}" if low is None else f"{name} >= {low}"
        return f"{low} <= {name} <= {high}"
    if isinstance(ends, (set, frozenset)):
        return f"{name} one of {', '.join(sorted(map(str, ends)))}"
    return f"{name}: {(ends.__doc__ or ends.__name__).strip()}" if callable(ends) else str(ends)


def _is_range(ends: Any) -> bool:
    if not isinstance(ends, tuple) or len(ends) != 2 or ends == (None, None):
        return False
    return all(end is None or (isinstance(end, (int, float)) and end == end) for end in ends)


@lru_cache(maxsize=1024)
def _parsed(name: str, text: str) -> ast.expr:
    try:
        tree = ast.parse(text.strip(), mode="eval").body if len(text) <= 200 else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    if tree is None or not all(isinstance(part, ast.Compare) for part in parts):
        raise BadInput(f"domain of {name}", text, _ALLOWED, "words belong into an Assumption")
    return tree


def _names(name: str, text: str) -> set[str]:
    """Return the parameters that a condition speaks of, and refuse one that is more than a comparison."""
    tree = _parsed(name, text)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    try:
        _Reader(dict.fromkeys(names, 1)).truth(tree)
    except ZeroDivisionError:
        pass
    except TypeError:
        raise BadInput(f"domain of {name}", text, _ALLOWED, "words belong into an Assumption") from None
    return names


class _Reader:
    """Computes a parsed condition at a point."""

    def __init__(self, point: Point) -> None:
        self.point = point

    def truth(self, tree: ast.expr) -> bool:
        """Return whether the condition holds."""
        if isinstance(tree, ast.BoolOp):
            return all(self.truth(part) for part in tree.values)
        if not isinstance(tree, ast.Compare):
            raise TypeError
        sides = [self.number(side) for side in (tree.left, *tree.comparators)]
        return all(
            self._known(_COMPARE, sign)(left, right)
            for sign, left, right in zip(tree.ops, sides[:-1], sides[1:], strict=True)
        )

    def number(self, tree: ast.expr) -> Any:
        """Return the value of a side of a comparison."""
        if isinstance(tree, ast.Name):
            return self.point[tree.id]
        if isinstance(tree, ast.Constant) and isinstance(tree.value, (int, float)):
            return tree.value
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
            return -self.number(tree.operand)
        if isinstance(tree, ast.BinOp):
            return self._known(_COMBINE, tree.op)(self.number(tree.left), self.number(tree.right))
        raise TypeError

    @staticmethod
    def _known(table: dict[type, Callable[[Any, Any], Any]], sign: Any) -> Callable[[Any, Any], Any]:
        if type(sign) not in table:
            raise TypeError
        return table[type(sign)]
