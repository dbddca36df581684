"""How often the verdict engine errs: replicates of its whole sequential procedure, counted."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from benchmarks.estimands import Estimand, Sample, Scene
from paper_checks._outcome import Outcome, Status
from paper_checks._sequential import run
from paper_checks._stream import Rules

__all__ = ["ENGINE", "POWER", "SHOWN", "Drawn", "Rate", "Row", "broken", "calibrate", "seed_from"]

#: The power that is promised at the printed resolution, with room for the skewness that the design leaves out.
POWER = 0.98

#: Error probability at which a broken promise counts as shown.
SHOWN = 1e-6

#: How the engine is called in a row.
ENGINE = "tailfade"


def seed_from(name: str) -> int:
    """Return a seed that nobody chose: the start of the SHA-256 of a name."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:15], 16)


class Drawn:
    """A draw of one replicate: the block that begins at a path is a function of (seed, that path)."""

    def __init__(self, seed: int, sample: Sample) -> None:
        self.seed, self.sample = seed, sample

    def __call__(self, ids: np.ndarray) -> np.ndarray:
        """Return the outcomes of the paths."""
        return self.sample(np.random.default_rng((self.seed, int(ids[0]))), len(ids))


@dataclass(frozen=True)
class Rate:
    """So many events in so many replicates."""

    count: int
    of: int

    @property
    def share(self) -> float:
        """The rate that was seen."""
        return self.count / self.of

    def low(self, error: float) -> float:
        """Return the lower limit of the probability, one-sided (Clopper and Pearson 1934)."""
        return float(stats.beta.ppf(error, self.count, self.of - self.count + 1)) if self.count else 0.0

    def high(self, error: float) -> float:
        """Return the upper limit of the probability, one-sided."""
        left = self.of - self.count
        return float(stats.beta.isf(error, self.count + 1, left)) if left else 1.0

    def as_dict(self) -> dict[str, Any]:
        """Return count, replicates and the limits at 99 % together, as JSON can hold them."""
        return {"count": self.count, "of": self.of, "low": self.low(0.005), "high": self.high(0.005)}


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one method did with one estimand at one error probability.

    ``refuted`` counts true claims refuted. Of claims off by ``delta`` (relative, a gap of distribution functions for a
    law), above and below, ``found`` were refuted and ``passed`` were certified. ``errors`` are replicates without a
    verdict.
    """

    estimand: str
    method: str
    alpha: float
    paths: int
    delta: float
    refuted: Rate
    found: tuple[Rate, Rate]
    passed: tuple[Rate, Rate]
    errors: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON can hold it."""
        plain = {name: getattr(self, name) for name in ("estimand", "method", "alpha", "paths", "delta", "errors")}
        pairs = {name: [rate.as_dict() for rate in getattr(self, name)] for name in ("found", "passed")}
        return plain | {"refuted": self.refuted.as_dict()} | pairs


def broken(row: Row, error: float = SHOWN) -> list[str]:
    """Return the promises that the counts of a row show to be broken, in words; the bounds decide, not the shares.

    A fixed-N test promises no power, so only the engine is held to it.
    """
    said = []
    if row.errors:
        said.append(f"{row.errors} replicates without a verdict")
    if row.refuted.low(error) > row.alpha:
        said.append(f"refutes the true claim in {row.refuted.count} of {row.refuted.of}")
    for side, found, passed in zip(("above", "below"), row.found, row.passed, strict=True):
        if row.method == ENGINE and found.high(error) < POWER:
            said.append(f"refutes the claim {side} in {found.count} of {found.of} only")
        if passed.low(error) > row.alpha:
            said.append(f"passes the claim {side} in {passed.count} of {passed.of}")
    return said


def calibrate(estimand: Estimand, alphas: Iterable[float], replicates: int) -> list[Row]:
    """Return a row an alpha. Claims about one process share its paths: each rate is one of independent replicates."""
    scenes = {alpha: {scene.label: scene for scene in estimand.scenes(alpha)} for alpha in alphas}
    counts = _counts(
        estimand, [(alpha, scene) for alpha, each in scenes.items() for scene in each.values()], replicates
    )
    return [_row(estimand, alpha, scenes[alpha]["truth"], counts, replicates) for alpha in scenes]


def _counts(
    estimand: Estimand, scenes: Sequence[tuple[float, Scene]], replicates: int
) -> dict[tuple[float, str], Counter[Status]]:
    together: dict[Sample, list[tuple[float, Scene]]] = defaultdict(list)
    for alpha, scene in scenes:
        together[scene.sample].append((alpha, scene))
    counts: dict[tuple[float, str], Counter[Status]] = defaultdict(Counter)
    for group in together.values():
        name = f"calibration/{estimand.name}/" + ",".join(f"{alpha:g} {scene.label}" for alpha, scene in group)
        tests = [scene.test for _, scene in group]
        for replicate in range(replicates):
            draw = Drawn(seed_from(f"{name}/{replicate}"), group[0][1].sample)
            for (alpha, scene), outcome in zip(group, _outcomes(tests, draw, estimand.paths), strict=True):
                counts[alpha, scene.label][outcome.status] += 1
    return counts


def _outcomes(tests: Sequence[Any], draw: Drawn, paths: int) -> tuple[Outcome, ...]:
    return run(tests, draw, Rules(budget=paths, probe=False))


def _row(estimand: Estimand, alpha: float, truth: Scene, counts: Any, replicates: int) -> Row:
    def rates(status: Status) -> tuple[Rate, Rate]:
        above, below = (Rate(counts[alpha, label][status], replicates) for label in ("above", "below"))
        return above, below

    return Row(
        estimand=estimand.name,
        method=ENGINE,
        alpha=alpha,
        paths=estimand.paths,
        delta=truth.test.design.gap / (estimand.value or 1.0),
        refuted=Rate(counts[alpha, "truth"][Status.REFUTED], replicates),
        found=rates(Status.REFUTED),
        passed=rates(Status.HOLDS),
        errors=sum(counts[alpha, label][Status.ERROR] for label in ("truth", "above", "below")),
    )
