"""Ordinary least squares on its own labels: the excess risk E ‖w_g - w*‖^2 in the metric of the covariance.

Rows are Gaussian, labels have Gaussian noise, n >= d + 2: one fit on n rows has risk sigma^2 d/(n - d -
1) for every covariance, because the inverse Wishart mean cancels it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from groundwork.errors import BadInput
from theory import forms
from theory.numerics import entries, h2, mp
from theory.quantity import quantity
from theory.symbols import domain, sequence, symbol

__all__ = ["noisy_test_ratio", "noisy_test_ratio_limit", "ratio_limit", "risk"]

_DOMAINS = {
    "workflow": domain("workflow", options=("replace", "accumulate")),
    "sigma": domain("sigma", kind="reals"),
}
_ONE_N = {"n": domain("n", kind="integer")}


def check_rows(n: int | Sequence[int], d: int) -> None:
    """Refuse a design on which the mean risk of ordinary least squares is infinite."""
    if min(entries(n)) < d + 2:
        raise BadInput("n", n, f"an integer >= d + 2 = {d + 2}", "the mean risk is infinite otherwise")


def _risk(workflow: str = "replace", design: str = "fixed", lists: frozenset[str] = frozenset()) -> Any:
    d, g, k = symbol("d"), symbol("g"), forms.index("k")
    sigma = sequence("sigma")[k] if "sigma" in lists else symbol("sigma")
    batch, pool = forms.pool("n" in lists, k)
    if workflow == "replace":
        term = sigma**2 * d / (batch - d - 1)
        return forms.add_up(term, (k, 1, g)) if lists else g * term
    if design == "fixed":
        return forms.add_up(sigma**2 * d / ((batch - d - 1) * k**2), (k, 1, g))
    return forms.add_up(sigma**2 * d * batch / (pool * (pool - d - 1)), (k, 1, g))


@quantity(
    formula=_risk,
    source="""Replace and accumulate on a fixed design: arulandu2024, eqs. (5) and (6), there for an identity
    covariance, which is not needed. Accumulate on a fresh design: derived here.""",
    domains=_DOMAINS,
)
def risk(
    n: int | Sequence[int],
    d: int,
    g: int,
    sigma: float | Sequence[float] = 1.0,
    workflow: str = "replace",
    design: str = "fixed",
) -> Any:
    """Return the mean excess risk of ridgeless regression after g fits, a float.

    Replace, either design: sum sigma_k^2 d/(n_k - d - 1). Accumulate on the same rows: d/(n - d - 1) sum
    sigma_k^2/k^2. Accumulate on fresh rows, pools N_k: d sum sigma_k^2 n_k/(N_k (N_k - d - 1)), where
    only the first batch needs d + 2 rows. Accumulating on the same rows takes one number for n.

    >>> risk(12, 1, 3, workflow="replace")
    0.3
    >>> risk(12, 1, 2, workflow="accumulate")
    0.125
    """
    fresh_pool = workflow == "accumulate" and design == "fresh"
    if isinstance(n, Sequence) and workflow == "accumulate" and design == "fixed":
        raise BadInput("n", n, "one number when design = fixed", "the same rows come back; use design=fresh")
    check_rows(n[0] if isinstance(n, Sequence) and fresh_pool else n, d)
    if isinstance(n, int) and isinstance(sigma, float):
        return sigma**2 * _constant(n, d, g, workflow, fresh_pool)
    sizes = n if isinstance(n, Sequence) else [n] * g
    noises = sigma if isinstance(sigma, Sequence) else [sigma] * g
    return sum(_terms(sizes, noises, d, workflow, fresh_pool))


def _constant(n: int, d: int, g: int, workflow: str, fresh_pool: bool) -> Any:
    ctx = mp()
    one_fit = ctx.mpf(d) / (n - d - 1)
    if workflow == "replace":
        return one_fit * g
    if not fresh_pool:
        return one_fit * h2(g)
    # 1/(k (k n - d - 1)) = [1/(k - x) - 1/k]/(d + 1) with x = (d + 1)/n
    x = ctx.mpf(d + 1) / n
    later = ctx.digamma(g + 1 - x) - ctx.digamma(g + 1)
    return ctx.mpf(d) / (d + 1) * (later - ctx.digamma(1 - x) + ctx.digamma(1))


def _terms(sizes: Sequence[int], noises: Sequence[float], d: int, workflow: str, fresh_pool: bool) -> list[float]:
    if workflow == "replace":
        return [noise**2 * d / (size - d - 1) for size, noise in zip(sizes, noises, strict=True)]
    if not fresh_pool:
        one_fit = d / (sizes[0] - d - 1)
        return [one_fit * noise**2 / k**2 for k, noise in enumerate(noises, start=1)]
    pools = accumulate(sizes)
    return [
        noise**2 * d * size / (pool * (pool - d - 1)) for size, noise, pool in zip(sizes, noises, pools, strict=True)
    ]


def _ratio_limit(design: str = "fixed") -> Any:
    import sympy

    if design == "fixed":
        return sympy.pi**2 / 6
    x = (symbol("d") + 1) / symbol("n")
    return (1 - x) / x * (-sympy.digamma(1 - x) - sympy.EulerGamma)


@quantity(
    formula=_ratio_limit,
    source="Fixed design: arulandu2024, eq. (6). Fresh design: derived here.",
    domains=_ONE_N,
)
def ratio_limit(n: int, d: int, design: str = "fixed") -> Any:
    """Return the limit of risk_g / risk_1 as g grows, when the data accumulate, a float.

    pi^2/6 on a fixed design. On fresh rows, with x = (d + 1)/n: (1 - x)/x (-digamma(1 - x) - gamma),
    which falls from pi^2/6 (x -> 0) to 1 (x -> 1) and is 2 ln 2 at x = 1/2.

    >>> round(ratio_limit(20, 9, design="fresh"), 12)
    1.38629436112
    """
    check_rows(n, d)
    ctx = mp()
    if design == "fixed":
        return ctx.zeta(2)
    x = ctx.mpf(d + 1) / n
    return (1 - x) / x * (-ctx.digamma(1 - x) - ctx.euler)


def _noisy_test_ratio() -> Any:
    n, d, g = symbol("n"), symbol("d"), symbol("g")
    return 1 + (forms.harmonic2(g) - 1) * d / (n - 1)


@quantity(
    formula=_noisy_test_ratio,
    source="""derived here; corrects the limit pi^2/6 of schaeffer2025, appendix A, which holds for noiseless
    targets""",
    domains=_ONE_N,
)
def noisy_test_ratio(n: int, d: int, g: int) -> Any:
    """Return E ‖X_test w_g - y_test‖^2 over its value at g = 1, accumulating on a fixed design, a float.

    1 + (sum_{k <= g} 1/k^2 - 1) d/(n - 1): y_test carries the label noise, which no fit removes.

    >>> noisy_test_ratio(9, 4, 2)
    1.125
    """
    check_rows(n, d)
    return 1 + (h2(g) - 1) * d / (n - 1)


def _noisy_test_ratio_limit() -> Any:
    import sympy

    return 1 + (sympy.pi**2 / 6 - 1) * symbol("d") / (symbol("n") - 1)


@quantity(
    formula=_noisy_test_ratio_limit,
    source="derived here; corrects the limit pi^2/6 of schaeffer2025, appendix A",
    domains=_ONE_N,
)
def noisy_test_ratio_limit(n: int, d: int) -> Any:
    """Return the limit of `noisy_test_ratio` as g grows, 1 + (pi^2/6 - 1) d/(n - 1), a float.

    >>> round(noisy_test_ratio_limit(11, 5), 12)
    1.322467033424
    """
    check_rows(n, d)
    return 1 + (mp().zeta(2) - 1) * d / (n - 1)
