r"""The variance of a refitted Gaussian under a tilted measure, where its mean can be sampled.

Each refit multiplies sigma^2 by :math:`S/k`, S chi-square with k = n - 1. Under the process itself the product of g
such factors has variance :math:`(1 + 2/k)^g - 1`, carried by paths that no sample holds. So every model draws with
its variance times c, which makes S a multiple c of a chi-square, and a path is weighted by the ratio of the
densities of S, :math:`w = c^{k/2} e^{-(1 - 1/c) S/2}`. The weighted product has the mean it had before, and

.. math:: E (w S/k)^2 = c^{k/2}\,\frac{k + 2}{k} \left(\frac{2c - 1}{c}\right)^{-(k/2 + 2)},

least at c = (k + 2)/k. The process is that of ``sims``, its sampling bias ``lam`` set to c; real data are never
biased, so the first factor is not tilted. Derived here.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import expm1, log, log1p
from typing import Any

import numpy as np

from paper_checks._loop import Loop

__all__ = ["neighbours", "ratios", "tilt", "tilted_loop", "tilted_variance", "weighted"]

Point = Mapping[str, Any]


def tilt(n: int) -> float:
    """Return the best tilt c = 1 + 2/(n - 1).

    >>> tilt(3)
    2.0
    """
    return 1 + 2 / (n - 1)


def tilted_variance(point: Point) -> float:
    """Return the exact variance of the weighted sigma_g^2, the first factor untilted.

    >>> round(tilted_variance({"n": 50, "g": 250, "sigma": 1.0}), 5)
    0.2638
    """
    k, g = point["n"] - 1, point["g"]
    step = (k / 2 + 1) * log1p(2 / k) + (k / 2 + 2) * log((k + 2) / (k + 4))
    return point["sigma"] ** 4 * expm1(log1p(2 / k) + (g - 1) * step)


def weighted(x: np.ndarray, point: Point) -> np.ndarray:
    """Return sigma_g^2 times its weight, from ln sigma at all generations of tilted paths (paths, g).

    >>> weighted(np.zeros((1, 1)), {"n": 3, "g": 1, "sigma": 1.0})
    array([1.])
    """
    k, c = point["n"] - 1, tilt(point["n"])
    squares = k * ratios(x, point)[:, 1:]
    log_weight = (x.shape[1] - 1) * k / 2 * log(c) - (1 - 1 / c) / 2 * squares.sum(axis=1)
    return np.exp(2 * x[:, -1] + log_weight)


def ratios(x: np.ndarray, point: Point) -> np.ndarray:
    """Return sigma_i^2/sigma_{i-1}^2 at each generation (paths, g), from ln sigma.

    >>> ratios(np.log([[2.0, 6.0]]), {"sigma": 1.0}).round(12)
    array([[4., 9.]])
    """
    return np.exp(2 * _steps(x, point))


def neighbours(x: np.ndarray, point: Point) -> np.ndarray:
    """Return the mean of D_i D_{i+1}/Var D over the steps of a path, D_i = ln sigma_i/sigma_{i-1} - its mean.

    >>> neighbours(np.zeros((1, 3)), {"n": 3, "g": 3, "sigma": 1.0}).round(6)
    array([0.202548])
    """
    from scipy import special

    half = (point["n"] - 1) / 2
    mean, variance = (special.digamma(half) - log(half)) / 2, special.polygamma(1, half) / 4
    steps = _steps(x, point) - mean
    return (steps[:, 1:] * steps[:, :-1]).mean(axis=1) / variance


def _steps(x: np.ndarray, point: Point) -> np.ndarray:
    # A model without spread has no next ratio: nan, which the engine counts and names.
    with np.errstate(invalid="ignore"):
        return np.diff(x, axis=1, prepend=log(point["sigma"]))


def tilted_loop() -> Loop:
    """Return the loop whose outcome is the weighted sigma_g^2.

    >>> x = tilted_loop().sampler()(7, {"n": 50, "g": 3, "sigma": 1.0})(np.arange(4096))
    >>> bool(abs(x.mean() - 1) < 0.05)
    True
    """

    def process(point: Point) -> Any:
        from sims.processes.gaussian import Gaussian

        wide = Gaussian(sigma=point["sigma"])
        # Drawing wider than the model is a change of measure, which no sampling bias is and Gaussian refuses.
        object.__setattr__(wide, "lam", tilt(point["n"]))
        return wide

    return Loop(process=process, workflow="replace", metric="log_sd", n="n", at="g", outcome=weighted)
