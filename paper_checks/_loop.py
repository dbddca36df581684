"""A loop written down once, for the sampler of a check and for every planted error in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from groundwork.checks import count

__all__ = ["Draw", "Loop", "Outcome"]

Point = Mapping[str, Any]
Draw = Callable[[np.ndarray], np.ndarray]

#: From the metric at all generations up to the wanted one, float64 (paths, g), to one number a path.
Outcome = Callable[[np.ndarray, Point], np.ndarray]

#: Paths whose whole trajectories are held at once.
_AT_ONCE = 8192


@dataclass(frozen=True, kw_only=True)
class Loop:
    """What is simulated: process, workflow, metric, size, and the generation at which the outcome is taken.

    ``process`` and ``workflow`` are written as on the command line, with names of the point in braces, or are
    functions of the point that build them. ``n`` and ``at`` are numbers or names of parameters of the point.
    ``outcome(x, point)`` makes one number a path of the metric at generations 1 to ``at``; by default it is
    the last one.
    """

    process: str | Callable[[Point], Any]
    workflow: str | Callable[[Point], Any]
    metric: str
    n: int | str
    at: int | str
    road: str = "auto"
    outcome: Outcome | None = None

    def build(self, point: Point) -> tuple[Any, Any]:
        """Return process and workflow at a point."""
        from sims.catalog import make_process, make_workflow

        process, workflow = self.process, self.workflow
        return (
            make_process(process.format(**point)) if isinstance(process, str) else process(point),
            make_workflow(workflow.format(**point)) if isinstance(workflow, str) else workflow(point),
        )

    def sampler(self) -> Callable[[int, Point], Draw]:
        """Return the sampler (seed, point) -> draw; the seed is the root of the run, path ids are its seed ids.

        >>> loop = Loop(process="gaussian(sigma={sigma})", workflow="replace", metric="sd", n="n", at="g")
        >>> loop.sampler()(7, {"sigma": 2.0, "n": 10, "g": 2})(np.arange(512)).shape
        (512,)
        """
        return lambda seed, point: self.draw(*self.build(point), self.metric, seed, point)

    def draw(self, process: Any, workflow: Any, metric: Any, seed: int, point: Point) -> Draw:
        """Return the draw under a process, workflow and metric of this kind; they are settled when it is first used."""
        size, at = (count(name, point[v] if isinstance(v, str) else v) for name, v in (("n", self.n), ("at", self.at)))

        @cache
        def settled() -> Any:
            from sims.run import make_job

            return make_job(process, workflow, metric, n=size, generations=at, root=seed, road=self.road)

        def draw(ids: np.ndarray) -> np.ndarray:
            from sims.trajectories import paths_of

            out = np.empty(len(ids))
            for start in range(0, len(ids), _AT_ONCE):
                some = slice(start, start + _AT_ONCE)
                x = paths_of(settled(), ids[some])
                out[some] = x[:, -1] if self.outcome is None else self.outcome(x, point)
            return out

        return draw
