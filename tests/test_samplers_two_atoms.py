"""The two-atom chain: the law of every state counted out, code by code, and the chain against its matrix."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from groundwork.errors import BadInput
from sims.samplers.two_atoms import two_atom_codes, two_atom_step, two_atom_table
from tests.test_samplers_laws import P_LEAST, assert_same_bits_in_any_lane, counts_p, draws, key_of

FULL = 2**48


def unpacked(table, n):
    cells = np.asarray(table.cells)[: n + 2, : n + 1]
    return (cells >> np.uint64(16)).astype(np.int64), (cells & np.uint64(0xFFFF)).astype(np.int64)


def realised(table, n):
    """Whole numbers, in units of 2^-48/(n + 1): how much of each row's cells leads to each next state."""
    threshold, alias = unpacked(table, n)
    law = np.zeros((n + 2, n + 1), dtype=np.int64)
    rows, own = np.arange(n + 2)[:, None], np.arange(n + 1)[None, :]
    np.add.at(law, (rows, np.broadcast_to(own, alias.shape)), threshold)
    np.add.at(law, (rows, alias), FULL - threshold)
    return law


@pytest.mark.parametrize("n", [1, 2, 3, 7, 12])
@pytest.mark.parametrize("start", [0.0, 0.3, 0.5, 1.0])
def test_the_realised_law_is_within_the_bound_of_the_rational_one(n, start):
    law = realised(two_atom_table(n, start), n)
    for j, p in enumerate([*(Fraction(j, n) for j in range(n + 1)), Fraction(start)]):
        exact = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
        off = sum(abs(Fraction(int(x), FULL * (n + 1)) - e) for x, e in zip(law[j], exact, strict=True)) / 2
        assert off <= 2**-49 + 1e-15


@pytest.mark.parametrize("n", [30, 100, 500, 2000])
def test_the_realised_law_is_that_of_the_binomial_table(n):
    law = realised(two_atom_table(n, 0.3), n)
    assert (law.sum(axis=1) == FULL * (n + 1)).all()
    chances = np.append(np.arange(n + 1) / n, 0.3)[:, None]
    exact = stats.binom.pmf(np.arange(n + 1)[None, :], n, chances)
    off = np.abs(law / (FULL * (n + 1.0)) - exact).sum(axis=1) / 2
    # Of this, 2^-49 is the threshold's; the rest is rounding, for the most part scipy's own.
    assert off.max() < 1e-14
    means = law @ np.arange(n + 1.0) / (FULL * (n + 1.0))
    np.testing.assert_allclose(means, n * chances[:, 0], rtol=0, atol=1e-12 * n)


@pytest.mark.parametrize("n", [1, 2, 10, 100, 500, 2000])
def test_no_code_leaves_an_absorbing_state(n):
    threshold, alias = unpacked(two_atom_table(n), n)
    for state in (0, n):
        others = np.arange(n + 1) != state
        assert (threshold[state][others] == 0).all()
        assert (alias[state] == state).all()


@pytest.mark.parametrize("n", [1, 3, 10])
def test_the_words_of_a_cell_split_at_its_threshold(n):
    # Within a cell a step falls from the cell to its alias once: both sides of the fall, and the cell's ends.
    table = two_atom_table(n, 0.37)
    threshold, alias = unpacked(table, n)
    state, cell = np.meshgrid(np.arange(n + 2), np.arange(n + 1), indexing="ij")

    def step(word):
        halves = ((word >> np.uint64(32)).astype(np.uint32), word.astype(np.uint32))
        halves = (jnp.asarray(halves[0]).ravel(), jnp.asarray(halves[1]).ravel())
        next_state = jax.vmap(lambda hi, lo, s: two_atom_codes((hi, lo), table, s))
        return np.asarray(next_state(*halves, jnp.asarray(state.ravel(), jnp.int32))).reshape(state.shape)

    def first_word(numerator):
        return np.vectorize(lambda x: -(-x // (n + 1)), otypes=[object])(numerator)

    begin = cell.astype(object) * 2**64
    fall = first_word(begin + (threshold.astype(object) << 16))
    start, end = first_word(begin), first_word(begin + 2**64) - 1
    np.testing.assert_array_equal(step(start.astype(np.uint64)), np.where(threshold > 0, cell, alias))
    np.testing.assert_array_equal(step(end.astype(np.uint64)), alias)
    inside = fall <= end
    np.testing.assert_array_equal(step(np.minimum(fall, end).astype(np.uint64))[inside], alias[inside])
    above = fall > start
    np.testing.assert_array_equal(step(np.maximum(fall - 1, start).astype(np.uint64))[above], cell[above])


@pytest.mark.parametrize(("n", "start", "generations"), [(10, 0.3, 1), (10, 0.37, 6), (101, 0.123, 25)])
def test_the_chain_has_the_law_of_its_matrix(n, start, generations):
    table = two_atom_table(n, start)

    def path(key):
        return jax.lax.fori_loop(
            0, generations, lambda g, s: two_atom_step(jax.random.fold_in(key, g), table, s), jnp.int32(n + 1)
        )

    states = draws(f"chain {n} {start} {generations}", 200_000, path)
    matrix = stats.binom.pmf(np.arange(n + 1)[None, :], n, (np.arange(n + 1) / n)[:, None])
    law = stats.binom.pmf(np.arange(n + 1), n, start) @ np.linalg.matrix_power(matrix, generations - 1)
    assert counts_p(np.bincount(states, minlength=n + 1), law) > P_LEAST


def test_more_room_changes_no_step_and_another_n_compiles_nothing():
    traces = []

    @jax.jit
    def steps(table, state):
        traces.append(1)
        keys = jax.vmap(lambda i: jax.random.fold_in(key_of("room"), i))(jnp.arange(300))
        return jax.vmap(lambda key: two_atom_step(key, table, state))(keys)

    wide = {n: steps(two_atom_table(n, 0.3, capacity=64), jnp.int32(n + 1)) for n in (20, 50, 64)}
    assert len(traces) == 1
    for n, states in wide.items():
        np.testing.assert_array_equal(states, steps(two_atom_table(n, 0.3), jnp.int32(n + 1)))


def test_the_lane_and_the_width_of_a_block_change_no_bit():
    table = two_atom_table(100, 0.3)
    assert_same_bits_in_any_lane(
        lambda key: jax.lax.fori_loop(
            0, 5, lambda g, s: two_atom_step(jax.random.fold_in(key, g), table, s), jnp.int32(101)
        )
    )


@pytest.mark.parametrize(
    ("kwargs", "name"),
    [
        ({"n": 0}, "n"),
        ({"n": 4096}, "parent_gather"),
        ({"n": 10, "start": 1.5}, "start"),
        ({"n": 10, "capacity": 9}, "capacity"),
    ],
)
def test_tables_that_cannot_be_are_refused(kwargs, name):
    with pytest.raises(BadInput, match=name):
        two_atom_table(**kwargs)
