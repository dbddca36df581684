"""The check of a mean and of the variance about it, from the exact raw moments of the outcome.

For loops that the catalogue of ``_means`` does not know (schedules, fresh real rows, sampling bias, subsamples, metrics
of one's own): whoever has the moments up to the fourth has the licence of the mean, of the spread, and both values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from groundwork.errors import BadInput
from paper_checks._claim import Check
from paper_checks._licence import Variance
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._moments_pooled import central
from paper_checks._mutants import Mutant
from paper_checks._simulated import Then, paths

__all__ = ["SLIPS", "Watched"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)
SLIPS = ("estimator swapped", "generation off by one")

#: Where the tail of a squared distance is watched in its turn: the law of the scales of the same process.
BEYOND = "arulandu2024.w2-variance/scale-law"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A loop whose outcome has the exact raw moments ``raw(point, power)``, powers 1 to 4.

    ``process`` and ``workflow`` are written as on the command line, names in braces are filled in from the point.
    ``then(x, point)`` makes the outcome of the metric. ``slips`` are mutants of the value beside those of one step in
    n and g; ``planted`` names sampler mutants.
    """

    process: str
    workflow: str
    metric: Any
    raw: Callable[[Point, int], Any]
    points: tuple[Point, ...]
    because: str
    then: Then | None = None
    slips: tuple[Mutant, ...] = ()
    planted: Sequence[str] = SLIPS
    equivalent: Mapping[str, tuple[str, str]] | None = None
    steps: Sequence[str] = ("g", "n")
    looks: Looks = LOOKS

    def mean(
        self,
        name: str,
        estimand: str,
        *,
        of: str = "printed",
        side: str = "two",
        value: Callable[[Point], float] | None = None,
        delta: float = 0.02,
        watched_by: str = "",
        **more: Any,
    ) -> Check:
        """Return the check of the mean; a bound has its own ``value``, and the mean is its truth."""
        claimed = value or (lambda p: self.raw(p, 1))
        return Check(
            id=name,
            estimand=estimand,
            licence=Variance(of=lambda p: central(lambda k: self.raw(p, k) if k else 1.0, 2), because=self.because),
            value=claimed,
            sampler=self.sampler,
            points=self.points,
            mutants=lambda: (*self._moved(claimed), *self.slips, *self._planted()),
            delta=delta,
            of=of,
            side=side,
            truth=(lambda p: self.raw(p, 1)) if side != "two" else None,
            looks=self.looks,
            budget=2**21,
            blind={"spread": watched_by or f"{name}-spread"},
            **more,
        )

    def spread(self, name: str, estimand: str, *, of: str = "printed", delta: float = 0.06) -> Check:
        """Return the check of the variance, at the first point."""

        def moment(point: Point, power: int) -> float:
            return float(central(lambda k: self.raw(point, k) if k else 1.0, power))

        return Check(
            id=name,
            estimand=estimand,
            licence=Variance(of=lambda p: moment(p, 4) - moment(p, 2) ** 2, because=self.because),
            value=lambda p: moment(p, 2),
            sampler=self._paths(lambda x, p: (self._outcome(x, p) - float(self.raw(p, 1))) ** 2),
            points=self.points[:1],
            mutants=tuple(
                Mutant(name=f"x {f:g}", value=lambda p, f=f: f * moment(p, 2)) for f in (1 - 3 * delta, 1 + 3 * delta)
            ),
            delta=delta,
            of=of,
            looks=self.looks,
            budget=2**21,
            blind={"spread": BEYOND},
        )

    @cached_property
    def sampler(self) -> Any:
        """The sampler of the outcome; points that share a loop share its paths."""
        return self._paths(self._outcome)

    def _outcome(self, x: Any, point: Point) -> Any:
        return x if self.then is None else self.then(x, point)

    def _paths(self, then: Then) -> Any:
        last = max(point["g"] for point in self.points)
        return paths(self.process, self.workflow, self.metric, n="n", generations=last, at="g", then=then)

    def _last(self, x: Any, point: Point) -> Any:
        return self._outcome(x[:, -1], point)

    def _moved(self, claimed: Callable[[Point], float]) -> tuple[Mutant, ...]:
        """Return the slips by 5 % and by one generation or sample; where there is none to take away, it is NaN."""

        def at(name: str, step: int) -> Mutant:
            def value(point: Point) -> float:
                try:
                    return float(claimed({**point, name: point[name] + step}))
                except (BadInput, ZeroDivisionError, ValueError, IndexError):
                    return float("nan")

            return Mutant(name=f"{name} {step:+d}", value=value)

        scaled = tuple(Mutant(name=f"x {f:g}", value=lambda p, f=f: f * claimed(p)) for f in (1.05, 0.95))
        return (*scaled, *(at(name, step) for name in self.steps for step in (1, -1)))

    def _planted(self) -> tuple[Mutant, ...]:
        from paper_checks._sampler_mutants import sampler_mutants

        if not self.planted:
            return ()
        loop = Loop(process=self.process, workflow=self.workflow, metric=self.metric, n="n", at="g", outcome=self._last)
        return sampler_mutants(loop, only=tuple(self.planted), equivalent=dict(self.equivalent or {}))
