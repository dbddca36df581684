"""Streamed moments of a metric over seeds: units merged in the order of their seed ids."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np
import scipy.special

from groundwork.checks import number
from groundwork.errors import BadInput
from sims.collect import Grid

__all__ = ["Summary", "merge_units"]


@dataclasses.dataclass(frozen=True)
class Summary:
    """Moments of one number over seeds, generation by generation: arrays of shape (G, …).

    ``count`` paths were finite and ``lost`` were not; everything else is of the finite ones. ``m2`` to ``m4`` are
    sums of centred powers. ``histogram`` (G, bins + 2, …) counts what lies below the grid, in each bin, above.
    """

    count: np.ndarray
    lost: np.ndarray
    mean: np.ndarray
    m2: np.ndarray
    m3: np.ndarray
    m4: np.ndarray
    min: np.ndarray
    max: np.ndarray
    histogram: np.ndarray | None = None
    grid: Grid | None = None

    @property
    def variance(self) -> np.ndarray:
        """The unbiased sample variance; NaN for fewer than two paths."""
        return np.divide(self.m2, self.count - 1, out=np.full_like(self.m2, np.nan), where=self.count > 1)

    @property
    def sd(self) -> np.ndarray:
        """The root of the sample variance."""
        return np.sqrt(self.variance)

    @property
    def standard_error(self) -> np.ndarray:
        """The estimated standard deviation of the mean."""
        return self.sd / np.sqrt(np.maximum(self.count, 1))

    @property
    def skewness(self) -> np.ndarray:
        """The sample skewness; NaN where nothing varies."""
        return self._ratio(self.m3, 1.5)

    @property
    def kurtosis(self) -> np.ndarray:
        """The sample kurtosis (3 for a normal law); NaN where nothing varies."""
        return self._ratio(self.m4, 2.0)

    def interval(self, level: float = 0.99) -> tuple[np.ndarray, np.ndarray]:
        """Return the normal-theory interval of the mean. It is a picture, not a verdict: see ``normal_enough``."""
        level = number("level", level, low=0, high=1, open_low=True, open_high=True)
        half = scipy.special.ndtri(0.5 + level / 2) * self.standard_error
        return self.mean - half, self.mean + half

    def normal_enough(self, level: float = 0.99) -> np.ndarray:
        r"""Return where the normal interval's error rate can be believed, by the sample's own skewness.

        The rule :math:`|\mathrm{skew}|\, z^3/(6\sqrt{N}) \le 0.22` bounds the relative error of the tail by about
        a quarter. A tail that produced no draw at all is invisible to it.
        """
        z = scipy.special.ndtri(0.5 + number("level", level, low=0, high=1) / 2)
        bound = 0.22 * 6 * np.sqrt(self.count) / z**3
        return ~(np.abs(self.skewness) > bound) & (self.count > 1)

    def quantile(self, level: float) -> np.ndarray:
        """Return the quantile (G, …), interpolated inside its bin; NaN where it lies off the grid."""
        level = number("level", level, low=0, high=1)
        if self.histogram is None or self.grid is None:
            raise BadInput("quantile", level, "asked of a summary made with a grid", "pass grid=Grid(low, high)")
        edges = self.grid.edges()
        inside = np.moveaxis(self.histogram, 1, -1)
        total = np.cumsum(inside, axis=-1)
        wanted = level * total[..., -1:]
        place = np.argmax(total >= np.maximum(wanted, 1), axis=-1)
        edges = edges.reshape(len(edges), *[1] * (inside.ndim - 2), -1)
        edges = np.broadcast_to(edges, (*inside.shape[:-1], edges.shape[-1]))
        found = (place >= 1) & (place <= self.grid.bins)
        left = np.clip(place - 1, 0, self.grid.bins - 1)[..., None]
        low = np.take_along_axis(edges, left, -1)[..., 0]
        high = np.take_along_axis(edges, left + 1, -1)[..., 0]
        in_bin = np.take_along_axis(inside, place[..., None], -1)[..., 0]
        before = np.take_along_axis(total, place[..., None], -1)[..., 0] - in_bin
        part = np.clip((wanted[..., 0] - before) / np.maximum(in_bin, 1), 0, 1)
        return np.where(found, low + part * (high - low), np.nan)

    def _ratio(self, moment: np.ndarray, power: float) -> np.ndarray:
        scale = self.m2 / np.maximum(self.count, 1)
        mean_moment = moment / np.maximum(self.count, 1)
        return np.divide(mean_moment, scale**power, out=np.full_like(moment, np.nan), where=scale > 0)


def merge_units(units: Iterable[dict[str, np.ndarray]]) -> dict[str, np.ndarray] | None:
    """Return the moments of all units, merged one after the other (Chan's rule to order 4); None for no unit."""
    total: dict[str, np.ndarray] | None = None
    # Numbers near the end of float64 overflow in their fourth powers; what comes out is not finite and says so.
    with np.errstate(over="ignore", invalid="ignore"):
        for unit in units:
            total = dict(unit) if total is None else _merge(total, unit)
    return total


def _merge(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    na, nb = a["count"].astype(np.float64), b["count"].astype(np.float64)
    n = np.maximum(na + nb, 1.0)
    delta = b["mean"] - a["mean"]
    share = delta / n
    m2 = a["m2"] + b["m2"] + delta * share * na * nb
    m3 = a["m3"] + b["m3"] + delta * share**2 * na * nb * (na - nb) + 3 * share * (na * b["m2"] - nb * a["m2"])
    m4 = (
        a["m4"]
        + b["m4"]
        + delta * share**3 * na * nb * (na**2 - na * nb + nb**2)
        + 6 * share**2 * (na**2 * b["m2"] + nb**2 * a["m2"])
        + 4 * share * (na * b["m3"] - nb * a["m3"])
    )
    return {
        "count": a["count"] + b["count"],
        "lost": a["lost"] + b["lost"],
        # An empty side has mean 0 by convention; dividing and multiplying by n would cost the other its last bit.
        "mean": np.where(na == 0, b["mean"], a["mean"] + share * nb),
        "m2": m2,
        "m3": m3,
        "m4": m4,
        "min": np.minimum(a["min"], b["min"]),
        "max": np.maximum(a["max"], b["max"]),
    }


def as_summary(total: dict[str, np.ndarray], histogram: Any, grid: Grid | None) -> Summary:
    """Return the summary of merged units; a generation that lost every path has no mean."""
    nothing = total["count"] == 0
    blank = {name: np.where(nothing, np.nan, total[name]) for name in ("mean", "m2", "m3", "m4", "min", "max")}
    return Summary(count=total["count"], lost=total["lost"], **blank, histogram=histogram, grid=grid)
