"""The tests that a calibrated engine replaces, on the same estimands: fixed N, mean over standard error, a threshold.

The t-test estimates the standard error from the sample; the z-test is given the exact variance. "Not rejected" is taken
for a pass, as is common practice.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from benchmarks.estimands import Estimand, Sample
from benchmarks.rates import Rate, Row, seed_from

__all__ = ["naive"]

#: Paths drawn at once.
_CHUNK = 20_000


def naive(estimand: Estimand, deltas: dict[float, float], paths: int, replicates: int) -> list[Row]:
    """Return a row a test and alpha, for claims off by the given relative error (one an alpha), nothing tilted."""
    if estimand.plain is None or estimand.value is None or estimand.variance is None:
        return []
    mean, spread = _moments(estimand.plain, f"naive/{estimand.name}/{paths}", paths, replicates)
    # A sample of equal outcomes has no standard error: any other claim is infinitely many of them away.
    errors = {"t-test": np.maximum(spread, np.finfo(float).tiny), "z-test": np.full(replicates, estimand.variance)}
    return [
        _row(estimand, method, alpha, delta, paths, mean - estimand.value, np.sqrt(error / paths))
        for method, error in errors.items()
        for alpha, delta in deltas.items()
    ]


def _moments(sample: Sample, name: str, paths: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Return means and unbiased variances of replicates of so many paths."""
    pieces = []
    many = max(1, _CHUNK // paths)
    for start in range(0, replicates, many):
        rows = min(many, replicates - start)
        random = np.random.default_rng((seed_from(name), start))
        x = sample(random, rows * paths).reshape(rows, paths)
        pieces.append((x.mean(axis=1), x.var(axis=1, ddof=1)))
    mean, variance = (np.concatenate(each) for each in zip(*pieces, strict=True))
    return mean, variance


def _row(
    estimand: Estimand, method: str, alpha: float, delta: float, paths: int, off: np.ndarray, error: np.ndarray
) -> Row:
    quantile = special.stdtrit(paths - 1, 1 - alpha / 2) if method == "t-test" else special.ndtri(1 - alpha / 2)
    gap = delta * abs(estimand.value or 1.0)

    def rejected(move: float) -> int:
        return int((np.abs(off - move) > quantile * error).sum())

    found = [Rate(rejected(move), len(off)) for move in (gap, -gap)]
    passed = [Rate(rate.of - rate.count, rate.of) for rate in found]
    return Row(
        estimand=estimand.name,
        method=method,
        alpha=alpha,
        paths=paths,
        delta=delta,
        refuted=Rate(rejected(0.0), len(off)),
        found=(found[0], found[1]),
        passed=(passed[0], passed[1]),
    )
