"""No two draws share a key: by arithmetic, by looking, and by jax's own checker of reuse."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.keys import GENERATIONS, PURPOSES, Purpose, draw_key, path_keys, root_key
from sims.process import Size
from sims.trajectories import trajectories
from sims.trees import take, traced
from sims.workflows.accumulate import Accumulate
from sims.workflows.replace import Replace
from tests.cases import PROCESSES

GENERATION = st.integers(0, GENERATIONS)
PURPOSE = st.sampled_from(list(Purpose))


def counter(generation: int, purpose: Purpose) -> int:
    """Return the counter of a draw, as ``draw_key`` folds it in."""
    return generation * PURPOSES + int(purpose)


def test_purposes_fit_and_differ() -> None:
    assert len({int(purpose) for purpose in Purpose}) == len(Purpose)
    assert all(0 <= purpose < PURPOSES for purpose in Purpose)


@given(GENERATION, PURPOSE, GENERATION, PURPOSE)
def test_counters_are_injective(g: int, purpose: Purpose, h: int, other: Purpose) -> None:
    assert (counter(g, purpose) == counter(h, other)) == ((g, purpose) == (h, other))
    assert counter(g, purpose) < 2**32


@given(GENERATION, PURPOSE)
def test_a_draw_folds_in_its_counter(g: int, purpose: Purpose) -> None:
    root = root_key(0)
    ours = jax.random.key_data(draw_key(root, g, purpose))
    direct = jax.random.key_data(jax.random.fold_in(root, np.uint32(counter(g, purpose))))
    np.testing.assert_array_equal(ours, direct)


def test_a_hundred_thousand_triples_have_as_many_keys() -> None:
    root = root_key(0)
    paths = path_keys(root, jnp.concatenate([jnp.arange(150), 2**32 - 1 - jnp.arange(50)]))
    generations = jnp.arange(50)

    def of_path(path):
        return jnp.stack(
            [
                jax.vmap(lambda g, p=purpose: jax.random.key_data(draw_key(path, g, p)))(generations)
                for purpose in Purpose
            ]
        )

    keys = np.asarray(jax.vmap(of_path)(paths)).reshape(-1, 2)
    assert len(np.unique(keys, axis=0)) == len(keys) == 200 * 50 * len(Purpose)


def test_neighbouring_paths_and_generations_are_uncorrelated() -> None:
    # A million products of independent numbers of variance 1 or less: 6 standard errors, 1 run in 10^9.
    steps = np.diff(
        trajectories(PROCESSES["gaussian"], Replace(), "log_sd", seeds=100_000, n=12, generations=11, road="chain"),
        axis=1,
    )
    steps = (steps - steps.mean()) / steps.std()
    limit = 6 / np.sqrt(steps[:, :-1].size)
    assert abs(np.mean(steps[:, 1:] * steps[:, :-1])) < limit
    assert abs(np.mean(steps[1:] * steps[:-1])) < 6 / np.sqrt(steps[1:].size)
    accumulated = trajectories(
        PROCESSES["location"], Accumulate(), "estimate", seeds=100_000, n=12, generations=2, road="samples"
    )
    jump = accumulated[:, 1] - accumulated[:, 0]
    product = jump * accumulated[:, 0]
    assert abs(product.mean()) < 6 * product.std() / np.sqrt(len(product))


@pytest.mark.parametrize("name", PROCESSES)
def test_no_method_uses_its_key_twice(name: str) -> None:
    """Jax's checker sees a key consumed twice in a program, split ones included."""
    process = PROCESSES[name]
    rows = 32
    size = Size(jnp.asarray(rows), None, jnp.asarray(0), rows, True)
    keys = {purpose: draw_key(root_key(0), 1, purpose) for purpose in Purpose}
    with jax.debug_key_reuse(True):
        world = process.init(keys[Purpose.WORLD], size)
        theta = process.truth(world)
        batch = process.sample(keys[Purpose.SAMPLE], world, theta, rows)
        again = process.relabel(keys[Purpose.REAL], world, theta, batch)
        fitted = process.fit(keys[Purpose.FIT], world, again, jnp.ones(rows), theta)
        assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(fitted))


def test_the_checker_sees_reuse() -> None:
    key = root_key(0)
    with jax.debug_key_reuse(True):
        jax.random.normal(key)
        with pytest.raises(jax.errors.KeyReuseError):
            jax.random.normal(key)


def test_traced_trees_have_strong_types() -> None:
    assert [leaf.dtype.name for leaf in jax.tree.leaves(traced((1, 2.0, np.float32(3), True)))] == [
        "int64",
        "float64",
        "float64",
        "bool",
    ]
    assert take((jnp.arange(3),), 1)[0] == 1
