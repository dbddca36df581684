"""Editing instead of replacing: k of n labels are overwritten by the fit plus fresh noise at every step."""

from __future__ import annotations

from typing import Any

from groundwork.errors import BadInput
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["edited_fixed_set_limit", "edited_risk_location", "edited_slope"]

_ONE_N = {"n": domain("n", kind="integer")}


def _check(n: int, k: int, most: int, why: str) -> None:
    if k > most:
        raise BadInput("k", k, f"an integer from 0 to {most}", why)


def _edited_risk_location() -> Any:
    import sympy

    n, k, g = symbol("n"), symbol("k"), symbol("g")
    scale = k * (n - k) / (n * (n - 1))
    keep = 1 - k / n - scale / n
    rest = (k - k / n) / (1 - keep)
    spread = rest * g + (n - 1 - rest) * (1 - keep**g) / (1 - keep)
    return sympy.Piecewise((1, sympy.Eq(k, 0)), (1 + (k * g + scale * spread) / n, True))


@quantity(
    formula=_edited_risk_location,
    source="derived here; a counter-example to the bounded risk that schaeffer2025, section 4.3, reports",
    domains={"n": domain("n", kind="integer", low=2), "g": domain("g", low=0)},
)
def edited_risk_location(n: int, k: int, g: int) -> Any:
    """Return n E (mean)^2 after g steps, each of which regenerates k random labels of n, a float.

    With q = E sum (y - mean)^2 and c = k (1 - k/n)/(n - 1): a step adds (k + c q)/n^2 to E mean^2 and
    takes q to (1 - k/n - c/n) q + k - k/n, from q = n - 1 (unit noise, real labels, g = 0).

    >>> edited_risk_location(4, 4, 3)  # all labels: replace
    4.0
    """
    _check(n, k, n, "no more labels than there are")
    if k == 0:
        return 1
    ctx = mp()
    scale = ctx.mpf(k) * (n - k) / (n * (n - 1))
    keep = 1 - ctx.mpf(k) / n - scale / n
    rest = (k - ctx.mpf(k) / n) / (1 - keep)
    spread = rest * g + (n - 1 - rest) * (1 - keep**g) / (1 - keep)
    return 1 + (k * g + scale * spread) / n


def _edited_slope() -> Any:
    return symbol("p") * (2 - symbol("p"))


@quantity(formula=_edited_slope, source="derived here", status="asymptotic")
def edited_slope(p: float) -> Any:
    """Return the growth of n E (mean)^2 per step at edit share p as n grows, p (2 - p), a float.

    >>> edited_slope(0.5)
    0.75
    """
    return p * (2 - p)


def _edited_fixed_set_limit() -> Any:
    share = symbol("k") / symbol("n")
    return (1 + 2 * share) / (1 - share**2)


@quantity(formula=_edited_fixed_set_limit, source="derived here", domains=_ONE_N)
def edited_fixed_set_limit(n: int, k: int) -> Any:
    """Return the limit of n E (mean)^2 when the same k labels of n are edited for ever, a float.

    (1 + 2p)/(1 - p^2) with p = k/n < 1: bounded, without any decay of the number of edits.

    >>> round(edited_fixed_set_limit(4, 2), 12)
    2.666666666667
    """
    _check(n, k, n - 1, "with every label edited the limit is infinite")
    share = mp().mpf(k) / n
    return (1 + 2 * share) / (1 - share**2)
