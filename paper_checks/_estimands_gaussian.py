r"""The refitted Gaussian in one dimension, replaced or accumulated: all even moments of its metrics, by one recursion.

With M the error of the mean and s the variance over the real one, a fit maps :math:`M \to M + c_k z \sqrt s` and
:math:`s \to s F_k`, where z is a standard normal independent of the past and F_k a function of z^2 and a chi-square:

    replace      c_k = n^(-1/2)         F_k = chi2_{n-1} / (n - c)
    accumulate   c_k = n^(1/2) / (k n)  F_k = [N_{k-1} - c + chi2_{n-1} + (N_{k-1}/N_k) z^2] / (N_k - c),  N_k = k n

with c = 1 (unbiased) or 0 (mle). So :math:`E M^{2a} s^{b/2}` follows a linear recursion. Derived here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from paper_checks._estimands import Companion, Estimand
from paper_checks._estimands_loop import Loop
from paper_checks._licence import Variance
from paper_checks._w2_law import scale_law

__all__ = ["known", "moment"]

Point = Mapping[str, Any]
BECAUSE = "the joint moments of mean and spread follow an exact recursion"
_QUANTITIES = {
    "w2": "gaussian.w2_mean",
    "mean_square_error": "gaussian.mean_mse",
    "variance": "gaussian.variance_mean",
    "sd": "gaussian.sd_mean",
    "log_sd": "gaussian.log_sd_mean",
    "log_det": "gaussian.log_sd_mean",
}
_LOGS = ("log_sd", "log_det")


@cache
def _fit(workflow: str, c: int, n: int, k: int, power: int, half: int) -> float:
    """Return E z^power F_k^(half/2)."""
    normal = math.prod(range(1, power, 2))
    dof = n - 1
    if workflow == "replace" or k == 1:
        ratio = math.lgamma((dof + half) / 2) - math.lgamma(dof / 2)
        return normal * math.exp(half / 2 * math.log(2 / (n - c)) + ratio)
    _, z, weight, factor = _factor(c, n, k)
    return float(weight @ (z**power * factor ** (half / 2)))


@cache
def _factor(c: int, n: int, k: int) -> tuple[Any, Any, Any, Any]:
    """Return nodes of chi-square and normal, weights that sum to 1, and the accumulated factor F_k there."""
    from scipy import special

    x, wx = special.roots_genlaguerre(60, (n - 1) / 2 - 1)
    y, wy = special.roots_hermitenorm(60)
    pool, before = n * k, n * (k - 1)
    chi, z = (each.ravel() for each in np.meshgrid(2 * x, y, indexing="ij"))
    weight = np.outer(wx / wx.sum(), wy / wy.sum()).ravel()
    return chi, z, weight, (before - c + chi + before / pool * z**2) / (pool - c)


@cache
def _joint(workflow: str, c: int, n: int, g: int, a: int, b: int) -> float:
    """Return E M^(2a) s^(b/2) after g fits at sigma = 1; odd powers of M vanish by symmetry."""
    if g == 0:
        return float(a == 0)
    step = n**-0.5 if workflow == "replace" else n**0.5 / (n * g)
    return math.fsum(
        math.comb(2 * a, 2 * i)
        * step ** (2 * i)
        * _joint(workflow, c, n, g - 1, a - i, b + 2 * i)
        * _fit(workflow, c, n, g, 2 * i, b)
        for i in range(a + 1)
    )


def moment(metric: str, workflow: str, estimator: str, point: Point, power: int) -> float:
    """Return E X^power of a metric X of the fitted law at generation g.

    >>> round(moment("w2", "replace", "unbiased", {"n": 20, "g": 5, "sigma": 1.0}, 1), 8)
    0.37728738
    """
    c, n, g = int(estimator == "unbiased"), point["n"], point["g"]

    def joint(a: int, b: int) -> float:
        return _joint(workflow, c, n, g, a, b)

    if metric == "mean_square_error":
        value, scale = joint(power, 0), 2
    elif metric in ("variance", "sd"):
        scale = 2 if metric == "variance" else 1
        value = joint(0, scale * power)
    else:
        # X = M^2 + (sqrt(s) - 1)^2
        scale, value = 2, 0.0
        for j in range(power + 1):
            rest = 2 * (power - j)
            signed = math.fsum((-1) ** (rest - b) * math.comb(rest, b) * joint(j, b) for b in range(rest + 1))
            value += math.comb(power, j) * signed
    return value * point["sigma"] ** (scale * power)


def _central(metric: str, workflow: str, estimator: str, point: Point, power: int) -> float:
    m = moment(metric, workflow, estimator, point, 1)
    raw = [1.0, *(moment(metric, workflow, estimator, point, j) for j in range(1, power + 1))]
    return math.fsum(math.comb(power, j) * (-m) ** (power - j) * raw[j] for j in range(power + 1))


def _log_variance(workflow: str, c: int, point: Point) -> float:
    """Return Var ln sigma_g = sum of Var ln F_k / 4: the factors are independent."""
    from scipy import special

    n, g = point["n"], point["g"]
    first = float(special.polygamma(1, (n - 1) / 2)) / 4
    if workflow == "replace":
        return g * first
    total = first
    for k in range(2, g + 1):
        _, _, weight, factor = _factor(c, n, k)
        mean = float(weight @ np.log(factor))
        total += float(weight @ (np.log(factor) - mean) ** 2) / 4
    return total


def known(loop: Loop) -> Estimand:
    """Return what is known about a metric of the Gaussian: in one dimension, unbiased sampling, replace or accumulate.

    >>> from paper_checks._estimands_loop import make_loop
    >>> known(make_loop("gaussian(estimator=mle)", "accumulate", "variance")).source
    'gaussian.variance_mean'
    """
    from theory.symbols import symbol

    process, made = loop.made({"sigma": 1.0})
    metric, estimator = loop.metric, process.estimator
    workflow = _theory_word(made)
    if process.d > 1 or process.lam != 1.0 or metric not in _QUANTITIES:
        return Estimand()
    c, log, factor = int(estimator == "unbiased"), metric in _LOGS, 2 if metric == "log_det" else 1
    least = 1 + c if metric in ("mean_square_error", "variance", "sd", "w2") else 2

    def complete(point: Point) -> Point:
        return {"sigma": loop.fixed.get("sigma", 1.0), **point}

    named = workflow is not None and (not log or workflow == "replace")
    words = {"estimator": estimator} | ({} if log else {"workflow": workflow})

    def exact(point: Point) -> float:
        from theory.quantity import find

        at = complete(point)
        value = find(_QUANTITIES[metric]).evaluate({"n": at["n"], "g": at["g"], "sigma": at["sigma"], **words})
        return value if metric != "log_det" else 2 * (value - math.log(at["sigma"]))

    def form() -> Any:
        import sympy

        from theory.quantity import find

        found = find(_QUANTITIES[metric]).form(words)
        return found if metric != "log_det" else 2 * (found - sympy.log(symbol("sigma")))

    partial = Estimand(
        exact=exact if named else None,
        form=form if named else None,
        source=_QUANTITIES[metric] if named else "",
        signed=log,
        no_mean=lambda p: "" if p["n"] >= least else f"{metric} needs n >= {least}",
    )
    if workflow not in ("replace", "accumulate"):
        return partial

    def variance(point: Point) -> float:
        at = complete(point)
        if log:
            return factor**2 * _log_variance(workflow, c, at)
        return _central(metric, workflow, estimator, at, 2)

    return replace(
        partial,
        licence=Variance(of=variance, because=BECAUSE),
        spread=variance,
        companion=_companion(metric, workflow, estimator, complete),
    )


def _companion(metric: str, workflow: str, estimator: str, complete: Callable[[Point], Point]) -> Companion:
    """Return the law of the spread where it is known (replace), else the check of the variance itself."""
    if workflow == "replace" and metric in ("variance", "sd", "log_sd", "log_det"):
        return Companion(law=lambda p: _scale_law(metric, estimator, complete(p)))
    if metric in _LOGS:
        # At g = 1 accumulating is replacing.
        return Companion(law=lambda p: _scale_law(metric, estimator, complete(p)), covers=lambda p: p["g"] == 1)
    return Companion(
        centre=lambda p: moment(metric, workflow, estimator, complete(p), 1),
        fourth=lambda p: _central(metric, workflow, estimator, complete(p), 4),
    )


def _scale_law(metric: str, estimator: str, point: Point) -> Callable[[Any], Any]:
    shift = 0.0 if estimator == "unbiased" else point["g"] / 2 * math.log1p(-1 / point["n"])
    log_law = scale_law(point)

    def cdf(x: Any) -> Any:
        if metric in _LOGS:
            log_sd = x if metric == "log_sd" else x / 2 + math.log(point["sigma"])
        else:
            log_sd = np.log(np.maximum(x, 1e-300)) / (2 if metric == "variance" else 1)
        return log_law(log_sd - shift)

    return cdf


def _theory_word(workflow: Any) -> str | None:
    """Return theory's word for a workflow, None if it has none."""
    if workflow.name in ("replace", "accumulate"):
        return workflow.name
    if workflow.name != "subsample" or workflow.inner.name != "accumulate":
        return None
    if workflow.size is not None or workflow.share is not None or workflow.whole_first == workflow.replacement:
        return None
    return "subsample_replacement" if workflow.replacement else "subsample"
