"""Streamed moments of a loop: ``summary``. The memory is one block's, whatever the number of seeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from groundwork.checks import count
from groundwork.errors import BadInput
from sims.collect import UNIT, Grid, Moments
from sims.run import BLOCK, Job, Progress, make_job
from sims.seeds import SeedIds, between, seed_ids
from sims.share import Share, fill, open_store, stored
from sims.store import describe
from sims.summary import Summary, as_summary, merge_units

__all__ = ["moment_block", "summary"]

MOMENTS = ("count", "lost", "mean", "m2", "m3", "m4", "min", "max")


def summary(
    process: Any,
    workflow: Any,
    metric: Any,
    *,
    seeds: Any,
    n: Any,
    generations: Any,
    grid: Grid | None = None,
    means: bool = True,
    store: Any = None,
    resume: bool = False,
    block: int = BLOCK,
    progress: Progress | None = None,
    **settings: Any,
) -> Summary:
    """Return moments (and, on a ``grid``, counts) of the metric over seeds, generation by generation.

    The result is a function of the set of seed ids alone: not of block size, order, devices or interruptions.
    A mean that mathematics says is infinite is refused; ``means=False`` runs all the same, for quantiles, and
    leaves mean and moments NaN. Further settings as in ``trajectories``.

    >>> from sims.processes.gaussian import Gaussian
    >>> from sims.workflows.replace import Replace
    >>> summary(Gaussian(), Replace(), "sd", seeds=1000, n=10, generations=2).count.tolist()
    [1000, 1000]
    """
    job = make_job(process, workflow, metric, n=n, generations=generations, **settings)
    ids = seed_ids(seeds)
    ids = ids if isinstance(ids, range) else np.unique(ids)
    block = -(-count("block", block) // UNIT) * UNIT
    if grid is not None:
        if not isinstance(grid, Grid):
            raise BadInput("grid", grid, "a Grid(low, high)")
        grid = grid.over(job.plan.generations)
    if means:
        reason = job.plan.process.infinite_mean(job.measured, job.plan.workflow, job.plan.sizes)
        if reason:
            raise BadInput("metric", job.measured, "one with a finite mean", f"{reason}; or say means=False")
    if store is None:
        records = _stream(job, ids, grid, block, progress)
    else:
        wanted, folder = open_store(store, job, ids, kind="summary", resume=resume, grid=describe(grid), unit=UNIT)
        fill(folder, wanted, moment_block(job, grid), Share(block=block), progress, whole=UNIT)
        records = (folder.read(entry) | {"stop": np.asarray(entry.stop)} for entry in stored(folder, wanted, UNIT))
    return _total(records, grid, means)


def moment_block(job: Job, grid: Grid | None) -> Any:
    """Return the function that computes the arrays of one stored block of moments."""
    return lambda ids: _block(job, np.arange(ids.start, ids.stop), grid)


def _block(job: Job, ids: np.ndarray, grid: Grid | None) -> dict[str, np.ndarray]:
    """Return the unit statistics of the ids, units first, and the block's histogram."""
    units = np.unique(ids // UNIT)
    lanes = (units[:, None] * UNIT + np.arange(UNIT)).reshape(-1)
    pieces: dict[str, list[np.ndarray]] = {name: [] for name in MOMENTS}
    histogram: Any = None
    for tile in job.tiles(Moments(grid), lanes, np.isin(lanes, ids)):
        for name in MOMENTS:
            pieces[name].append(np.swapaxes(tile[name], 0, 1))
        if grid is not None:
            counted = tile["histogram"].sum(axis=1)
            histogram = counted if histogram is None else histogram + counted
    arrays = {name: np.concatenate(parts)[: len(units)] for name, parts in pieces.items()}
    return arrays if grid is None else arrays | {"histogram": histogram}


def _stream(
    job: Job, ids: SeedIds, grid: Grid | None, block: int, progress: Progress | None
) -> Iterator[dict[str, np.ndarray]]:
    done = 0
    for start in range(int(ids[0]) // UNIT * UNIT, int(ids[-1]) + 1, block):
        part = between(ids, start, start + block)
        if len(part):
            yield _block(job, part, grid)
            done += len(part)
            if progress is not None:
                progress(done, len(ids))


def _total(records: Iterator[dict[str, np.ndarray]], grid: Grid | None, means: bool) -> Summary:
    histogram: Any = None

    def units() -> Iterator[dict[str, np.ndarray]]:
        nonlocal histogram
        for record in records:
            if grid is not None:
                histogram = record["histogram"] if histogram is None else histogram + record["histogram"]
            for index in range(len(record["count"])):
                yield {name: record[name][index] for name in MOMENTS}

    total = merge_units(units())
    assert total is not None
    if not means:
        blank = np.full_like(total["mean"], np.nan)
        total |= dict.fromkeys(("mean", "m2", "m3", "m4"), blank)
    return as_summary(total, histogram, grid)
