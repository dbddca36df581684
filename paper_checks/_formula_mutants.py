"""Formula mutants: every small slip a hand can make in a closed form, read off its sympy tree.

Terms (the whole, each argument of a sum, each product with a numeric coefficient) are scaled by 1.02 and
0.98; terms of a sum are dropped; each integer symbol is shifted by one, everywhere and at each single
place; exponents are shifted by one; a marker of the estimator (ddof) is swapped. Values are taken at 50
digits through lambdify with Python ints: ``subs`` would expand gamma functions of large integers, and a
sum must not be done first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundwork.errors import BadInput
from paper_checks._evaluate import DIGITS, evaluator
from paper_checks._mutants import Mutant

__all__ = ["FormulaMutant", "as_mutants", "exact_changes", "formula_mutants"]

Path = tuple[int, ...]


@dataclass(frozen=True)
class FormulaMutant:
    """A mutated closed form: what was done, and the expression that came of it."""

    name: str
    expression: Any


def formula_mutants(expression: Any, *, marker: Any = None) -> tuple[FormulaMutant, ...]:
    """Return the mutants of a sympy expression, one for each distinct result, in the order of the tree.

    ``marker`` is the symbol of the estimator, 0 or 1 (ddof), if the formula has one. Bound variables of
    sums are left alone; symbols with sympy's ``integer`` assumption are shifted.

    >>> import sympy
    >>> g, n = sympy.symbols("g n", integer=True, positive=True)
    >>> [mutant.name for mutant in formula_mutants(g / n)]
    ['g/n x 1.02', 'g/n x 0.98', 'g -> g + 1', 'g -> g - 1', 'n -> n + 1', 'n -> n - 1', 'exponent -1 -> 0', \
'exponent -1 -> -2']
    """
    import sympy

    expression = sympy.sympify(expression)
    found: dict[Any, str] = {}
    for name, mutated in _all(expression, marker):
        if mutated != expression:
            found.setdefault(mutated, name)
    taken: dict[str, int] = {}
    mutants = []
    for mutated, name in found.items():
        taken[name] = taken.get(name, 0) + 1
        mutants.append(FormulaMutant(name if taken[name] == 1 else f"{name} ({taken[name]})", mutated))
    return tuple(mutants)


def _all(expression: Any, marker: Any) -> Iterator[tuple[str, Any]]:
    yield from _scaled(expression)
    yield from _shifted(expression)
    yield from _dropped(expression)
    yield from _exponents(expression)
    if marker is not None:
        yield f"{marker} -> 1 - {marker}", expression.xreplace({marker: 1 - marker})


def _scaled(expression: Any) -> Iterator[tuple[str, Any]]:
    import sympy

    for path, node in _walk(expression):
        parent = _at(expression, path[:-1]) if path else None
        is_term = not path or isinstance(parent, sympy.Add) or _coefficient(node)
        if not is_term or _in_exponent(expression, path):
            continue
        for factor in (sympy.Rational(51, 50), sympy.Rational(49, 50)):
            yield f"{node} x {float(factor):g}", _replaced(expression, path, factor * node)


def _dropped(expression: Any) -> Iterator[tuple[str, Any]]:
    """Yield sums without one of their terms, and with one only, as sympy has flattened 2(b + c)."""
    import sympy

    for path, node in _walk(expression):
        if isinstance(node, sympy.Add):
            for term in node.args:
                yield f"{term} dropped", _replaced(expression, path, node - term)
                yield f"only {term} kept of {node}", _replaced(expression, path, term)


def _shifted(expression: Any) -> Iterator[tuple[str, Any]]:
    free = sorted((s for s in expression.free_symbols if s.is_integer), key=str)
    for symbol in free:
        places = [path for path, node in _walk(expression) if node == symbol]
        for step in (1, -1):
            name = f"{symbol} -> {symbol + step}"
            yield name, expression.xreplace({symbol: symbol + step})
            for number, path in enumerate(places if len(places) > 1 else (), start=1):
                yield f"{name} at place {number}", _replaced(expression, path, symbol + step)


def _exponents(expression: Any) -> Iterator[tuple[str, Any]]:
    import sympy

    for path, node in _walk(expression):
        if isinstance(node, sympy.Pow):
            for step in (1, -1):
                name = f"exponent {node.exp} -> {node.exp + step}"
                yield name, _replaced(expression, path, sympy.Pow(node.base, node.exp + step))


def _walk(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every (path, node); of a sum's limits only the ends, for its variable is no parameter."""
    import sympy

    yield path, node
    for index, child in enumerate(node.args):
        if isinstance(child, sympy.Tuple):
            for end in range(1, len(child.args)):
                yield from _walk(child.args[end], (*path, index, end))
        else:
            yield from _walk(child, (*path, index))


def _at(node: Any, path: Path) -> Any:
    for index in path:
        node = node.args[index]
    return node


def _replaced(node: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    args = list(node.args)
    args[path[0]] = _replaced(args[path[0]], path[1:], new)
    return node.func(*args)


def _coefficient(node: Any) -> bool:
    import sympy

    return isinstance(node, sympy.Mul) and node.args[0].is_Number and node.args[0] != -1


def _in_exponent(expression: Any, path: Path) -> bool:
    """Whether the node is a numeric exponent or part of one: those are shifted, not scaled."""
    import sympy

    for depth in range(len(path)):
        parent = _at(expression, path[:depth])
        if isinstance(parent, sympy.Pow) and path[depth] == 1 and parent.exp.is_Number:
            return True
    return False


def exact_changes(
    expression: Any, mutants: Sequence[FormulaMutant], points: Sequence[Mapping[str, Any]]
) -> dict[str, list[float]]:
    """Return each mutant's relative change at each point, infinite where it has no finite real value.

    >>> import sympy
    >>> g, n = sympy.symbols("g n", integer=True, positive=True)
    >>> changes = exact_changes(g / n, formula_mutants(g / n), [{"g": 4, "n": 20}])
    >>> round(changes["g -> g + 1"][0], 12), round(changes["n -> n - 1"][0], 12)
    (0.25, 0.052631578947)
    """
    names = sorted(symbol.name for symbol in expression.free_symbols)
    truth = [evaluator(expression, names)(point) for point in points]
    table = {}
    for mutant in mutants:
        value = evaluator(mutant.expression, names)
        table[mutant.name] = [_change(value, point, at) for point, at in zip(points, truth, strict=True)]
    return table


def _change(value: Callable[[Mapping[str, Any]], Any], point: Mapping[str, Any], truth: Any) -> float:
    import mpmath

    try:
        mutated = value(point)
    except (ZeroDivisionError, ValueError):
        return float("inf")
    if not mpmath.isfinite(mutated) or mpmath.im(mutated) != 0:
        return float("inf")
    with mpmath.workdps(DIGITS):
        change = (mutated - truth) / (abs(truth) or 1)
        # Below the rounding of 50 digits the two are the same number.
        return 0.0 if abs(change) < mpmath.mpf(10) ** (10 - DIGITS) else float(change)


def as_mutants(
    expression: Any,
    parameters: Sequence[str],
    *,
    marker: Any = None,
    equivalent: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[Mutant, ...]:
    """Return the formula's mutants as mutants of a check; ``equivalent`` maps a name to (reason, killed by).

    >>> import sympy
    >>> n = sympy.Symbol("n", integer=True, positive=True)
    >>> as_mutants(1 / n, ["n"])[0].value({"n": 4, "unused": 1})
    0.255
    """
    reasons = dict(equivalent or {})
    mutants = []
    for slip in formula_mutants(expression, marker=marker):
        reason, killed_by = reasons.pop(slip.name, ("", ""))
        value = _float_value(slip.expression, parameters)
        mutants.append(Mutant(name=slip.name, value=value, equivalent=reason, killed_by=killed_by))
    if reasons:
        raise BadInput("equivalent", tuple(reasons), "names of mutants of this formula")
    return tuple(mutants)


def _float_value(expression: Any, parameters: Sequence[str]) -> Callable[[Mapping[str, Any]], float]:
    exact = evaluator(expression, parameters)

    def value(point: Mapping[str, Any]) -> float:
        try:
            return float(exact(point))
        except (ZeroDivisionError, ValueError, TypeError):
            return float("nan")

    return value
