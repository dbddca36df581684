"""Where the fitted mean comes to rest when every generation replaces the data (unbiased fit).

The path converges although E (mu_g - mu)^2 diverges: V, the limit of sum sigma_{i-1}^2/(n sigma^2),
solves V = 1/n + S V' with E S = 1, so mu_inf has a tail of index 2, and as n grows (mu_inf - mu)/sigma
tends to Student's t with 2 degrees of freedom.
"""

from __future__ import annotations

from typing import Any

from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["resting_mean_abs", "resting_tail_constant", "resting_w2_median"]


def _resting_tail_constant() -> Any:
    import sympy

    n = symbol("n")
    return 1 / (n * (sympy.digamma((n + 1) / 2) - sympy.log((n - 1) / 2)))


@quantity(
    formula=_resting_tail_constant,
    source="derived here, with Goldie's renewal theorem for random recursions",
    domains={"n": domain("n", kind="integer", low=2)},
)
def resting_tail_constant(n: int) -> Any:
    """Return the limit of y^2 P(|mu_inf - mu| > y sigma) as y grows, a float.

    1/(n E S ln S) = 1/(n [digamma((n + 1)/2) - ln((n - 1)/2)]), which tends to 1 with n.

    >>> round(resting_tail_constant(1000), 3)
    0.999
    """
    ctx = mp()
    return 1 / (n * (ctx.digamma(ctx.mpf(n + 1) / 2) - ctx.log(ctx.mpf(n - 1) / 2)))


def _resting_w2_median() -> Any:
    import sympy

    return sympy.Rational(5, 3)


@quantity(formula=_resting_w2_median, source="derived here", status="asymptotic")
def resting_w2_median() -> Any:
    """Return the median of 1 + t_2^2, the limit law of W2^2/sigma^2 as g and then n grow, 5/3, a float.

    >>> round(resting_w2_median(), 4)
    1.6667
    """
    return mp().mpf(5) / 3


def _resting_mean_abs() -> Any:
    import sympy

    return sympy.sqrt(2)


@quantity(formula=_resting_mean_abs, source="derived here", status="asymptotic")
def resting_mean_abs() -> Any:
    """Return E |t_2|, the limit of E |mu_inf - mu|/sigma as n grows, sqrt 2, a float.

    >>> round(resting_mean_abs(), 4)
    1.4142
    """
    return mp().sqrt(2)
