"""A loop of the engine as a variant: whole tiles of paths, so that no lane is idle."""

from __future__ import annotations

from typing import Any

from benchmarks.harness import Variant

__all__ = ["paths"]


def paths(
    name: str, process: Any, workflow: Any, metric: str, *, n: int, generations: int, road: str, tiles: int = 1
) -> Variant:
    """Return the variant that computes every path of so many tiles; its unit of work is a seed·generation."""
    from sims.run import make_job
    from sims.trajectories import trajectories

    seeds = tiles * make_job(process, workflow, metric, n=n, generations=generations, road=road).lanes

    def run() -> object:
        return trajectories(process, workflow, metric, seeds=seeds, n=n, generations=generations, road=road)

    return Variant(name, seeds * generations, run)
