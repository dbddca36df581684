"""Sympy pieces that many formulas share; sympy is imported when one is built, never before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from theory.symbols import sequence, symbol

__all__ = [
    "add_up",
    "all_generations",
    "c4",
    "every",
    "gamma_ratio",
    "harmonic2",
    "index",
    "multiply",
    "pool",
    "sd_factor",
]


def index(name: str) -> Any:
    """Return a summation index, a positive integer symbol.

    >>> index("j").is_integer
    True
    """
    import sympy

    return sympy.Symbol(name, integer=True, positive=True)


def add_up(term: Any, *limits: Any) -> Any:
    """Return a sum over one or more indices, left unevaluated.

    >>> add_up(1 / index("k"), (index("k"), 1, symbol("g")))
    Sum(1/k, (k, 1, g))
    """
    import sympy

    return sympy.Sum(term, *limits)


def multiply(factor: Any, *limits: Any) -> Any:
    """Return a product over one or more indices, left unevaluated.

    >>> multiply(index("k"), (index("k"), 1, symbol("g")))
    Product(k, (k, 1, g))
    """
    import sympy

    return sympy.Product(factor, *limits)


def every(term: Callable[[Any], Any], schedule: bool, *, name: str = "n") -> Any:
    """Return the sum over generations of a term in the sample size: g times it, or a sum over the list.

    >>> every(lambda n: 1 / n, False), every(lambda n: 1 / n, True)
    (g/n, Sum(1/n[j], (j, 1, g)))
    """
    if not schedule:
        return symbol("g") * term(symbol(name))
    j = index("j")
    return add_up(term(sequence(name)[j]), (j, 1, symbol("g")))


def all_generations(factor: Callable[[Any], Any], schedule: bool) -> Any:
    """Return the product over generations of a factor in the sample size: a power, or over the list.

    >>> all_generations(lambda n: 1 - 1 / n, False)
    (1 - 1/n)**g
    """
    if not schedule:
        return factor(symbol("n")) ** symbol("g")
    j = index("j")
    return multiply(factor(sequence("n")[j]), (j, 1, symbol("g")))


def pool(schedule: bool, k: Any) -> tuple[Any, Any]:
    """Return the batch n_k of generation k and the pool N_k = n_1 + … + n_k it leaves.

    >>> pool(False, index("k"))
    (n, k*n)
    """
    if not schedule:
        return symbol("n"), symbol("n") * k
    i = index("i")
    return sequence("n")[k], add_up(sequence("n")[i], (i, 1, k))


def sd_factor(n: Any, estimator: str = "unbiased", power: int = 1) -> Any:
    """Return E (sd_1/sigma)^power of one fit on n points.

    >>> sd_factor(symbol("n"), "mle", power=2)
    (n - 1)/n
    """
    import sympy

    divisor = n - 1 if estimator == "unbiased" else n
    if power in (2, 4):
        return (n - 1) / divisor if power == 2 else (n + 1) * (n - 1) / divisor**2
    half = sympy.Rational(power, 2)
    return (2 / divisor) ** half * sympy.gamma((n - 1) / 2 + half) / sympy.gamma((n - 1) / 2)


def c4(n: Any) -> Any:
    """Return E (sd_1/sigma) of one unbiased fit on n points.

    >>> import sympy
    >>> c4(sympy.Integer(2))
    sqrt(2)/sqrt(pi)
    """
    return sd_factor(n)


def harmonic2(last: Any) -> Any:
    """Return the sum of 1/k^2 for k = 1, …, last, kept as a sum (mpmath has no generalised harmonic number).

    >>> harmonic2(symbol("g"))
    Sum(k**(-2), (k, 1, g))
    """
    k = index("k")
    return add_up(1 / k**2, (k, 1, last))


def gamma_ratio(above: list[Any], below: list[Any]) -> Any:
    """Return the product of Gamma over the first list divided by that over the second.

    >>> gamma_ratio([4], [3])
    3
    """
    import sympy

    return sympy.Mul(*map(sympy.gamma, above)) / sympy.Mul(*map(sympy.gamma, below))
