"""What streaming costs: moments and a histogram of every generation, against the bare loop and stored paths."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool

from benchmarks.harness import Case, Goal, Variant
from sims.collect import Grid
from sims.processes.gaussian import Gaussian
from sims.run import make_job
from sims.streaming import summary
from sims.trajectories import trajectories
from sims.trees import pytree
from sims.workflows.replace import Replace

__all__ = ["Sum", "cases"]

SEEDS, N, G = 16_384, 100, 192


@pytree
@dataclasses.dataclass(frozen=True)
class Sum:
    """Collect the sum over the generations alone: the least that keeps the loop from being optimised away."""

    def start(self, shape: Any, chunk: int) -> Array:
        """Return one row of zeros (1, lane)."""
        return jnp.zeros((1, *shape.shape))

    def store(self, room: Array, index: Array, value: Array, counted: Bool[Array, " lanes"]) -> Array:
        """Return the row with one generation added."""
        return room + value[None]


def cases() -> list[Case]:
    """Return the one comparison, on the log scale of the Gaussian chain."""
    loop = Gaussian(), Replace(), "log_sd"
    job, ids = make_job(*loop, n=N, generations=G), np.arange(SEEDS)
    everyone = np.ones(SEEDS, bool)
    grid = Grid(-6.0, 2.0, bins=64)
    work = SEEDS * G

    def moments(grid: Grid | None = None) -> object:
        return summary(*loop, seeds=SEEDS, n=N, generations=G, grid=grid)

    return [
        Case(
            f"streaming, gaussian chain, G={G}",
            "seed·generation",
            (
                Variant("bare loop", work, lambda: list(job.tiles(Sum(), ids, everyone))),
                Variant("stored paths", work, lambda: trajectories(*loop, seeds=SEEDS, n=N, generations=G)),
                Variant("moments", work, moments),
                Variant("moments and histogram", work, lambda: moments(grid)),
            ),
            (Goal("moments and histogram", "bare loop", 0.8),),
        )
    ]
