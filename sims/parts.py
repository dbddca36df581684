"""A stored run computed by several processes or hosts: each contributes its blocks, anyone reads the whole."""

from __future__ import annotations

from typing import Any

from groundwork.checks import choice, count
from sims.collect import UNIT, Grid
from sims.run import BLOCK, Progress, make_job
from sims.seeds import seed_ids
from sims.share import Share, fill, open_store
from sims.store import describe
from sims.streaming import moment_block
from sims.trajectories import path_block

__all__ = ["contribute"]


def contribute(
    kind: str,
    process: Any,
    workflow: Any,
    metric: Any,
    *,
    part: tuple[int, int],
    seeds: Any,
    n: Any,
    generations: Any,
    store: Any,
    grid: Grid | None = None,
    block: int = BLOCK,
    progress: Progress | None = None,
    **settings: Any,
) -> None:
    """Compute every k-th missing block of a stored run from the i-th on, ``part = (i, k)``, and return nothing.

    ``kind`` is ``trajectories`` or ``summary``. Once all parts are in the store, that function called with the
    same arguments and ``resume=True`` computes nothing more and returns the whole, with the bits of one process.
    """
    choice("kind", kind, ("summary", "trajectories"))
    index, parts = (count("part", each, least=0) for each in part)
    share = Share(index, parts, -(-count("block", block) // UNIT) * UNIT)
    job = make_job(process, workflow, metric, n=n, generations=generations, **settings)
    more: dict[str, Any] = {}
    compute = path_block(job)
    if kind == "summary":
        grid = None if grid is None else grid.over(job.plan.generations)
        more = {"grid": describe(grid), "unit": UNIT}
        compute = moment_block(job, grid)
    wanted, folder = open_store(store, job, seed_ids(seeds), kind=kind, resume=True, writer=index, **more)
    fill(folder, wanted, compute, share, progress, UNIT if kind == "summary" else 1)
