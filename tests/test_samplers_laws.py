"""The tools that the tests of the samplers share, and the tests that these tools can fail.

Every law test rejects at p < 1e-7. About sixty of them run, so a suite of right samplers is red with
probability below 1e-5 for a fresh choice of keys; the keys are hashes of names, chosen once and never
looked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy import stats

P_LEAST = 1e-8
#: The same for a mean, in standard errors.
Z_MOST = 5.73


def key_of(name: str) -> jax.Array:
    return jax.random.key(zlib.crc32(name.encode()))


def rng_of(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


@cache
def _paths(sampler: Callable[..., Any]) -> Callable[..., Any]:
    return jax.jit(lambda root, ids, args: jax.vmap(lambda i: sampler(jax.random.fold_in(root, i), *args))(ids))


def draws(name: str, size: int, sampler: Callable[..., Any], *args: Any) -> Any:
    """One draw of ``sampler(key, *args)`` from each of ``size`` keys, as numpy arrays with a leading axis."""
    paths = _paths(sampler)(key_of(name), jnp.arange(size, dtype=jnp.uint32), args)
    return jax.tree.map(np.asarray, paths)


def ks_p(sample: np.ndarray, cdf: Callable[[np.ndarray], np.ndarray]) -> float:
    """P-value of the two-sided Kolmogorov distance, by its law at this very sample size."""
    ordered, size = np.sort(sample), sample.size
    below = cdf(ordered)
    distance = max((np.arange(1, size + 1) / size - below).max(), (below - np.arange(size) / size).max())
    return float(stats.kstwo.sf(distance, size))


def two_sample_p(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.asarray(stats.ks_2samp(one, other, method="asymp"))[1])


def counts_p(counts: np.ndarray, probabilities: np.ndarray) -> float:
    """Pearson's goodness of fit; cells in which fewer than 10 are expected are put together."""
    possible = probabilities > 0
    if counts[~possible].any():
        return 0.0
    counts, expected = counts[possible], probabilities[possible] * counts.sum()
    order = np.argsort(expected)
    few = max(np.searchsorted(np.cumsum(expected[order]), 10), (expected < 10).sum() - 1) + 1
    observed = np.append(counts[order][few:], counts[order][:few].sum())
    expected = np.append(expected[order][few:], expected[order][:few].sum())
    if expected.size == 1:
        return 1.0
    return float(stats.chi2.sf(((observed - expected) ** 2 / expected).sum(), expected.size - 1))


def mean_z(sample: np.ndarray, mean: float, variance: float) -> float:
    """How many of its standard errors a sample mean is off; Z_MOST of them are P_LEAST."""
    return float((sample.mean() - mean) / np.sqrt(variance / sample.size))


def assert_same_bits_in_any_lane(sampler: Callable[[jax.Array], Any]) -> None:
    """Hold a path's draws, bit by bit, to its draws in other lanes of blocks of other widths."""
    root = key_of("lanes")

    @jax.jit
    def block(ids):
        return jax.vmap(lambda path: sampler(jax.random.fold_in(root, path)))(ids)

    ids = np.arange(4096, dtype=np.uint32)
    whole = jax.tree.map(np.asarray, block(ids))
    order = rng_of("lanes").permutation(4096)
    for chosen in (ids[:256], ids[1024:1536], ids[order[:256]], ids[order]):
        part = jax.tree.map(np.asarray, block(chosen))
        jax.tree.map(lambda a, b, chosen=chosen: np.testing.assert_array_equal(a, b[chosen]), part, whole)


def test_the_distance_test_sees_a_shift_of_a_fiftieth_and_not_a_right_law():
    sample = rng_of("normal").standard_normal(200_000)
    assert ks_p(sample, stats.norm.cdf) > P_LEAST
    assert ks_p(sample + 0.02, stats.norm.cdf) < P_LEAST
    assert two_sample_p(sample[:100_000], sample[100_000:]) > P_LEAST
    assert two_sample_p(sample[:100_000], sample[100_000:] + 0.05) < P_LEAST


def test_the_count_test_sees_a_cell_off_by_a_fiftieth_and_not_a_right_law():
    right = np.array([0.2, 0.3, 0.4999, 0.0001])
    counts = rng_of("counts").multinomial(200_000, right)
    assert counts_p(counts, right) > P_LEAST
    assert counts_p(counts, np.array([0.21, 0.29, 0.4999, 0.0001])) < P_LEAST
