"""The bridge from a loop to a check: its paths, simulated by sims, one number a path.

Equal loops of a check (points that differ in the generation alone) are simulated once a block. jax is imported when
the first path is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from groundwork.checks import count
from groundwork.errors import BadInput

__all__ = ["Then", "paths"]

Point = Mapping[str, Any]
Then = Callable[[np.ndarray, Point], np.ndarray]

#: Blocks kept for the points that share a loop.
_KEPT = 4


def paths(
    process: str,
    workflow: str,
    metric: str,
    *,
    n: int | str,
    generations: int,
    at: int | str,
    road: str = "auto",
    then: Then | None = None,
    **declared: Any,
) -> Callable[[int, Point], Callable[[np.ndarray], np.ndarray]]:
    """Return a sampler (seed, point) -> draw, where draw(ids) is the metric at one generation, float64 (ids,).

    ``process`` and ``workflow`` are written as on the command line; names in braces are filled in from the point.
    ``n`` and ``at`` (the generation) are numbers or names of parameters of the point. ``then(x, point)`` turns the
    metric into the outcome that is averaged. ``most_rows`` and ``most_generations`` can be declared, so that points
    share one compiled program. The seed of the check is the root of the run, and path ids are its seed ids.

    >>> sampler = paths("gaussian(sigma={sigma})", "replace", "sd", n="n", generations=3, at="g")
    >>> sampler(7, {"sigma": 2.0, "n": 10, "g": 2})(np.arange(512)).shape
    (512,)
    """
    generations = count("generations", generations)
    kept: dict[tuple[Any, ...], np.ndarray] = {}

    def sampler(seed: int, point: Point) -> Callable[[np.ndarray], np.ndarray]:
        made, loop = process.format(**point), workflow.format(**point)
        rows, column = _given("n", n, point), _given("at", at, point) - 1
        if not 0 <= column < generations:
            raise BadInput("at", column + 1, f"a generation from 1 to {generations}")

        def draw(ids: np.ndarray) -> np.ndarray:
            key = (seed, made, loop, rows, ids.tobytes())
            if key not in kept:
                while len(kept) >= _KEPT:
                    kept.pop(next(iter(kept)))
                kept[key] = _simulated(made, loop, metric, seed, ids, rows, generations, road, declared)
            outcome = np.ascontiguousarray(kept[key][:, column])
            return outcome if then is None else np.ascontiguousarray(then(outcome, point))

        return draw

    return sampler


def _given(name: str, wanted: int | str, point: Point) -> int:
    return count(name, point[wanted] if isinstance(wanted, str) else wanted)


def _simulated(
    process: str,
    workflow: str,
    metric: str,
    seed: int,
    ids: np.ndarray,
    n: int,
    generations: int,
    road: str,
    declared: Mapping[str, Any],
) -> np.ndarray:
    from sims.trajectories import paths_of

    job = _job(process, workflow, metric, n, generations, road, tuple(sorted(declared.items())))
    return paths_of(job.rooted(seed), ids)


@lru_cache(maxsize=64)
def _job(
    process: str, workflow: str, metric: str, n: int, generations: int, road: str, declared: tuple[tuple[str, Any], ...]
) -> Any:
    """Return the settled run of a loop, kept: settling it takes longer than many a block."""
    from sims.catalog import make_process, make_workflow
    from sims.run import make_job

    loop = make_process(process), make_workflow(workflow)
    return make_job(*loop, metric, n=n, generations=generations, road=road, **dict(declared))
