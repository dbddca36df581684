"""The effect of model size on strong collapse, in its two readings: the synthetic part, or the whole risk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundwork.checks import choice, count
from groundwork.errors import BadInput
from theory.projection.interpolating import interpolating_risk, interpolating_shift
from theory.projection.small import risk, shift

__all__ = ["best_size", "size_effect"]

READINGS = ("shift", "risk")


def size_effect(
    sizes: Sequence[int],
    *,
    d: int,
    n: int,
    n_syn: int,
    c2: float,
    sigma: float = 1.0,
    signal: float = 1.0,
    reading: str = "shift",
) -> np.ndarray:
    """Return the value of the reading at each number m of random features, shape (len(sizes),).

    Reading "shift" is the part of the mean excess risk that is linear in c2, "risk" the whole of it; below the
    interpolation threshold `projection.risk`, beyond it `projection.interpolating_risk`. A size whose mean is
    infinite, min(m, d) within 1 of n, is refused. The two readings disagree: the shift part is least for the
    smallest model, while the whole risk may be least for the largest.

    >>> size_effect([1, 8], d=9, n=5, n_syn=1, c2=1.0).round(3)
    array([0.069, 0.778])
    """
    reading = choice("reading", reading, READINGS)
    sizes = [count("sizes", m) for m in sizes]
    if not sizes:
        raise BadInput("sizes", sizes, "at least one number of features")
    small, large = (shift, interpolating_shift) if reading == "shift" else (risk, interpolating_risk)
    more = () if reading == "shift" else (sigma, signal)
    # More features than dimensions span no more than all of them, which matters below the threshold only.
    return np.array(
        [small(d, min(m, d), n, n_syn, c2, *more) if min(m, d) < n else large(d, m, n, n_syn, c2, *more) for m in sizes]
    )


def best_size(
    sizes: Sequence[int],
    *,
    d: int,
    n: int,
    n_syn: int,
    c2: float,
    sigma: float = 1.0,
    signal: float = 1.0,
    reading: str = "shift",
) -> int:
    """Return the number of features, among the given ones, at which the reading of `size_effect` is least.

    >>> setting = dict(d=120, n=72, n_syn=18, c2=1.0, sigma=0.3)
    >>> best_size([4, 1000], **setting), best_size([4, 1000], **setting, reading="risk")
    (4, 1000)
    """
    values = size_effect(sizes, d=d, n=n, n_syn=n_syn, c2=c2, sigma=sigma, signal=signal, reading=reading)
    return int(sizes[int(values.argmin())])
