"""Limits, as n grows, of what a later fit costs against the first: augment, discard, subsample."""

from __future__ import annotations

from typing import Any

from theory import forms
from theory.numerics import h2, mp
from theory.quantity import quantity
from theory.symbols import symbol

__all__ = ["process_covariance", "relative_efficiency", "relative_efficiency_limit", "variance_ratio"]

_SOURCE = """Augment (accumulate) and discard (replace): Dey and Donoho 2024 as cited in arulandu2024, section 4.3.
Subsamples: derived here."""


def _ratio(squares: Any, g: Any, workflow: str) -> Any:
    """Return the ratio from the sum of 1/k^2 up to g."""
    if workflow == "replace":
        return g
    return {"accumulate": squares, "subsample": 3 * squares - 2, "subsample_replacement": 2 * squares}[workflow]


def _variance_ratio(workflow: str = "replace") -> Any:
    return _ratio(forms.harmonic2(symbol("g")), symbol("g"), workflow)


@quantity(formula=_variance_ratio, source=_SOURCE, status="asymptotic")
def variance_ratio(g: int, workflow: str = "replace") -> Any:
    """Return the limit, as n grows, of the variance of fit g over that of the full real fit, a float.

    With H = sum_{k <= g} 1/k^2: replace g, accumulate H, subsample 3H - 2, subsample_replacement 2H. Any
    asymptotically linear estimator of a smooth exponential family. For subsamples the corpus mean moves by (own
    noise + subsample noise)/(k + 1), variances 1 and 1 - 1/k (or 1 with replacement); the sum telescopes.

    >>> [variance_ratio(2, workflow) for workflow in ("accumulate", "subsample", "replace")]
    [1.25, 1.75, 2.0]
    """
    return _ratio(h2(g), mp().mpf(g), workflow)


@quantity(formula=lambda workflow="replace": 1 / _variance_ratio(workflow), source=_SOURCE, status="asymptotic")
def relative_efficiency(g: int, workflow: str = "replace") -> Any:
    """Return the asymptotic relative efficiency of fit g against the full real fit, a float.

    The reciprocal of `variance_ratio`: a limit in n, and no bound at any finite n (see `finite_gap`).

    >>> relative_efficiency(4), relative_efficiency(2, "accumulate")
    (0.25, 0.8)
    """
    return 1 / _ratio(h2(g), mp().mpf(g), workflow)


def _relative_efficiency_limit(workflow: str = "replace") -> Any:
    import sympy

    return sympy.Integer(0) if workflow == "replace" else 1 / _ratio(sympy.pi**2 / 6, None, workflow)


@quantity(formula=_relative_efficiency_limit, source=_SOURCE, status="asymptotic")
def relative_efficiency_limit(workflow: str = "replace") -> Any:
    """Return the limit of `relative_efficiency` as g grows, a float: 0, 6/pi^2, 1/(pi^2/2 - 2) or 3/pi^2.

    >>> [round(relative_efficiency_limit(workflow), 5) for workflow in ("accumulate", "subsample")]
    [0.60793, 0.34074]
    """
    return 0.0 if workflow == "replace" else 1 / _ratio(mp().zeta(2), None, workflow)


def _process_covariance(workflow: str = "replace") -> Any:
    import sympy

    g, h = symbol("g"), symbol("h")
    first = sympy.Min(g, h)
    squares = forms.harmonic2(first)
    if workflow in ("replace", "accumulate"):
        return _ratio(squares, first, workflow)
    later = 3 * squares - 3 + 2 / (first + 1) if workflow == "subsample" else 2 * squares - 1 + 1 / (first + 1)
    return sympy.Piecewise((_ratio(squares, first, workflow), sympy.Eq(g, h)), (later, True))


@quantity(formula=_process_covariance, source=_SOURCE, status="asymptotic")
def process_covariance(g: int, h: int, workflow: str = "replace") -> Any:
    """Return Cov(W(g), W(h)) of the limiting Gaussian process in units of the inverse information, a float.

    It depends on the earlier generation l = min(g, h) alone: replace l; accumulate H = sum_{k <= l} 1/k^2. A
    subsample's own noise passes on only through the data it generates, so that g != h gives 3H - 3 + 2/(l + 1)
    (without replacement) or 2H - 1 + 1/(l + 1) (with), and g = h the `variance_ratio`.

    >>> process_covariance(2, 7, "accumulate"), process_covariance(1, 2, "subsample_replacement")
    (1.25, 1.5)
    """
    ctx = mp()
    first = min(g, h)
    if g == h or workflow in ("replace", "accumulate"):
        return _ratio(h2(first), ctx.mpf(first), workflow)
    share = ctx.mpf(1) / (first + 1)
    return 3 * h2(first) - 3 + 2 * share if workflow == "subsample" else 2 * h2(first) - 1 + share
