"""Mutants: the wrong claims and wrong processes that a check must refute, and what became of each.

A check that cannot fail is a defect. Each of its mutants is killed, or shown to be below the check's
resolution (with the number of paths that would kill it), or is equivalent: it says the same thing, for a
written reason, and another check kills the slip it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundwork.errors import BadInput

__all__ = ["Blind", "Equivalent", "Kill", "Mutant", "MutantReport", "relative_change", "sort_mutant"]

Point = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A planted error: a wrong claimed value, or a wrong sampler under the right value.

    ``value`` maps a parameter point to the wrong value (or the wrong distribution function), ``sampler`` is a
    sampler of the wrong process. ``equivalent`` is the reason why it cannot be seen by this check at all, and
    ``killed_by`` the check that sees the same slip. ``guard`` holds words of the guards that may stop the wrong
    sampler: an ERROR that says one of them counts as a kill, any other ERROR does not.

    >>> Mutant(name="coefficient x 1.02", value=lambda point: 1.02 * point["g"] / point["n"]).name
    'coefficient x 1.02'
    """

    name: str
    value: Callable[[Point], Any] | None = None
    sampler: Any = None
    equivalent: str = ""
    killed_by: str = ""
    guard: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name:
            raise BadInput("name", self.name, "a name for the mutant")
        if (self.value is None) == (self.sampler is None):
            raise BadInput("mutant", self.name, "either a wrong value or a wrong sampler")
        if bool(self.equivalent) != bool(self.killed_by):
            raise BadInput("mutant", self.name, "a reason with the check that kills the slip, or neither", "give both")
        if self.guard and self.sampler is None:
            raise BadInput("guard", self.guard, "left out beside a wrong value", "a guard looks at samples")


@dataclass(frozen=True)
class Kill:
    """A mutant that was refuted, or stopped by the ``guard`` that is quoted: where and after how many paths."""

    name: str
    point: str
    paths: int
    change: float | None
    guard: str = ""


@dataclass(frozen=True)
class Blind:
    """A mutant below the resolution: its largest change at any point, and the paths that would kill it."""

    name: str
    change: float
    wanted_paths: int | None


@dataclass(frozen=True)
class Equivalent:
    """A mutant that changes nothing at any point, why that is so, and which check kills the slip instead."""

    name: str
    reason: str
    killed_by: str


@dataclass(frozen=True)
class MutantReport:
    """What became of the mutants of a check; ``survived`` are those that had to die and did not.

    >>> MutantReport(survived=("n -> n + 1",)).complete
    False
    """

    killed: tuple[Kill, ...] = ()
    below: tuple[Blind, ...] = ()
    equivalent: tuple[Equivalent, ...] = ()
    survived: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = field(default=())

    @property
    def complete(self) -> bool:
        """Whether at least one mutant died, none survived, and each equivalent one has its reason."""
        return bool(self.killed) and not self.survived and not self.unexplained

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready data."""
        return {
            "killed": [vars(kill) for kill in self.killed],
            "below": [vars(blind) for blind in self.below],
            "equivalent": [vars(same) for same in self.equivalent],
            "survived": list(self.survived),
            "unexplained": list(self.unexplained),
            "complete": self.complete,
        }


def relative_change(mutated: float, value: float) -> float:
    """Return (mutated - value) / |value|, or the absolute change where the value is 0.

    >>> relative_change(1.02, 1.0) == relative_change(-0.98, -1.0)
    True
    """
    return (mutated - value) / (abs(value) or 1.0)


def sort_mutant(changes: Sequence[float], resolutions: Sequence[float]) -> str:
    """Return ``killable``, ``below`` or ``equivalent`` from the changes and the resolutions at all points.

    A change that is not a finite number (the mutated formula has no value there) can be seen by anybody.

    >>> sort_mutant([0.001, 0.02], [0.01, 0.01]), sort_mutant([0.001], [0.01]), sort_mutant([0.0], [0.01])
    ('killable', 'below', 'equivalent')
    """
    if any(not abs(change) < reach for change, reach in zip(changes, resolutions, strict=True)):
        return "killable"
    return "below" if any(changes) else "equivalent"
