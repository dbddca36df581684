"""Means refitted on a subsample of a growing corpus: the exact second moments.

The corpus holds k n points with mean M and scatter Q = sum (y - M)^2; theta_k is the mean of m of them
and has variance tau_k^2 given the corpus; n points theta_k + noise are appended. Then with q = E Q

    E M'^2 = E M^2 + (tau^2 + 1/n)/(k + 1)^2,    q' = q + (n - 1) + k/(k + 1) (n tau^2 + 1).
"""

from __future__ import annotations

import numpy as np

from theory.recursion import advance


def mse(n: int, g: float, m: int, *, replacement: bool) -> float:
    """Return E theta_g^2 at noise variance 1.

    Without replacement the first fit sees its n real points whole; with replacement it sees m draws of
    them.
    """
    scatter = float(n - 1)  # q/k, so that the state stays of order n
    first = scatter / (n * m) if replacement else 0.0
    mean = 1 / n
    if g == 1:
        return mean + first

    def share(k: np.ndarray) -> np.ndarray:
        """Return tau^2/(q/k)."""
        pool = n * k
        return 1 / (n * m) + 0 * k if replacement else k / (pool - 1) * (1 / m - 1 / pool)

    def step(k: np.ndarray) -> np.ndarray:
        tau, matrix = share(k), np.zeros((len(k), 3, 3))
        matrix[:, 0, 1] = tau / (k + 1) ** 2
        matrix[:, 0, 2] = 1 / (n * (k + 1) ** 2)
        matrix[:, 1, 1] = (n * tau * k / (k + 1) - 1) / (k + 1)
        matrix[:, 1, 2] = ((n - 1) + k / (k + 1)) / (k + 1)
        return matrix

    mean += (first + 1 / n) / 4
    scatter = (scatter + (n - 1) + (n * first + 1) / 2) / 2
    mean, scatter, _ = advance(step, np.array([mean, scatter, 1.0]), 2, g)
    return float(mean + share(np.array([float(g)]))[0] * scatter)
