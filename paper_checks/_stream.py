"""One sampler of a run, with the guards it must pass and the comparisons that look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from groundwork.checks import count, number
from groundwork.errors import BadInput
from paper_checks._guards import (
    Fingerprint,
    adjacent_fault,
    lost_sentence,
    probe_fault,
    shape_fault,
    spread_fault,
    within_range,
)
from paper_checks._looks import UNIT, Design, Looks
from paper_checks._outcome import BrokenLicence, Outcome, Reading

__all__ = ["Cell", "Draw", "Rules", "SampledTest", "Stream", "Sums"]

#: From path ids (int64, ascending from a multiple of 256) to one float64 a path: a pure function of each id.
Draw = Callable[[np.ndarray], np.ndarray]


class Sums(Protocol):
    """Accumulators of one test: fed in index order, read at each look."""

    def feed(self, x: np.ndarray) -> None: ...
    def read(self) -> Reading: ...


class SampledTest(Protocol):
    """What the runner needs of a test; MeanTest, ExactTest, LawTest and TwoLawsTest have it."""

    @property
    def licence(self) -> str: ...
    @property
    def columns(self) -> int: ...
    @property
    def side(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def needs_spread(self) -> bool: ...
    @property
    def alpha(self) -> float: ...
    @property
    def looks(self) -> Looks: ...
    @property
    def design(self) -> Design: ...
    def resolution(self, paths: int) -> float: ...
    def facts(self) -> dict[str, float | str]: ...
    def start(self, last: int) -> Sums: ...


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How a run is carried out: its budget in paths and seconds, and what its sampler declares of itself.

    ``block`` is how many paths are drawn at once. ``may_lose`` declares that a path of the process can
    die; any other value that is not finite is an ERROR. ``discrete`` declares that the outcome has atoms,
    so that equal values are no defect. ``probe`` draws the first block a second time in reverse order.

    >>> Rules(budget=10**6, block=1000)
    Traceback (most recent call last):
    groundwork.errors.BadInput: block = 1000: allowed is a multiple of 256; a summation unit fits in one block
    """

    budget: int
    block: int = 65_536
    seconds: float | None = None
    may_lose: bool = False
    discrete: bool = False
    probe: bool = True

    def __post_init__(self) -> None:
        count("budget", self.budget)
        count("block", self.block, least=UNIT)
        if self.block % UNIT:
            raise BadInput("block", self.block, f"a multiple of {UNIT}", "a summation unit fits in one block")
        if self.seconds is not None:
            number("seconds", self.seconds, low=0, open_low=True)


@dataclass(eq=False)
class Cell:
    """One comparison on its way: its test, its accumulators, its last look, and its outcome once it has one."""

    test: SampledTest
    sums: Sums
    last: int
    outcome: Outcome | None = None


@dataclass(eq=False)
class Stream:
    """A sampler, the cells it feeds, and what was seen of it so far.

    A cell that is decided takes no more paths, so a fault that shows later cannot touch it: its numbers
    are those of a run that had it alone.
    """

    draw: Draw
    cells: list[Cell] = field(default_factory=list)
    lost: int = 0
    lost_sentence: str = ""
    _fingerprint: Fingerprint | None = None

    def open(self) -> list[Cell]:
        """Return the cells without an outcome."""
        return [cell for cell in self.cells if cell.outcome is None]

    def take(self, ids: np.ndarray, rules: Rules) -> str | None:
        """Draw a block and feed it to the open cells; return the fault that ends the stream, if any."""
        x = self.draw(ids)
        fault = shape_fault(x, len(ids), self.cells[0].test.columns)
        if fault:
            return fault
        if not within_range(x).all():
            gone, sentence = lost_sentence(x, ids)
            self.lost, self.lost_sentence = self.lost + len(gone), self.lost_sentence or sentence
            return None if rules.may_lose else sentence
        return next(self._faults(x, ids, rules), None) or self._feed(x)

    def _faults(self, x: np.ndarray, ids: np.ndarray, rules: Rules) -> Iterator[str]:
        continuous = all(cell.test.needs_spread for cell in self.open())
        found: list[str | None] = []
        for column in x.T.reshape(-1, len(ids)):
            if ids[0] == 0 and continuous:
                found.append(spread_fault(column))
            found.append(adjacent_fault(column))
        if continuous and not rules.discrete:
            flat = np.ravel(x)
            found.append(self._fingerprint.fault(flat) if self._fingerprint else Fingerprint.own_fault(flat))
            self._fingerprint = self._fingerprint or Fingerprint(flat)
        if ids[0] == 0 and rules.probe:
            found.append(probe_fault(self.draw, ids, x))
        return (fault for fault in found if fault)

    def _feed(self, x: np.ndarray) -> str | None:
        # A stream that has lost a path stays undecided: there is nothing left to add up.
        if self.lost:
            return None
        try:
            for cell in self.open():
                cell.sums.feed(x)
        except BrokenLicence as broken:
            return f"licence broken: {broken}"
        return None
