"""Values of a sympy expression at many digits, past the traps of the obvious ways.

``subs`` expands the gamma function of a large integer and does not come back; doing a sum first turns it into
a function that mpmath cannot evaluate; lambdified sums need Python ints for their ends, but then 1/i**2 is a
division of float64; and products are not lambdified at all. So sums and products are taken out of the
expression and added up here, and all that is lambdified is given mpf.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from groundwork.errors import BadInput

__all__ = ["DIGITS", "evaluator"]

DIGITS = 50

Value = Callable[[Mapping[str, Any]], Any]


def evaluator(expression: Any, parameters: Sequence[str]) -> Value:
    """Return a function from a parameter point to the expression's value, an mpf of about 50 digits.

    A sum or product up to infinity is extrapolated by mpmath, which is no certificate.

    >>> import mpmath, sympy
    >>> i, g = sympy.symbols("i g", integer=True, positive=True)
    >>> value = evaluator(sympy.Sum(1 / i**2, (i, 1, g)), ["g"])({"g": 3})
    >>> with mpmath.workdps(50):
    ...     bool(abs(value - mpmath.mpf(49) / 36) < mpmath.mpf(10) ** -48)
    True
    """
    import mpmath
    import sympy

    expression = sympy.sympify(expression)
    by_name = {symbol.name: symbol for symbol in expression.free_symbols}
    unknown = sorted(set(by_name) - set(parameters))
    if unknown:
        raise BadInput("parameters", tuple(parameters), f"a value for each of {', '.join(unknown)} too")
    loops = {node: sympy.Dummy("loop") for node in _outermost_loops(expression)}
    computed = [(_loop(node, tuple(by_name)), dummy) for node, dummy in loops.items()]
    plain = expression.xreplace(loops)
    function = sympy.lambdify([*by_name.values(), *(dummy for _, dummy in computed)], plain, "mpmath")

    def value(point: Mapping[str, Any]) -> Any:
        with mpmath.workdps(max(DIGITS, mpmath.mp.dps)):
            given = [mpmath.mpmathify(point[name]) for name in by_name]
            return mpmath.mpmathify(function(*given, *(loop(point) for loop, _ in computed)))

    return value


def _outermost_loops(node: Any) -> set[Any]:
    import sympy

    if isinstance(node, (sympy.Sum, sympy.Product)):
        return {node}
    return set().union(*map(_outermost_loops, node.args)) if node.args else set()


def _loop(node: Any, parameters: Sequence[str]) -> Value:
    """Return the function that adds or multiplies the terms of a sum or product, the last limit outermost."""
    import mpmath
    import sympy

    *inner, (variable, low, high) = node.limits
    # The variable gets a name of its own: a parameter may be called i too.
    own = sympy.Symbol(f"{variable.name}_{len(parameters)}", **variable.assumptions0)
    body = node.func(node.function, *inner) if inner else node.function
    term = evaluator(body.xreplace({variable: own}), [*parameters, own.name])
    first, last = evaluator(low, parameters), evaluator(high, parameters)
    is_sum = isinstance(node, sympy.Sum)

    def value(point: Mapping[str, Any]) -> Any:
        at = lambda index: term({**point, own.name: index})  # noqa: E731
        start, end = first(point), last(point)
        if mpmath.isinf(end):
            return (mpmath.nsum if is_sum else mpmath.nprod)(at, [start, end])
        terms = map(at, range(int(start), int(end) + 1))
        return mpmath.fsum(terms) if is_sum else mpmath.fprod(terms)

    return value
