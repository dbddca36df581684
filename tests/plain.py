"""The loops as the papers print them: plain numpy, one path at a time, no cleverness."""

from __future__ import annotations

import numpy as np

__all__ = ["discrete", "em", "family", "gaussian", "kde", "linear", "mixture"]


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


def family(
    rng: np.random.Generator, name: str, r: float, mean: float, n: int, generations: int, workflow: str
) -> list[float]:
    """Refit the mean of an exponential family on its own draws, row by row; return the means."""
    draw = {
        "poisson": lambda m: rng.poisson(m),
        "bernoulli": lambda m: float(rng.random() < m),
        "binomial": lambda m: rng.binomial(int(r), m / r),
        "exponential": lambda m: rng.exponential(m),
        "gamma": lambda m: rng.gamma(r, m / r),
        "negbin": lambda m: rng.negative_binomial(r, r / (r + m)) if m > 0 else 0,
        "hyperbolic": lambda m: sum(secant(rng, m / r) for _ in range(int(r))),
    }[name]
    pool: list[float] = []
    path = []
    for _ in range(generations):
        new = [float(draw(mean)) for _ in range(n)]
        pool = [*pool, *new] if workflow != "replace" else new
        mean = float(np.mean(pool))
        path.append(mean)
    return path


def secant(rng: np.random.Generator, mean: float) -> float:
    """Draw from the hyperbolic secant's family as the log odds of a beta variable, the ratio of two gamma ones."""
    share = 0.5 + np.arctan(mean) / np.pi
    return float(np.log(rng.gamma(share)) - np.log(rng.gamma(1 - share))) / np.pi


def kde(rng: np.random.Generator, h: float, n: int, generations: int, workflow: str) -> list[tuple[float, float]]:
    """Draw from a kernel density of what is kept; return (unbiased variance, mean square) of the points."""
    points = rng.normal(size=n)
    path = []
    for _ in range(generations):
        path.append((float(np.var(points, ddof=1)), float(np.mean(points**2))))
        new = np.array([points[rng.integers(len(points))] + h * rng.normal() for _ in range(n)])
        points = np.concatenate([points, new]) if workflow != "replace" else new
    return path


def em(x: np.ndarray, weight: np.ndarray, start: list, steps: int) -> list:
    """Expectation-maximisation on rows (R, d) for (share, mean, covariance) of each component, ``steps`` times."""
    parts = start
    for _ in range(steps):
        heights = []
        for share, mean, cov in parts:
            apart = x - mean
            power = np.einsum("ri,ij,rj->r", apart, np.linalg.inv(cov), apart)
            heights.append(share * np.exp(-power / 2) / np.sqrt(np.linalg.det(2 * np.pi * cov)))
        chance = np.array(heights) / np.sum(heights, axis=0)
        parts = []
        for each in chance * weight:
            mean = each @ x / each.sum()
            cov = (each[:, None] * (x - mean)).T @ (x - mean) / each.sum()
            parts.append((each.sum() / weight.sum(), mean, cov))
    return parts


def mixture(rng: np.random.Generator, means: list[float], n: int, generations: int, steps: int) -> list[float]:
    """Refit a one-dimensional mixture on its own draws; return the pooled sd within components."""
    parts = [(1 / len(means), np.array([mean]), np.eye(1)) for mean in means]
    path = []
    for _ in range(generations):
        label = rng.choice(len(parts), size=n, p=[share for share, _, _ in parts])
        x = np.array([rng.normal(parts[k][1][0], np.sqrt(parts[k][2][0, 0])) for k in label])[:, None]
        parts = em(x, np.ones(n), parts, steps)
        path.append(float(np.sqrt(sum(share * cov[0, 0] for share, _, cov in parts))))
    return path
