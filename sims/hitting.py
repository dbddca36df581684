"""Waiting for an event: the generation at which it first holds, without carrying paths that have had it.

After each chunk of generations the paths still waiting are packed together, into ever narrower tiles (powers of
two, so few programs). The work is near the sum of the waiting times, not the number of seeds times the longest.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Int

from groundwork.checks import count
from groundwork.errors import BadInput
from sims.collect import UNIT, Paths
from sims.kernel import run_chunk
from sims.plan import CHUNK
from sims.run import BLOCK, Job, Progress, make_job
from sims.seeds import seed_ids, vector_of
from sims.trees import take

__all__ = ["hitting_times"]


def hitting_times(
    process: Any,
    workflow: Any,
    event: Any,
    *,
    seeds: Any,
    n: Any,
    most: int,
    progress: Progress | None = None,
    **settings: Any,
) -> Int[np.ndarray, " S"]:
    """Return for each seed (S,) the first generation at which ``event`` is not 0; 0 where not by ``most``.

    ``event`` is a metric, by name or as a function of (world, theta), and the paths are those of
    ``trajectories`` with the same settings. A path that is lost before the event never has it.

    >>> from sims.processes.wright_fisher import WrightFisher
    >>> from sims.workflows.replace import Replace
    >>> hitting_times(WrightFisher([0.5, 0.5]), Replace(), "collapsed", seeds=2, n=1, most=9).tolist()
    [1, 1]
    """
    job = make_job(process, workflow, event, n=n, generations=count("most", most), **settings)
    ids = vector_of(seed_ids(seeds))
    times = np.zeros(len(ids), np.int64)
    for start in range(0, len(ids), BLOCK):
        part = slice(start, start + BLOCK)
        times[part] = _wait(job, ids[part])
        if progress is not None:
            progress(min(start + BLOCK, len(ids)), len(ids))
    return times


def _wait(job: Job, ids: Int[np.ndarray, " S"]) -> Int[np.ndarray, " S"]:
    times = np.zeros(len(ids), np.int64)
    waiting, state = np.arange(len(ids)), None
    for start in range(0, job.plan.generations, CHUNK):
        width = _width(len(waiting), job)
        tiles = range(0, len(waiting), width)
        # Seen tile by tile: the flags of a chunk, and the states of the lanes that go on waiting.
        kept_lanes, kept_states = [], []
        for at in tiles:
            lanes = np.arange(at, min(at + width, len(waiting)))
            lanes = np.pad(lanes, (0, width - len(lanes)), mode="edge")
            ended, after = _advance(job, ids[waiting[lanes]], None if state is None else take(state, lanes), start)
            real = len(waiting[at : at + width])
            times[waiting[at : at + real]] = ended[:real]
            going = np.flatnonzero(ended[:real] == 0)
            kept_lanes.append(at + going)
            kept_states.append(take(after, going))
        waiting = waiting[np.concatenate(kept_lanes)]
        if not len(waiting):
            break
        state = jax.tree.map(lambda *leaves: jnp.concatenate(leaves), *kept_states)
    return times


def _advance(job: Job, ids: Int[np.ndarray, " W"], state: Any, start: int) -> tuple[Int[np.ndarray, " W"], Any]:
    """Return when each lane of a tile had the event in this chunk (0: not), and the tile's state after it."""
    plan = job.plan
    process, workflow, tables = job.settled
    sizes, which, steps = plan.chunk(start)
    state, flags = run_chunk(
        plan.layout, job.metric, job.mesh, process, workflow, tables, jnp.asarray(plan.first), Paths(), job.root, ids,
        np.ones(len(ids), bool), state, jnp.asarray(start), jnp.asarray(steps), sizes, which,
    )  # fmt: skip
    if flags.ndim != 2:
        raise BadInput("event", job.measured, "a metric of one number", f"it returns {flags.shape[2:]} of them")
    # A lost path compares unequal to itself and to 0 alike: it must not count as one that had the event.
    happened = (np.asarray(flags)[:steps] != 0) & ~np.isnan(np.asarray(flags)[:steps])
    first = np.argmax(happened, axis=0)
    return np.where(happened.any(axis=0), start + 1 + first, 0), state


def _width(waiting: int, job: Job) -> int:
    devices = job.mesh.size
    narrow = UNIT * devices
    while narrow < min(waiting, job.lanes):
        narrow *= 2
    return min(narrow, job.lanes)
