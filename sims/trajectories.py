"""Every path of a loop: ``trajectories``."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.checks import count
from sims.collect import Paths
from sims.run import BLOCK, Job, Progress, make_job
from sims.seeds import seed_ids, vector_of
from sims.share import Share, fill, open_store, stored

__all__ = ["path_block", "paths_of", "trajectories"]


def trajectories(
    process: Any,
    workflow: Any,
    metric: Any,
    *,
    seeds: Any,
    n: Any,
    generations: Any,
    store: Any = None,
    resume: bool = False,
    block: int = BLOCK,
    progress: Progress | None = None,
    **settings: Any,
) -> np.ndarray:
    """Return the metric of every path, float64 of shape (S, G, …).

    Row i belongs to seed id i, or ``seeds[i]`` if ids are given, and is a function of (root, seed id) alone, to
    the bit. Further settings: ``root`` (an integer or key), ``road`` (auto, chain, law, moments, samples),
    ``devices``, ``most_rows``, ``most_generations``. With a ``store`` (a folder) finished blocks are journalled
    there, and ``resume`` continues a run that was stopped.

    >>> from sims.processes.gaussian import Gaussian
    >>> from sims.workflows.replace import Replace
    >>> trajectories(Gaussian(), Replace(), "sd", seeds=3, n=10, generations=2).shape
    (3, 2)
    """
    job = make_job(process, workflow, metric, n=n, generations=generations, **settings)
    ids = seed_ids(seeds)
    block = count("block", block)
    if store is None:
        return paths_of(job, vector_of(ids), progress)
    wanted, folder = open_store(store, job, ids, kind="trajectories", resume=resume)
    fill(folder, wanted, path_block(job), Share(block=block), progress)
    pieces = [(entry, folder.read(entry)["values"]) for entry in stored(folder, wanted)]
    out = np.empty((len(wanted), *pieces[0][1].shape[1:]))
    for entry, values in pieces:
        start, stop = max(entry.start, wanted.start), min(entry.stop, wanted.stop)
        out[start - wanted.start : stop - wanted.start] = values[start - entry.start : stop - entry.start]
    return out


def path_block(job: Job) -> Any:
    """Return the function that computes the arrays of one stored block of paths."""
    return lambda ids: {"values": paths_of(job, np.arange(ids.start, ids.stop))}


def paths_of(job: Job, ids: np.ndarray, progress: Progress | None = None) -> np.ndarray:
    """Return the metric of the paths with these ids, float64 of shape (ids, G, …), of a run that is settled.

    A caller that comes back for block after block settles its run once: that costs more than a small block.
    """
    out, at = None, 0
    for tile in job.tiles(Paths(), ids, np.ones(len(ids), bool)):
        width = min(job.lanes, len(ids) - at)
        if out is None:
            out = np.empty((len(ids), *tile.shape[:1], *tile.shape[2:]))
        out[at : at + width] = np.swapaxes(tile[:, :width], 0, 1)
        at += width
        if progress is not None:
            progress(at, len(ids))
    assert out is not None
    return out
