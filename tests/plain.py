"""The loops as the papers print them: plain numpy, one path at a time, no cleverness."""

from __future__ import annotations

import numpy as np

__all__ = ["discrete", "gaussian", "linear"]


def gaussian(rng: np.random.Generator, n: int, generations: int, workflow: str, ddof: int) -> list[tuple[float, float]]:
    """Refit a normal law on its own draws; return (mean, sd) of each generation."""
    mean, sd = 0.0, 1.0
    pool: list[float] = []
    path = []
    for _ in range(generations):
        new = [rng.normal(mean, sd) for _ in range(n)]
        pool = [*pool, *new] if workflow != "replace" else new
        data = np.array(pool)
        if workflow == "subsample":
            data = rng.choice(data, size=n, replace=False)
        mean, sd = float(np.mean(data)), float(np.std(data, ddof=ddof))
        path.append((mean, sd))
    return path


def discrete(rng: np.random.Generator, p: list[float], n: int, generations: int, workflow: str) -> list[list[float]]:
    """Refit frequencies on labels drawn from them; return the frequencies of each generation."""
    atoms = len(p)
    frequencies = np.array(p)
    labels: list[int] = []
    path = []
    for _ in range(generations):
        new = list(rng.choice(atoms, size=n, p=frequencies))
        labels = [*labels, *new] if workflow != "replace" else new
        frequencies = np.bincount(labels, minlength=atoms) / len(labels)
        path.append(frequencies.tolist())
    return path


def linear(rng: np.random.Generator, d: int, n: int, generations: int, workflow: str, design: str) -> list[float]:
    """Refit least squares (truth 0, unit noise) on labels of the last fit; return the excess risks."""
    w = np.zeros(d)
    kept = rng.normal(size=(n, d))
    rows, labels, risks = [], [], []
    for _ in range(generations):
        x = kept if design == "fixed" else rng.normal(size=(n, d))
        y = x @ w + rng.normal(size=n)
        rows = [*rows, x] if workflow != "replace" else [x]
        labels = [*labels, y] if workflow != "replace" else [y]
        w = np.linalg.lstsq(np.concatenate(rows), np.concatenate(labels), rcond=None)[0]
        risks.append(float(w @ w))
    return risks
