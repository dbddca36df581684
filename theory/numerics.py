"""Fifty-digit arithmetic for closed forms whose terms cancel, and the bookkeeping of sample sizes.

The mean W2 risk at n = 10^9 is a difference of numbers that agree to nine digits, its variance to
eighteen: with fifty digits such formulas can be written down as they stand. The context is our own, so
that nobody's global mpmath precision is touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from groundwork.errors import BadInput

__all__ = ["entries", "h2", "mp", "per_generation", "product", "scalar", "tally", "total"]


@cache
def mp() -> Any:
    """Return the mpmath context with fifty digits.

    >>> mp().dps
    50
    """
    from mpmath.ctx_mp import MPContext

    context = MPContext()
    context.dps = 50
    return context


def tally(values: int | float | Sequence[Any], g: int) -> list[tuple[Any, int]]:
    """Return the pairs (value, how many generations have it).

    >>> tally(20, 1_000_000), tally([20, 30, 20], 3)
    ([(20, 1000000)], [(20, 2), (30, 1)])
    """
    if isinstance(values, Sequence):
        return sorted(Counter(values).items())
    return [(values, g)]


def per_generation(values: int | float | Sequence[Any], g: int) -> Iterable[Any]:
    """Return the values of generations 1, …, g, one by one.

    >>> list(per_generation(7, 3))
    [7, 7, 7]
    """
    return values if isinstance(values, Sequence) else (values for _ in range(g))


def entries(values: int | Sequence[int]) -> list[int]:
    """Return the distinct sample sizes.

    >>> entries([20, 30, 20])
    [20, 30]
    """
    return [value for value, _ in tally(values, 1)]


def total(term: Callable[[Any], Any], values: int | Sequence[int], g: int) -> Any:
    """Return the sum over generations of a term that depends on the generation's sample size only.

    >>> float(total(lambda n: mp().mpf(1) / n, 4, 8))
    2.0
    """
    return mp().fsum(times * term(value) for value, times in tally(values, g))


def product(factor: Callable[[Any], Any], values: int | Sequence[int], g: int) -> Any:
    """Return the product over generations of a factor that depends on the generation's sample size only.

    >>> float(product(lambda n: mp().mpf(n) / 2, 3, 2))
    2.25
    """
    return mp().fprod(mp().mpf(factor(value)) ** times for value, times in tally(values, g))


def h2(g: int) -> Any:
    """Return 1 + 1/4 + … + 1/g^2 at any g, as pi^2/6 less the tail.

    >>> float(h2(2))
    1.25
    """
    return mp().zeta(2) - mp().zeta(2, g + 1)


def scalar(name: str, value: Any, why: str) -> int:
    """Return the value if it is one number; a list is refused with the reason.

    >>> scalar("n", [2, 3], "all pools grow alike")
    Traceback (most recent call last):
    groundwork.errors.BadInput: n = [2, 3]: allowed is one number; all pools grow alike
    """
    if isinstance(value, Sequence):
        raise BadInput(name, value, "one number", why)
    return value
