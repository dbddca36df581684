"""A change of scaling law (definition 5 of schaeffer2025), read from risk curves: exponents with an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from groundwork.checks import number, vector
from groundwork.errors import BadInput

__all__ = ["Exponent", "scaling_change", "scaling_exponent"]

Numbers = Sequence[float] | np.ndarray

#: Beyond this relative error the logarithm of a mean is neither normal nor unbiased.
NOISIEST = 0.2


@dataclass(frozen=True)
class Exponent:
    """The exponent of a risk curve, or a difference of two; ``local`` are the slopes between neighbouring sizes.

    ``value`` is a weighted mean of the local slopes, whatever the curve; ``low`` and ``high`` hold that mean at the
    level asked for, given the errors of the risks. On a pure power law the local slopes agree.
    """

    value: float
    low: float
    high: float
    local: tuple[float, ...]


def scaling_exponent(
    sizes: Numbers,
    risks: Numbers,
    errors: Numbers | None = None,
    *,
    level: float = 1 - 1e-6,
) -> Exponent:
    """Return the exponent a of risk ~ size^a by least squares on logarithms, an `Exponent`.

    a = sum (x_i - mean x) ln risk_i/sum (x_i - mean x)^2, x = ln size. ``errors`` are standard errors of independent
    mean risks, normal as means over many seeds are; left out, the risks are exact and the interval is a point.

    >>> round(scaling_exponent([10, 100, 1000], [2e-1, 2e-2, 2e-3]).value, 12)
    -1.0
    """
    slopes, logs, relative = _read(sizes, risks, errors)
    return _interval(float(slopes @ logs), math.sqrt(float(slopes**2 @ relative**2)), _local(sizes, logs), level)


def scaling_change(
    sizes: Numbers,
    real: Numbers,
    synthetic: Numbers,
    *,
    real_errors: Numbers | None = None,
    synthetic_errors: Numbers | None = None,
    level: float = 1 - 1e-6,
) -> Exponent:
    """Return the exponent of the synthetic curve less that of the real one, an `Exponent`.

    Definition 5 as a change of the exponent: the law has changed where the interval excludes 0. A factor that is
    the same at all sizes leaves it at 0; a floor that no amount of data removes moves it towards minus the real
    exponent. The two curves are independent.

    >>> sizes = [10, 100, 1000]
    >>> change = scaling_change(sizes, [1 / n for n in sizes], [5 / n for n in sizes])
    >>> abs(change.value) < 1e-12
    True
    """
    slopes, before, first = _read(sizes, real, real_errors, "real")
    _, after, second = _read(sizes, synthetic, synthetic_errors, "synthetic")
    error = math.sqrt(float(slopes**2 @ (first**2 + second**2)))
    return _interval(float(slopes @ (after - before)), error, _local(sizes, after - before), level)


def _read(
    sizes: Numbers, risks: Numbers, errors: Numbers | None, name: str = "risks"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the least-squares weights, the log risks and their relative errors."""
    scale = vector("sizes", sizes)
    if len(scale) < 2 or (scale <= 0).any() or (np.diff(scale) <= 0).any():
        raise BadInput("sizes", sizes, "at least two positive sizes in increasing order")
    curve = vector(name, risks, length=len(scale))
    if (curve <= 0).any():
        raise BadInput(name, risks, "positive", f"entry {int(curve.argmin())} is {curve.min():g}")
    spread = np.zeros(len(scale)) if errors is None else vector("errors", errors, length=len(scale))
    relative = spread / curve
    if (spread < 0).any() or (relative > NOISIEST).any():
        allowed = f"from 0 to {NOISIEST:g} of the risk"
        raise BadInput("errors", errors, allowed, f"the worst is {np.abs(relative).max():.3g}; use more seeds")
    x = np.log(scale)
    centred = x - x.mean()
    return centred / (centred @ centred), np.log(curve), relative


def _local(sizes: Numbers, logs: np.ndarray) -> tuple[float, ...]:
    return tuple(float(slope) for slope in np.diff(logs) / np.diff(np.log(np.asarray(sizes, dtype=np.float64))))


def _interval(value: float, error: float, local: tuple[float, ...], level: float) -> Exponent:
    level = number("level", level, low=0, high=1, open_low=True, open_high=True)
    reach = error * NormalDist().inv_cdf((1 + level) / 2) if error else 0.0
    return Exponent(value, value - reach, value + reach, local)
