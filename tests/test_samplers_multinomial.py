"""Draws from N atoms: exact shares of the random words, dead and rare atoms, joint laws."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from groundwork.errors import BadInput
from sims.samplers.multinomial import UNITS, categories, label_of, multinomial
from tests.test_samplers_laws import P_LEAST, Z_MOST, assert_same_bits_in_any_lane, counts_p, draws, key_of, mean_z

weights = st.lists(
    st.just(0.0) | st.floats(0.0, 1.0) | st.floats(-20, 0).map(lambda e: 10.0**e), min_size=1, max_size=9
).filter(lambda w: sum(w) > 1e-3)


def labels_at(words, p):
    word = np.asarray(words, dtype=np.uint64)
    halves = ((word >> np.uint64(32)).astype(np.uint32), word.astype(np.uint32))
    return np.asarray(label_of((jnp.asarray(halves[0]), jnp.asarray(halves[1])), jnp.asarray(p)))


@given(w=weights)
@settings(deadline=None)
def test_every_atom_gets_its_share_of_the_words(w):
    # A label rises with its word, so the first and the last word of each atom say how many it has.
    p = np.array(w) / np.sum(w)
    shares = [int(np.rint(x * UNITS)) for x in p]
    total, edges = sum(shares), [0, *itertools.accumulate(shares)]
    starts = [-(-edge * 2**64 // total) for edge in edges]
    alive = [i for i, share in enumerate(shares) if share]
    np.testing.assert_array_equal(labels_at([starts[i] for i in alive], p), alive)
    np.testing.assert_array_equal(labels_at([starts[i + 1] - 1 for i in alive], p), alive)
    exact = [p_i / sum(map(float, p)) for p_i in p]
    for i, share in enumerate(exact):
        assert abs((starts[i + 1] - starts[i]) / 2**64 - share) <= (1 + len(p) * share) * 2**-62 + 1e-15 * share


@pytest.mark.parametrize(
    "p",
    [
        [0.0, 0.5, 0.5],
        [0.5, 0.0, 0.5],
        [0.1] * 10 + [0.0, 0.0],
        [1 / 3, 1 / 3, 1 / 3, 0.0],
        [0.0, 1.0, -1e-17],
    ],
)
def test_no_word_draws_a_dead_atom(p):
    edges = np.cumsum(p)
    near = [min(int(e * 2**64), 2**64 - 1) for e in edges]
    words = {min(max(x + o, 0), 2**64 - 1) for x in [0, 2**64 - 1, *near] for o in range(-4000, 4001, 250)}
    assert (np.array(p)[labels_at(sorted(words), p)] > 0).all()


def test_rare_atoms_come_at_their_rate():
    # 2^27 draws: 134 of the first atom are expected, 13 of the second, none of the third or the fourth.
    p = np.array([1e-6, 1e-7, 0.25, 1e-12, 0.0, 0.75 - 1.100001e-6])
    root = key_of("rare")

    def chunk(i):
        return multinomial(jax.random.fold_in(root, i), 2**20, jnp.asarray(p), 2**20)

    counts = np.asarray(jax.jit(lambda: jax.lax.map(chunk, jnp.arange(128)))()).sum(0)
    assert counts.sum() == 2**27
    assert counts[4] == 0
    for i in (0, 1, 2, 3):
        assert stats.binomtest(int(counts[i]), 2**27, p[i]).pvalue > P_LEAST


def test_the_joint_law_of_the_counts_is_multinomial():
    n, p = 4, np.array([0.2, 0.0, 0.5, 0.3])
    counts = draws("joint", 400_000, lambda key: multinomial(key, n, p, 6))
    outcomes = [c for c in itertools.product(range(n + 1), repeat=4) if sum(c) == n and c[1] == 0]
    codes = counts @ (5 ** np.arange(4))
    observed = np.array([(codes == np.dot(c, 5 ** np.arange(4))).sum() for c in outcomes])
    assert observed.sum() == 400_000
    assert counts_p(observed, np.array([stats.multinomial.pmf(c, n, p) for c in outcomes])) > P_LEAST


@pytest.mark.parametrize(("atoms", "n"), [(2, 30), (10, 100), (300, 50)])
def test_means_and_covariances_are_those_of_counts(atoms, n):
    p = np.random.default_rng(atoms).dirichlet(np.ones(atoms))
    counts = draws(f"moments {atoms}", 20_000, lambda key: multinomial(key, n, p, 128))
    assert (counts.sum(1) == n).all()
    assert counts_p(counts.sum(0), p) > P_LEAST
    direction = np.random.default_rng(1).standard_normal(atoms)
    along = counts @ direction
    mean, variance = n * p @ direction, n * (p @ direction**2 - (p @ direction) ** 2)
    assert abs(mean_z(along, mean, variance)) < Z_MOST
    squares = (along - mean) ** 2
    assert abs(mean_z(squares, variance, squares.var())) < Z_MOST


def test_the_room_for_draws_changes_no_draw():
    key, p = key_of("room"), np.array([0.3, 0.3, 0.4])
    np.testing.assert_array_equal(categories(key, p, 64)[:20], categories(key, p, 20))
    np.testing.assert_array_equal(multinomial(key, 20, p, 64), multinomial(key, 20, p, 20))
    np.testing.assert_array_equal(multinomial(key, 20, p, 64), np.bincount(categories(key, p, 20), minlength=3))


def test_the_number_of_draws_and_the_probabilities_may_be_traced():
    key, p = key_of("traced"), np.array([0.3, 0.3, 0.4])
    traced = jax.jit(lambda n, p: multinomial(key, n, p, 50))
    for n in (0, 1, 50):
        np.testing.assert_array_equal(traced(jnp.int64(n), p), multinomial(key, n, p, 50))
    assert int(traced(jnp.int64(99), p).sum()) == 50


def test_the_lane_and_the_width_of_a_block_change_no_bit():
    def path(key):
        def step(g, theta):
            return multinomial(jax.random.fold_in(key, g), 30, theta, 40).astype(jnp.float64) / 30.0

        return jax.lax.fori_loop(0, 4, step, jnp.full(7, 1 / 7))

    assert_same_bits_in_any_lane(path)


@pytest.mark.parametrize(
    ("n", "p", "capacity", "name"),
    [
        (5, [0.5, 0.5], 4, "n"),
        (-1, [1.0], 4, "n"),
        (1, [0.5, 0.4], 4, "probabilities"),
        (1, [1.0], 0, "capacity"),
    ],
)
def test_counts_that_cannot_be_are_refused(n, p, capacity, name):
    with pytest.raises(BadInput, match=name):
        multinomial(key_of("bad"), n, p, capacity)
