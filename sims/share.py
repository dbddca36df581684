"""Sharing a stored run: which blocks are missing, who computes them, and which finished ones make the whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from sims.run import BLOCK, Job, Progress
from sims.seeds import SeedIds, as_range
from sims.store import Entry, Store

__all__ = ["Share", "fill", "missing_ranges", "open_store", "stored"]


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
    config = job.config | {"kind": kind} | more
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
    done = [_covered(entry, wanted, whole) for entry in store.entries()]
    gaps = missing_ranges(wanted, done)
    blocks = []
    for gap in gaps:
        # Cut on multiples of the block, so that every block but a gap's ends is whole.
        at = gap.start
        while at < gap.stop:
            stop = min((at // share.block + 1) * share.block, gap.stop)
            blocks.append(range(at, stop))
            at = stop
    finished = len(wanted) - sum(map(len, blocks))
    for each in blocks[share.index :: share.parts]:
        store.write(each.start, each.stop, compute(each))
        finished += len(each)
        if progress is not None:
            progress(finished, len(wanted))


def stored(store: Store, wanted: range, whole: int = 1) -> list[Entry]:
    """Return finished blocks that together hold the wanted ids once, in order; refuse if some are missing."""
    usable = [(*_covered(entry, wanted, whole), entry) for entry in store.entries()]
    chosen: list[Entry] = []
    at = wanted.start
    while at < wanted.stop:
        here = [(stop, entry) for start, stop, entry in usable if start <= at < stop and (whole == 1 or start == at)]
        if not here:
            raise BadInput("store", str(store.folder), "a finished run", f"seed ids from {at} on are missing")
        at, entry = max(here, key=lambda each: each[0])
        chosen.append(entry)
    return chosen


def missing_ranges(wanted: range, done: list[tuple[int, int]]) -> list[range]:
    """Return the parts of a range of ids that no done interval [start, stop) covers, in order.

    >>> missing_ranges(range(0, 10), [(2, 4), (6, 7)])
    [range(0, 2), range(4, 6), range(7, 10)]
    """
    gaps, at = [], wanted.start
    for start, stop in sorted(done):
        if start > at:
            gaps.append(range(at, min(start, wanted.stop)))
        at = max(at, stop)
    if at < wanted.stop:
        gaps.append(range(at, wanted.stop))
    return [gap for gap in gaps if len(gap)]


def _covered(entry: Entry, wanted: range, whole: int) -> tuple[int, int]:
    """Return which wanted ids a finished block can give: some of its paths, but statistics of all it has."""
    start, stop = max(entry.start, wanted.start), min(entry.stop, wanted.stop)
    cut = (start, stop) != (entry.start, entry.stop)
    if stop <= start or (whole > 1 and (cut or (stop % whole and stop != wanted.stop))):
        return wanted.start, wanted.start
    return start, stop
