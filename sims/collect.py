"""What a compiled run hands back each generation: the paths themselves, or moments and counts of units of them.

A unit is 256 consecutive seed ids, a constant of the project: sums inside a unit are made by the program in one
fixed shape, and units are merged by the host in the order of their ids, so totals depend on nothing else.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool

from groundwork.checks import count
from groundwork.errors import BadInput
from sims.trees import pytree, static

__all__ = ["UNIT", "Grid", "Moments", "Paths"]

#: Seed ids in a unit of summation. Changing it changes published bits.
UNIT = 256


@pytree
@dataclasses.dataclass(frozen=True)
class Paths:
    """Collect every value of every path: leaves (generation, lane, …)."""

    def start(self, shape: Any, chunk: int) -> Array:
        """Return room for ``chunk`` generations of values of this shape (lane, …)."""
        return jnp.zeros((chunk, *shape.shape))

    def store(self, room: Array, index: Array, value: Array, counted: Bool[Array, " lanes"]) -> Array:
        """Return the room with one generation written."""
        return room.at[index].set(value)


@pytree
@dataclasses.dataclass(frozen=True)
class Grid:
    """Bins of a histogram: ``bins`` equal ones in [low, high], of the value or of its logarithm.

    ``low`` and ``high`` may be one number or one for each generation; what falls outside is counted apart.

    >>> Grid(0, 1, bins=4).edges().tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """

    low: Any
    high: Any
    bins: int = static(256)
    log: bool = static(False)

    def __post_init__(self) -> None:
        """Check the ends."""
        count("bins", self.bins)
        low, high = np.asarray(self.low, np.float64), np.asarray(self.high, np.float64)
        if low.ndim > 1 or low.shape != high.shape or not np.isfinite([low, high]).all() or not (low < high).all():
            raise BadInput("Grid", (self.low, self.high), "ends low < high, numbers or one pair a generation")
        if self.log and not (low > 0).all():
            raise BadInput("low", self.low, "a number > 0 for bins of the logarithm")
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)

    def over(self, generations: int) -> Grid:
        """Return the grid with one pair of ends for each generation."""
        if np.ndim(self.low) == 1 and len(self.low) != generations:
            raise BadInput("Grid", f"{len(self.low)} pairs of ends", f"one pair, or {generations}, one a generation")
        return dataclasses.replace(
            self,
            low=np.broadcast_to(self.low, (generations,)),
            high=np.broadcast_to(self.high, (generations,)),
        )

    def edges(self) -> np.ndarray:
        """Return the bin edges (…, bins + 1)."""
        ends = (np.log(self.low), np.log(self.high)) if self.log else (self.low, self.high)
        edges = np.linspace(*ends, self.bins + 1, axis=-1)
        return np.exp(edges) if self.log else edges


@pytree
@dataclasses.dataclass(frozen=True)
class Moments:
    """Collect, for each unit: count, mean, centred sums of powers 2 to 4, min, max; and one histogram."""

    grid: Grid | None = None

    def start(self, shape: Any, chunk: int) -> dict[str, Array]:
        """Return room for ``chunk`` generations of the statistics of each unit."""
        units = (chunk, shape.shape[0] // UNIT, *shape.shape[1:])
        room = {name: jnp.zeros(units) for name in ("mean", "m2", "m3", "m4")}
        room |= {"count": jnp.zeros(units, jnp.int64), "lost": jnp.zeros(units, jnp.int64)}
        room |= {"min": jnp.full(units, jnp.inf), "max": jnp.full(units, -jnp.inf)}
        if self.grid is not None:
            room["histogram"] = jnp.zeros((chunk, 1, self.grid.bins + 2, *shape.shape[1:]), jnp.int64)
        return room

    def store(self, room: dict[str, Array], index: Array, value: Array, counted: Array) -> dict[str, Array]:
        """Return the room with the statistics of one generation written."""
        grouped = value.reshape(-1, UNIT, *value.shape[1:])
        present = counted.reshape(-1, UNIT, *[1] * (value.ndim - 1))
        finite = jnp.isfinite(grouped) & present
        kept = jnp.sum(finite, axis=1)
        mean = jnp.sum(jnp.where(finite, grouped, 0.0), axis=1) / jnp.maximum(kept, 1).astype(jnp.float64)
        offset = jnp.where(finite, grouped - mean[:, None], 0.0)
        square = offset**2
        new = {
            "count": kept,
            "lost": jnp.sum(~finite & present, axis=1),
            "mean": mean,
            "m2": jnp.sum(square, axis=1),
            "m3": jnp.sum(square * offset, axis=1),
            "m4": jnp.sum(square**2, axis=1),
            "min": jnp.min(jnp.where(finite, grouped, jnp.inf), axis=1),
            "max": jnp.max(jnp.where(finite, grouped, -jnp.inf), axis=1),
        }
        if self.grid is not None:
            new["histogram"] = self._histogram(index, value, counted)[None]
        return {name: room[name].at[index].set(new[name]) for name in room}

    def _histogram(self, index: Array, value: Array, counted: Array) -> Array:
        grid = self.grid
        assert grid is not None
        low, high = jnp.asarray(grid.low)[index], jnp.asarray(grid.high)[index]
        mask = counted.reshape(-1, *[1] * (value.ndim - 1)) & jnp.isfinite(value)
        if grid.log:
            # Zero and below have no logarithm: they belong under the lowest bin, not among the lost.
            value, low, high = jnp.log(jnp.maximum(value, 0.0)), jnp.log(low), jnp.log(high)
        place = jnp.floor((value - low) / (high - low) * grid.bins) + 1.0
        bins = jnp.clip(jnp.nan_to_num(place), 0.0, grid.bins + 1.0).astype(jnp.int64)
        # The upper end belongs to the last bin.
        bins = jnp.where(value == high, grid.bins, bins)
        columns = bins.reshape(bins.shape[0], -1)
        weights = jnp.where(mask, 1, 0).reshape(columns.shape)
        room = jnp.zeros((grid.bins + 2, columns.shape[1]), jnp.int64)
        filled = room.at[columns, jnp.arange(columns.shape[1])[None, :]].add(weights)
        return filled.reshape(grid.bins + 2, *value.shape[1:])
