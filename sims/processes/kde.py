r"""A Gaussian kernel density estimate of its own draws, with a fixed bandwidth: a model that is its corpus.

A model is a set of points with weights and one kernel width, :math:`f = \sum_i w_i N(x_i, h^2) / \sum_i w_i`. The
number of points grows with the corpus, and a compiled program has one shape: so a model has room for all slots of
the corpus, and what is empty weighs 0. The room is the one thing that a process learns from the ``Layout`` alone; it
travels as the shape of a table without entries. The real law N(0, s^2) is such a model too: one point, width s.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from groundwork.checks import number
from sims.process import Layout, Process, Size
from sims.samplers import categories, normal
from sims.trees import pytree

__all__ = ["Kde", "KdeWorld", "KernelModel"]


@pytree
@dataclasses.dataclass(frozen=True)
class KernelModel:
    """Points, how much each counts (0: none is there), and the standard deviation of the kernel."""

    points: Float[Array, " room"]
    weight: Float[Array, " room"]
    width: Float[Array, ""]


@pytree
@dataclasses.dataclass(frozen=True)
class KdeWorld:
    """The standard deviation of the real law, where densities are asked, and the room for points (no entries)."""

    sigma: Float[Array, ""]
    at: Float[Array, ""]
    room: Float[Array, "room 0"]


@pytree
@dataclasses.dataclass(frozen=True)
class Kde(Process):
    """Fit a Gaussian kernel density of bandwidth ``h`` to the corpus, and draw from it; the real law is N(0, sigma^2).

    A draw is a point of the corpus, by weight, with kernel noise. ``at`` is where the metric ``density`` looks.
    The engine's generation 1 is the estimate on the real sample; the closed forms in theory's ``kde`` that call the
    real sample generation 0 are one behind. Source: Kazdan et al. 2024 as told by Schaeffer et al. 2025, section 4.4.

    >>> Kde(h=0.5).sigma
    1.0
    """

    h: Any = 0.3
    sigma: Any = 1.0
    at: Any = 0.0
    name = "kde"
    metrics = ("within_variance", "mean_square", "density", "negative_log_likelihood", "corpus_mean")

    def __post_init__(self) -> None:
        """Check bandwidth, scale and place."""
        object.__setattr__(self, "h", number("h", self.h, low=1e-6, high=1e6))
        object.__setattr__(self, "sigma", number("sigma", self.sigma, low=1e-6, high=1e6))
        object.__setattr__(self, "at", number("at", self.at))

    def init(self, key: Array, size: Size) -> KdeWorld:
        """Return the real law and the room for points; they are the same in every replicate."""
        table = size.table
        room = size.rows if table is None else table.shape[0]
        sigma, at = (jnp.asarray(each, jnp.float64) for each in (self.sigma, self.at))
        return KdeWorld(sigma, at, jnp.zeros((room, 0)))

    def truth(self, world: KdeWorld) -> KernelModel:
        """Return the real law: one point at 0 under a kernel as wide as the law."""
        room = world.room.shape[0]
        return KernelModel(jnp.zeros(room), jnp.zeros(room).at[0].set(1.0), world.sigma)

    def sample(self, key: Array, world: KdeWorld, theta: KernelModel, rows: int) -> Float[Array, " rows"]:
        """Return ``rows`` points chosen by weight, each moved by kernel noise."""
        for_point, for_noise = jax.random.split(key)
        chosen = categories(for_point, theta.weight / jnp.sum(theta.weight), rows)
        return theta.points[chosen] + theta.width * normal(for_noise, (rows,))

    def fit(
        self, key: Array, world: KdeWorld, batch: Float[Array, " rows"], weight: Float[Array, " rows"], start: Any
    ) -> KernelModel:
        """Return the corpus itself under kernels of width h."""
        width = jnp.where(jnp.sum(weight) > 0, jnp.asarray(self.h, jnp.float64), jnp.nan)
        return KernelModel(batch, weight, width)

    def table(self, sizes: np.ndarray, layout: Layout) -> Any:
        """Return the room for points as a shape: (K, slots x rows, 0), which takes no memory."""
        return np.zeros((len(sizes), layout.slots * layout.rows, 0))

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Say that only rows will do, and where there are none."""
        reason = super().refuses(road, workflow, sizes)
        return reason or ("generation 1 has no rows" if sizes[0].sum() < 1 else "")
