"""One law behind many: families whose variance is quadratic in the mean, refitted by their mean.

Given fit g the next one has variance V(mu_g)/n, and E V(mu_{g+1}) = V(mu_g)(1 + v2/n) exactly, because V
is quadratic. So one product answers replace, accumulate and every schedule; `theory.counting.quadratic`
holds the algebra as pairs of sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundwork.errors import BadInput
from theory import forms
from theory.counting import _growth
from theory.counting._families import FAMILIES, family_at, variance
from theory.numerics import entries, mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["nef_mse", "nef_mse_limit", "nef_ratio_limit", "nef_variance_ratio"]

_R = domain("r", low=0, meaning="shape: trials of binomial, successes of negbin, shape of gamma and of secant")
_KEPT = domain("workflow", options=("replace", "accumulate"))
_ONE_N = domain("n", kind="integer")
_SOURCE = """Morris 1982 for the families, as commonly cited; the product law and its limits derived here.
    The limit pi^2/6 is the augmented-data constant of arulandu2024, section 4.3."""


def _coefficients(family: str | None) -> tuple[Any, Any]:
    """Return V(mu) and v2, of a family or in letters."""
    import sympy

    mu = symbol("mu")
    if family is None:
        return sympy.Function("V")(mu), symbol("v2")
    r = sympy.Symbol("r", positive=True)
    v0, v1, v2 = (sympy.sympify(each) for each in FAMILIES[family].coefficients(r))
    return variance((v0, v1, v2), mu), v2


def _product(v2: Any, workflow: str, schedule: bool) -> Any:
    """Return E V(mu_g)/V(mu): a power, a Gamma quotient, or a product over the schedule."""
    import sympy

    n, g, k = symbol("n"), symbol("g"), forms.index("k")
    if workflow == "replace":
        return forms.all_generations(lambda size: 1 + v2 / size, schedule)
    if schedule:
        batch, pool = forms.pool(True, k)
        return forms.multiply(1 + v2 * batch / pool**2, (k, 1, g))
    root = sympy.sqrt(-v2 / n)
    return forms.gamma_ratio([g + 1 - root, g + 1 + root], [1 - root, 1 + root, g + 1, g + 1])


def _mse(family: str | None = None, workflow: str = "replace", schedule: bool = False) -> Any:
    spread, v2 = _coefficients(family)
    if v2 != 0:
        return spread * (_product(v2, workflow, schedule) - 1) / v2
    if workflow == "replace":
        return spread * forms.every(lambda n: 1 / n, schedule)
    k = forms.index("k")
    batch, pool = forms.pool(schedule, k)
    return spread * (
        forms.add_up(batch / pool**2, (k, 1, symbol("g"))) if schedule else forms.harmonic2(symbol("g")) / symbol("n")
    )


def _exact(family: str, mu: float, r: float | None) -> tuple[Any, Any]:
    """Return V(mu) and v2 of a family in fifty digits."""
    ctx = mp()
    found = family_at(family, mu, r).coefficients(None if r is None else ctx.mpf(r))
    return variance(found, ctx.mpf(mu)), ctx.mpf(found[2])


@quantity(
    formula=_mse,
    source=_SOURCE,
    domains={"r": _R, "workflow": _KEPT},
)
def nef_mse(
    family: str,
    n: int | Sequence[int],
    g: int,
    mu: float,
    r: float | None = None,
    workflow: str = "replace",
) -> Any:
    """Return E (mu_g - mu)^2 when a family with quadratic variance is refitted to the mean, a float.

    Replace: V(mu) [prod (1 + v2/n_j) - 1]/v2, which is V(mu) sum 1/n_j at v2 = 0. Accumulate, with pools
    N_k: V(mu) [prod (1 + v2 n_k/N_k^2) - 1]/v2; for equal n the product is Gamma(g+1-a) Gamma(g+1+a) /
    (Gamma(1-a) Gamma(1+a) Gamma(g+1)^2) with a^2 = -v2/n. The families: bernoulli (v2 = -1), binomial
    (sum of r trials, -1/r), poisson and normal with variance 1 (0), exponential (1), gamma of shape r,
    negbin with r successes and secant of shape r (1/r).

    >>> nef_mse("poisson", 10, 5, 2.0)
    1.0
    >>> nef_mse("bernoulli", 2, 2, 0.5)
    0.1875
    >>> nef_mse("exponential", 1, 2, 1.0, workflow="accumulate")
    1.5
    """
    spread, v2 = _exact(family, mu, r)
    if isinstance(n, Sequence):
        return spread * _growth.schedule(v2, n, workflow)[1]
    return spread / n * _growth.gain(v2, n, g, workflow)


def _sine(v2: Any) -> Any:
    """Return prod (1 + v2/(n k^2)) over all k: a sine where v2 < 0, a hyperbolic sine where v2 > 0."""
    import sympy

    n = symbol("n")
    if v2.is_negative:
        root = sympy.pi * sympy.sqrt(-v2 / n)
        return sympy.sin(root) / root
    root = sympy.pi * sympy.sqrt(v2 / n)
    return sympy.sinh(root) / root


def _mse_limit(family: str | None = None, workflow: str = "accumulate") -> Any:
    import sympy

    spread, v2 = _coefficients(family)
    if workflow == "replace":
        return -spread / v2
    return spread * ((_sine(v2) - 1) / v2 if v2 != 0 else sympy.pi**2 / (6 * symbol("n")))


@quantity(formula=_mse_limit, source=_SOURCE, domains={"n": _ONE_N, "r": _R, "workflow": _KEPT})
def nef_mse_limit(
    family: str,
    n: int,
    mu: float,
    r: float | None = None,
    workflow: str = "accumulate",
) -> Any:
    """Return the limit of `nef_mse` as g grows, a float.

    Accumulate: V(mu) [sinh(x)/x - 1]/v2 with x = pi sqrt(v2/n), a sine where v2 < 0 and V(mu)
    pi^2/(6n) where v2 = 0. Replace: V(mu)/|v2| where v2 < 0 (the fit ends at an end of the range of
    the mean), infinite otherwise.

    >>> nef_mse_limit("bernoulli", 5, 0.5, workflow="replace")
    0.25
    >>> round(nef_mse_limit("poisson", 1, 1.0), 12)  # pi^2/6
    1.644934066848
    """
    spread, v2 = _exact(family, mu, r)
    if workflow == "accumulate":
        return spread / n * _growth.gain_limit(v2, n)
    if v2 >= 0:
        raise BadInput("family", family, "bernoulli or binomial when workflow = replace", "the error grows without end")
    return -spread / v2


def _check_range(v2: float, n: int | Sequence[int]) -> None:
    """Refuse a coefficient at which a fit would have a negative variance."""
    least = min(entries(n))
    if v2 < -least:
        raise BadInput("v2", v2, f"a finite number >= -n = {-least}", "E V of the next fit would be negative")


def _ratio_limit() -> Any:
    ratio = symbol("v2") / symbol("n")
    return (_sine(symbol("v2")) - 1) / ratio


@quantity(formula=_ratio_limit, source=_SOURCE, domains={"n": _ONE_N})
def nef_ratio_limit(v2: float, n: int) -> Any:
    """Return the limit of mse_g over mse_1 under accumulate, a float.

    n [sinh(x)/x - 1]/v2 with x = pi sqrt(v2/n) (a sine where v2 < 0) = pi^2/6 + pi^4 v2/(120 n) + …: it
    is pi^2/6 if and only if v2 = 0, and differs by at least |v2|/(4n) otherwise. Needs v2 >= -n.

    >>> round(nef_ratio_limit(0, 7), 12)  # pi^2/6
    1.644934066848
    >>> nef_ratio_limit(-1, 1)
    1.0
    """
    _check_range(v2, n)
    return _growth.gain_limit(mp().mpf(v2), n)


def _variance_ratio(workflow: str = "replace", schedule: bool = False) -> Any:
    return _product(symbol("v2"), workflow, schedule)


@quantity(formula=_variance_ratio, source=_SOURCE, domains={"workflow": _KEPT})
def nef_variance_ratio(v2: float, n: int | Sequence[int], g: int, workflow: str = "replace") -> Any:
    """Return E V(mu_g)/V(mu) for a variance function with quadratic coefficient v2, a float.

    Replace: prod (1 + v2/n_j). Accumulate: prod (1 + v2 n_k/N_k^2), for equal n the Gamma quotient of
    `nef_mse`. Needs v2 >= -n.

    >>> nef_variance_ratio(1, 2, 2)
    2.25
    >>> nef_variance_ratio(-1, 1, 3, "accumulate")
    0.0
    """
    _check_range(v2, n)
    exactly = mp().mpf(v2)
    if isinstance(n, Sequence):
        return _growth.schedule(exactly, n, workflow)[0]
    return mp().exp(_growth.log_ratio(exactly, n, g, workflow))
