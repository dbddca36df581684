"""One generation of labels from their parents: the law of the counts, and what padding must not touch."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from sims.samplers.parents import parent_gather
from tests.test_samplers_laws import (
    P_LEAST,
    Z_MOST,
    assert_same_bits_in_any_lane,
    counts_p,
    draws,
    key_of,
    mean_z,
    rng_of,
)


def test_entries_past_the_population_stay_and_are_no_parents():
    population = jnp.array([1, 2, 3, -7, -8, -9], jnp.int32)
    next_one = draws("tail", 20_000, lambda key: parent_gather(key, population, 3))
    assert (next_one[:, 3:] == [-7, -8, -9]).all()
    assert set(np.unique(next_one[:, :3])) == {1, 2, 3}


@pytest.mark.parametrize("n", [1, 5, 30])
def test_the_count_of_a_label_is_binomial(n):
    carriers = -(-n // 3)
    population = (jnp.arange(32) < carriers).astype(jnp.int32)
    alive = np.arange(32) < n
    next_one = draws(f"count {n}", 200_000, lambda key: parent_gather(key, population, n))
    counts = next_one[:, alive].sum(1)
    law = stats.binom.pmf(np.arange(n + 1), n, carriers / n)
    assert counts_p(np.bincount(counts, minlength=n + 1), law) > P_LEAST


def test_every_parent_is_as_likely_for_every_child():
    population = jnp.arange(8, dtype=jnp.int32)
    next_one = draws("parents", 200_000, lambda key: parent_gather(key, population, 7))
    for child in range(7):
        assert counts_p(np.bincount(next_one[:, child], minlength=7), np.full(7, 1 / 7)) > P_LEAST
    pairs = next_one[:, 0] * 7 + next_one[:, 1]
    assert counts_p(np.bincount(pairs, minlength=49), np.full(49, 1 / 49)) > P_LEAST


def test_heterozygosity_falls_by_one_over_n_a_generation():
    n, generations = 20, 10
    population = jnp.arange(32, dtype=jnp.int32) % 5

    def path(key):
        after = jax.lax.fori_loop(
            0, generations, lambda g, pop: parent_gather(jax.random.fold_in(key, g), pop, n), population
        )
        return jax.ops.segment_sum((jnp.arange(32) < n).astype(jnp.int32), after, num_segments=5)

    counts = draws("heterozygosity", 100_000, path)
    assert (counts.sum(1) == n).all()
    other = 1 - ((counts / n) ** 2).sum(1)
    assert abs(mean_z(other, (1 - 1 / 5) * (1 - 1 / n) ** generations, other.var())) < Z_MOST
    literal = np.full((100_000, 5), 4)
    rng = rng_of("heterozygosity")
    for _ in range(generations):
        literal = rng.multinomial(n, literal / n)
    living = [np.bincount((x > 0).sum(1), minlength=6)[1:] for x in (counts, literal)]
    same: Any = stats.chi2_contingency(np.stack(living))
    assert same.pvalue > P_LEAST


def test_padding_and_tracing_change_no_draw():
    key = key_of("padding")
    population = jnp.arange(64, dtype=jnp.int32)
    long = jax.jit(lambda n: parent_gather(key, population, n))(jnp.int64(10))
    np.testing.assert_array_equal(long[:10], parent_gather(key, population[:10], 10))


def test_the_lane_and_the_width_of_a_block_change_no_bit():
    assert_same_bits_in_any_lane(lambda key: parent_gather(key, jnp.arange(50, dtype=jnp.int32), 37))
