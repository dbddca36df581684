"""Sharing a stored run: which blocks are missing, who computes them, and which finished ones make the whole."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from sims.run import BLOCK, Job, Progress
from sims.seeds import SeedIds, as_range
from sims.store import Entry, Store

__all__ = ["Share", "fill", "open_store", "stored"]


@dataclasses.dataclass(frozen=True)
class Share:
    """The part of a run that one process computes: every ``parts``-th block, from block ``index`` on."""

    index: int = 0
    parts: int = 1
    block: int = BLOCK

    def __post_init__(self) -> None:
        """Check that the index is one of the parts."""
        if not 0 <= self.index < self.parts:
            raise BadInput("part", (self.index, self.parts), "(index, parts) with 0 <= index < parts")


def open_store(
    store: Any, job: Job, ids: SeedIds, *, kind: str, resume: bool, writer: int = 0, **more: Any
) -> tuple[range, Store]:
    """Return the range of seed ids and the opened folder of a stored run."""
    if not isinstance(store, (str, os.PathLike)) or not str(store):
        raise BadInput("store", store, "the path of a folder")
    config = job.config() | {"kind": kind} | more
    return as_range(ids), Store(store, config, resume=resume, writer=writer)


def fill(
    store: Store,
    wanted: range,
    compute: Callable[[range], dict[str, np.ndarray]],
    share: Share,
    progress: Progress | None = None,
    whole: int = 1,
) -> None:
    """Compute this process's share of the missing blocks into the store.

    ``whole`` > 1 says that blocks hold statistics of units of so many ids, which cannot be taken apart again.
    """
    _, gaps = _chain(store, wanted, whole)
    blocks = []
    for gap in gaps:
        # Cut on multiples of the block: whose turn a block is follows from its place, not from what is left.
        at = gap.start
        while at < gap.stop:
            stop = min((at // share.block + 1) * share.block, gap.stop)
            blocks.append(range(at, stop))
            at = stop
    mine = [each for each in blocks if each.start // share.block % share.parts == share.index]
    finished = len(wanted) - sum(map(len, mine))
    for each in mine:
        store.write(each.start, each.stop, compute(each))
        finished += len(each)
        if progress is not None:
            progress(finished, len(wanted))


def stored(store: Store, wanted: range, whole: int = 1) -> list[Entry]:
    """Return finished blocks that together hold the wanted ids once, in order; refuse if some are missing."""
    chosen, gaps = _chain(store, wanted, whole)
    if gaps:
        raise BadInput("store", str(store.folder), "a finished run", f"seed ids from {gaps[0].start} on are missing")
    return chosen


def _chain(store: Store, wanted: range, whole: int) -> tuple[list[Entry], list[range]]:
    """Return blocks that hold wanted ids once, in order, and the ranges that none of them holds."""
    usable = [(start, stop, entry) for entry in store.entries() for start, stop in _covered(entry, wanted, whole)]
    chosen: list[Entry] = []
    gaps: list[range] = []
    at = wanted.start
    while at < wanted.stop:
        here = [(stop, entry) for start, stop, entry in usable if start <= at < stop and (whole == 1 or start == at)]
        if here:
            at, entry = max(here, key=lambda each: each[0])
            chosen.append(entry)
        else:
            next_start = min((start for start, _, _ in usable if start > at), default=wanted.stop)
            gaps.append(range(at, next_start))
            at = next_start
    return chosen, gaps


def _covered(entry: Entry, wanted: range, whole: int) -> list[tuple[int, int]]:
    """Return which wanted ids a finished block can give: some of its paths, but statistics of all it has."""
    start, stop = max(entry.start, wanted.start), min(entry.stop, wanted.stop)
    cut = (start, stop) != (entry.start, entry.stop)
    if stop <= start or (whole > 1 and (cut or (stop % whole and stop != wanted.stop))):
        return []
    return [(start, stop)]
