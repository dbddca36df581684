"""Bits, normals and indices: enumerated where they can be, held against their laws where not."""

from __future__ import annotations

from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtr, ndtri

from groundwork.errors import BadInput
from sims.samplers import bits
from tests.test_samplers_laws import P_LEAST, Z_MOST, assert_same_bits_in_any_lane, draws, key_of, ks_p, mean_z


def halves(word):
    word = np.asarray(word, dtype=np.uint64)
    return jnp.asarray((word >> np.uint64(32)).astype(np.uint32)), jnp.asarray(word.astype(np.uint32))


@pytest.mark.parametrize("shape", [(), (7,), (3, 4)])
def test_the_words_are_one_threefry_block_for_each_draw(shape):
    key = key_of("words")
    np.testing.assert_array_equal(bits.join(bits.words(key, shape)), jax.random.bits(key, shape, jnp.uint64))


def test_a_draw_knows_its_key_and_its_position_alone():
    key = key_of("position")
    z = bits.normal(key, (64, 3))
    np.testing.assert_array_equal(bits.normal(key, (9, 3)), z[:9])
    np.testing.assert_array_equal(bits.normal(key, (5, 3), first=9), z[3:8])
    np.testing.assert_array_equal(jnp.stack(bits.normals(key, 3, (64,)), axis=1), z)
    np.testing.assert_array_equal(jnp.stack(bits.normals(key, 3, (4,), first=6), axis=1), z[2:6])
    np.testing.assert_array_equal(bits.uniform_index(key, (9,), 1000), bits.uniform_index(key, (99,), 1000)[:9])


def test_the_lane_and_the_width_of_a_block_change_no_bit():
    assert_same_bits_in_any_lane(
        lambda key: (bits.normal(key, (3,)), bits.normals(key, 2), bits.uniform_index(key, (5,), 7))
    )


def test_all_float32_codes_are_finite_distinct_and_symmetric():
    codes = np.arange(2**24, dtype=np.uint32) << 8

    @jax.jit
    def maps(words):
        u = bits.signed_uniform((words, words), np.float32)
        return u, jax.lax.erf_inv(u)

    u, z = (np.asarray(x) for x in maps(codes))
    opposite, mirror = (np.asarray(x) for x in maps(~codes))
    assert u.dtype == np.float32
    for value, other in ((u, opposite), (z, mirror)):
        assert np.isfinite(value).all()
        assert np.unique(value).size == 2**24
        np.testing.assert_array_equal(value, -other)
    assert np.abs(u).min() == 2.0**-24
    assert np.sqrt(2) * z.max() == pytest.approx(-ndtri(2.0**-25), rel=1e-6)


def test_the_float64_codes_at_every_power_of_two_are_finite_exact_and_symmetric():
    k = np.unique([s * 2**e + o for e in range(52) for s in (1, -1) for o in (-2, -1, 0, 1, 2)] + [2**52 - 1, -(2**52)])
    k = k[(k >= -(2**52)) & (k < 2**52)]

    def uniform(code):
        return np.asarray(bits.signed_uniform(halves((code.astype(np.int64) << 11).view(np.uint64))))

    u = uniform(k)
    assert all(Fraction(float(x)) == Fraction(2 * int(c) + 1, 2**53) for x, c in zip(u, k, strict=True))
    np.testing.assert_array_equal(u, -uniform(~k))
    z, mirror = (np.asarray(jax.lax.erf_inv(jnp.asarray(x))) for x in (u, uniform(~k)))
    assert np.isfinite(z).all()
    np.testing.assert_array_equal(z, -mirror)
    assert np.sqrt(2) * z.max() == pytest.approx(-ndtri(2.0**-54), rel=1e-14)


@given(code=st.integers(-(2**52), 2**52 - 1), rest=st.integers(0, 2**11 - 1))
def test_any_float64_code_is_the_odd_multiple_it_should_be(code, rest):
    u = float(bits.signed_uniform(halves((code * 2**11 + rest) % 2**64)))
    assert Fraction(u) == Fraction(2 * code + 1, 2**53)


def test_the_normal_is_the_quantile_of_its_uniform():
    near_one = 2**52 - 1 - np.unique(np.logspace(0, 15.6, 200_000).astype(np.int64))
    u = (2 * near_one + 1) * 2.0**-53
    z = np.sqrt(2) * np.asarray(jax.lax.erf_inv(jnp.asarray(u)))
    exact = -ndtri((1 - u) / 2)
    assert np.abs(z / exact - 1).max() < 2e-10
    assert (np.abs(z - exact) * stats.norm.pdf(exact)).max() < 1e-15


def test_normals_are_the_quantiles_of_the_words_they_are_made_of():
    key = key_of("quantiles")
    word = np.asarray(bits.join(bits.words(key, (20_000,))))
    u = (2.0 * (word.view(np.int64) >> 11) + 1) * 2.0**-53
    exact = np.where(u < 0, ndtri((1 + u) / 2), -ndtri((1 - u) / 2))
    for drawn in (bits.normal(key, (20_000,)), bits.normals(key, 1, (20_000,))[0]):
        np.testing.assert_allclose(drawn, exact, rtol=2e-10)


def test_normals_have_the_law_and_the_tails_of_normals():
    z = draws("normal tails", 2**15, lambda key: bits.normal(key, (128,))).ravel()
    assert ks_p(z, ndtr) > P_LEAST
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs(mean_z(z**power, moment, variance)) < Z_MOST
    for t in (1.0, 2.0, 3.0, 4.0, 4.75):
        for tail in ((z > t).sum(), (z < -t).sum()):
            assert stats.binomtest(int(tail), z.size, float(ndtr(-t))).pvalue > P_LEAST


def test_neighbouring_draws_and_neighbouring_keys_are_uncorrelated():
    z = draws("neighbours", 2**14, lambda key: bits.normal(key, (64,)))
    for product in (z[:, 1:] * z[:, :-1], z[1:] * z[:-1], (z[:, 1:] ** 2 - 1) * (z[:, :-1] ** 2 - 1) / 2):
        assert abs(mean_z(product, 0.0, 1.0)) < Z_MOST


@given(bound=st.integers(1, 2**31 - 1), data=st.data())
def test_each_index_begins_at_the_word_where_it_should(bound, data):
    # The map rises with the word, so that where the steps are is all there is to know of it.
    index = data.draw(st.integers(0, bound - 1))
    start = -(-index * 2**64 // bound)
    assert int(bits.index_of(halves(start), bound)) == index
    assert int(bits.index_of(halves((start - 1) % 2**64), bound)) == (index or bound) - 1


@given(word=st.integers(0, 2**64 - 1), factor=st.integers(0, 2**64 - 1))
def test_the_high_product_is_that_of_whole_numbers(word, factor):
    assert int(bits.high_product(halves(word), jnp.uint64(factor))) == word * factor >> 64


def test_the_bound_of_an_index_may_be_traced():
    key = key_of("bound")
    drawn = jax.jit(lambda bound: bits.uniform_index(key, (100,), bound))(jnp.int32(7))
    np.testing.assert_array_equal(drawn, bits.uniform_index(key, (100,), 7))


def test_what_is_no_typed_threefry_key_is_refused():
    with pytest.raises(BadInput, match="key"):
        bits.words(jnp.zeros(2, jnp.uint32))
    with pytest.raises(BadInput, match="key"):
        bits.words(jax.random.key(0, impl="rbg"))
    with pytest.raises(BadInput, match="dtype"):
        bits.signed_uniform(halves(0), np.float16)


def test_without_x64_nothing_is_drawn():
    with jax.enable_x64(False), pytest.raises(BadInput, match="x64"):
        bits.words(key_of("x64"))
