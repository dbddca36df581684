"""What one sampled comparison leaves behind: its status and every figure a reader needs to judge it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

__all__ = ["KINDS", "LAW", "BrokenLicence", "Outcome", "Reading", "Status", "size_words", "worst"]

#: The kind of a comparison of distribution functions, whose sizes are gaps between them.
LAW = "law"

#: What a resolution can be a size of; the first one that a claim has stands for it in a table.
KINDS = ("relative", "absolute", LAW)


class BrokenLicence(ValueError):
    """A sample outside what the licence of its test declared: the run ends in ERROR, not in a verdict."""


class Status(StrEnum):
    """The four answers of the engine; "not rejected" is none of them."""

    HOLDS = "HOLDS"
    REFUTED = "REFUTED"
    UNDECIDED = "UNDECIDED"
    ERROR = "ERROR"


_SEVERITY = {Status.HOLDS: 0, Status.UNDECIDED: 1, Status.REFUTED: 2, Status.ERROR: 3}


def worst(statuses: Iterable[Status]) -> Status:
    """Return the status that a set of comparisons has together; no comparison at all is an ERROR.

    A conjunction holds if every part holds and falls with any part; a part that went wrong (ERROR) leaves
    nothing to say about the whole.

    >>> worst([Status.HOLDS, Status.UNDECIDED]).value
    'UNDECIDED'
    >>> worst([]).value
    'ERROR'
    """
    return max(statuses, key=_SEVERITY.__getitem__, default=Status.ERROR)


@dataclass(frozen=True)
class Reading:
    """What a test says at one look: a status, an estimate, an interval and the evidence against the claim.

    ``low`` and ``high`` bound the true value outside an event of probability alpha (an end that the
    samples do not bound is infinite). ``statistic`` is the size of the departure over what the test
    tolerates: above 1 the claim is refuted. ``p_value`` is a valid bound, already multiplied by the
    number of looks.
    """

    status: Status
    estimate: float
    low: float
    high: float
    statistic: float
    p_value: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The full result of one comparison: status, estimate, interval, alpha, paths, resolution, power, digest.

    ``gap`` is the absolute error that HOLDS excludes and ``resolution`` the smallest absolute error that
    the run would have refuted with probability ``power``; their relative forms are ``delta`` and
    ``relative_resolution`` (None where the claimed value is 0 or a whole law). ``wanted_paths`` is the
    sample size at which the requested precision is reached. ``mutants`` is filled by the kill matrix,
    ``point`` and ``seed`` by the runner of a check.
    """

    status: Status
    licence: str
    side: str = "two"
    value: float | None = None
    estimate: float | None = None
    low: float = -math.inf
    high: float = math.inf
    alpha: float
    paths: int = 0
    looks: int = 0
    looks_planned: int
    gap: float
    resolution: float = math.inf
    power: float
    statistic: float = math.nan
    p_value: float = 1.0
    wanted_paths: int | None = None
    lost: int = 0
    message: str = ""
    mutants: Any = None
    point: Mapping[str, Any] | None = None
    seed: int | None = None
    seconds: float = 0.0
    digest: str = ""

    @property
    def kind(self) -> str:
        """What its sizes are: gaps between distribution functions, or errors of a number, relative if it is not 0."""
        if self.licence in ("law", "whole law"):
            return LAW
        return "relative" if self.value else "absolute"

    @property
    def delta(self) -> float | None:
        """The error that HOLDS excludes, relative to the claimed value."""
        return self._relative(self.gap)

    @property
    def relative_resolution(self) -> float | None:
        """The smallest relative error that the run would have refuted with probability ``power``."""
        return self._relative(self.resolution)

    @property
    def size(self) -> float:
        """The resolution in the unit of its kind."""
        return self._size(self.resolution)

    def _size(self, absolute: float) -> float:
        return absolute / abs(self.value) if self.kind == "relative" and self.value else absolute

    def _relative(self, size: float) -> float | None:
        return size / abs(self.value) if self.value else None

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON-ready data; a number that is not finite becomes None."""
        row: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        row |= {"status": self.status.value, "delta": self.delta}
        row |= {"relative_resolution": self.relative_resolution, "resolution_kind": self.kind}
        if hasattr(self.mutants, "as_dict"):
            row["mutants"] = self.mutants.as_dict()
        return {name: _finite(value) for name, value in row.items()}

    def sentence(self) -> str:
        """Return the outcome in one line; a "holds" never comes without its resolution.

        >>> Outcome(status=Status.UNDECIDED, licence="variance", value=2.0, alpha=1e-8, paths=512, looks=1,
        ...         looks_planned=16, gap=0.02, resolution=0.5, power=0.99, estimate=2.1).sentence()
        'UNDECIDED at resolution 25 % (power 0.99): 2.1 against 2, 512 paths, look 1 of 16, alpha 1e-08'
        """
        if self.status is Status.ERROR:
            return f"ERROR: {self.message}"
        head = self.status.value
        if self.status is Status.HOLDS:
            head += f" within {size_words(self.kind, self._size(self.gap))}"
        head += f" at resolution {size_words(self.kind, self._size(self.resolution))} (power {self.power:g})"
        seen = "no estimate" if self.estimate is None else f"{self.estimate:.6g}"
        against = "" if self.value is None else f" against {self.value:.6g}"
        where = f"{self.paths} paths, look {self.looks} of {self.looks_planned}, alpha {self.alpha:.2g}"
        return f"{head}: {seen}{against}, {where}" + (f"; {self.message}" if self.message else "")


def size_words(kind: str, size: float) -> str:
    """Return a resolution in words, in the unit of its kind.

    >>> size_words("relative", 0.013), size_words("law", 0.01), size_words("absolute", 0.002)
    ('1.3 %', 'CDF gap 0.01', '0.002')
    """
    if kind == "relative":
        return f"{100 * size:.3g} %"
    return f"CDF gap {size:.3g}" if kind == LAW else f"{size:.3g}"


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
