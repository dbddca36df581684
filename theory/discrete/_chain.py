"""One atom of the refitted frequencies is a two-type chain: count' ~ Binomial(n, count/n).

All questions about several atoms that are answered here are sums over atoms, so the kernel on 0, …, n is
all it takes. It is dense: memory grows like n^2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from groundwork.errors import BadInput

#: The kernel of this size holds 16 million numbers; a solve takes seconds.
LARGEST = 4000


def check_size(n: int | Sequence[int]) -> None:
    """Refuse a kernel that does not fit in memory."""
    if max(n if isinstance(n, Sequence) else [n]) > LARGEST:
        raise BadInput("n", n, f"an integer <= {LARGEST}", "the exact chain needs the n x n kernel")


def binomial(n: int, probabilities: np.ndarray) -> np.ndarray:
    """Return P(Binomial(n, p) = j), a row for each p that sums to 1; shape (len(p), n + 1)."""
    from scipy.stats import binom

    rows = binom.pmf(np.arange(n + 1), n, np.asarray(probabilities)[:, None])
    return rows / rows.sum(axis=1, keepdims=True)


@lru_cache(maxsize=2)
def kernel(n: int, before: int | None = None) -> np.ndarray:
    """Return the kernel from the counts 0, …, before (default n) to the counts 0, …, n."""
    before = n if before is None else before
    return binomial(n, np.arange(before + 1) / before)


def backward(
    final: Callable[[np.ndarray], np.ndarray], n: int | Sequence[int], g: int, start: np.ndarray
) -> np.ndarray:
    """Return E final(x_g) for each starting frequency, x_g the frequency in model g.

    Only nonnegative ``final`` keeps relative accuracy: then every number in the sum is nonnegative.
    """
    check_size(n)
    if isinstance(n, int):
        values = _repeat(kernel(n), g - 1, final(np.arange(n + 1) / n))
        return binomial(n, start) @ values
    values = final(np.arange(n[-1] + 1) / n[-1])
    for before, after in zip(n[-2::-1], n[:0:-1], strict=True):
        values = kernel(after, before) @ values
    return binomial(n[0], start) @ values


def _repeat(step: np.ndarray, times: int, values: np.ndarray) -> np.ndarray:
    """Return step^times values, by squaring once that is cheaper than stepping."""
    while times > len(step):
        if times % 2:
            values = step @ values
        step, times = step @ step, times // 2
    for _ in range(times):
        values = step @ values
    return values


@lru_cache(maxsize=16)
def _absorption(n: int, order: int) -> np.ndarray:
    """Return the sum over t of E[x_t; x_t < 1] on the lattice (order 1), or of 2t + 1 times it (order 2)."""
    transient = np.eye(n - 1) - kernel(n)[1:n, 1:n]
    sojourn = np.linalg.solve(transient, np.arange(1, n) / n)
    if order == 2:
        sojourn = 2 * np.linalg.solve(transient, sojourn) - sojourn
    return np.concatenate(([0.0], sojourn, [0.0]))


def sojourn(n: int, start: np.ndarray, *, complement: bool = False) -> np.ndarray:
    """Return a(p) = sum_{t >= 0} E[x_t; x_t < 1] for each starting frequency p; a(0) = a(1) = 0.

    ``complement`` returns a(1 - p) without forming 1 - p, which rounds to 1 for a rare atom.
    """
    check_size(n)
    inside = (start > 0) & (start < 1)
    first = 1 - start if complement else start
    later = _absorption(n, 1)[::-1] if complement else _absorption(n, 1)
    return np.where(inside, first + binomial(n, start) @ later, 0.0)


def weighted_sojourn(n: int, start: np.ndarray) -> np.ndarray:
    """Return sum_{t >= 0} (2t + 1) E[x_t; x_t < 1] for each starting frequency p."""
    check_size(n)
    inside = (start > 0) & (start < 1)
    later = _absorption(n, 2) + 2 * _absorption(n, 1)
    return np.where(inside, start + binomial(n, start) @ later, 0.0)
