"""How far a finite sample is from the universal limit: the sign of the gap depends on the family."""

from __future__ import annotations

from typing import Any

from groundwork.errors import BadInput
from theory import forms
from theory.location.subsample import subsample_mse, subsample_replacement_mse
from theory.numerics import h2, mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["finite_gap"]


def _finite_gap(workflow: str = "replace") -> Any:
    import sympy

    n, g, v2 = symbol("n"), symbol("g"), symbol("v2")
    if workflow.startswith("subsample"):
        factor = "3H - 2" if workflow == "subsample" else "2H"
        return rf"n\,\mathrm{{E}}\,\theta_g^2 - ({factor}),\quad H = \sum_{{k\le g}} \frac{{1}}{{k^2}}"
    i = forms.index("i")
    if workflow == "replace":
        growth, limit = (1 + v2 / n) ** g, g
    else:
        growth, limit = forms.multiply(1 + v2 / (n * i**2), (i, 1, g)), forms.harmonic2(g)
    return sympy.Piecewise((sympy.Integer(0), sympy.Eq(v2, 0)), (n / v2 * (growth - 1) - limit, True))


@quantity(
    formula=_finite_gap,
    source="""derived here; against reading the limit of Dey and Donoho 2024, as cited in arulandu2024, section 4.3,
    as a bound""",
    domains={"n": domain("n", kind="integer")},
)
def finite_gap(n: int, g: int, workflow: str = "replace", v2: float = 0.0) -> Any:
    """Return n Var(mean of fit g)/V less its limit `variance_ratio`, a float.

    Natural exponential families with variance V(mu) = v0 + v1 mu + v2 mu^2, refitted by their mean. Replace:
    (n/v2)[(1 + v2/n)^g - 1] - g. Accumulate: (n/v2)[prod (1 + v2/(n i^2)) - 1] - sum 1/i^2. Both have the sign of
    v2 (Bernoulli -1, normal and Poisson 0, exponential 1): 6/pi^2 bounds no efficiency at finite n. Subsamples of
    normal data, v2 = 0, have a gap of order 1/n as well, here to an absolute error of 1e-12.

    >>> finite_gap(4, 2, "replace", v2=-1.0), finite_gap(4, 2, "accumulate", v2=1.0)
    (-0.25, 0.0625)
    """
    if v2 < -n:
        raise BadInput("v2", v2, f">= -n = {-n}", "a variance would be negative otherwise")
    if workflow.startswith("subsample"):
        if v2 != 0:
            raise BadInput("v2", v2, f"0 with workflow = {workflow}", "the closed form is for normal data")
        if workflow == "subsample":
            return n * subsample_mse(n, g) - float(3 * h2(g) - 2)
        return n * subsample_replacement_mse(n, g) - float(2 * h2(g))
    if v2 == 0 or g == 1:
        return 0.0
    ctx = mp()
    rate = ctx.mpf(v2) / n
    if workflow == "replace":
        return ctx.expm1(g * ctx.log1p(rate)) / rate - g if rate > -1 else ctx.mpf(1 - g)
    if rate == -1:
        return 1 - h2(g)
    root = ctx.sqrt(rate)
    growth = ctx.re(ctx.gammaprod([g + 1 + 1j * root, g + 1 - 1j * root], [g + 1, g + 1, 1 + 1j * root, 1 - 1j * root]))
    return (growth - 1) / rate - h2(g)
