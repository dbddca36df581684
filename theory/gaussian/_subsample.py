"""The Gaussian fitted on n draws from the pool of all g n samples: two moments of the pool decide.

q is the mean square of a pool point about mu, w the mean product of two different ones, u = q - w. With
c = 1 or 0 (unbiased, mle) and rho = 1 - 1/(pool size) when the draws are with replacement, else 1,

    E (mu_g - mu)^2 = q - (1 - 1/n) rho u,        E sd_g^2 = rho u (n - 1)/(n - c),

and n draws from N(mu_g, sd_g^2) join the pool.
"""

from __future__ import annotations

import numpy as np

from theory.gaussian._fit import ddof
from theory.recursion import advance


def second_moments(n: int, g: float, estimator: str, *, replacement: bool) -> tuple[float, float]:
    """Return E (mu_g - mu)^2 and E sd_g^2 at sigma = 1."""
    added = (n - 1) * (1 / (n - ddof(estimator)) - 1 / n)

    def step(k: np.ndarray) -> np.ndarray:
        pool = n * (k + 1)
        rho = 1 - replacement / (n * k)
        gain = rho * added / (k + 1)
        loss = (n * n + n - (n - 1) ** 2 * rho) / (pool * (pool - 1))
        matrix = np.zeros((len(k), 3, 3))
        matrix[:, 0, 1] = matrix[:, 0, 2] = gain
        matrix[:, 1, 1] = matrix[:, 1, 2] = gain - loss
        return matrix

    # The state is (q - 1, u - 1, 1): at large n both are of order 1/n, and so is the mean's variance.
    square, excess, _ = advance(step, np.array([0.0, 0.0, 1.0]), 1, g)
    lost = replacement / (n * g)
    weight = (1 - 1 / n) * (1 - lost)
    mean = square + (1 / n + lost - lost / n) - weight * excess
    spread = (n - 1) / (n - ddof(estimator)) * (1 - lost) * (1 + excess)
    return float(mean), float(spread)
