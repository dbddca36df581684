"""Counts and their kin: rare ones at their rate, huge ones whole, mountains that cover, laws by other arithmetic."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from sims.samplers import binomial as binomials
from sims.samplers import poisson as poissons
from sims.samplers.binomial import binomial
from sims.samplers.hyperbolic import hyperbolic_secant
from sims.samplers.poisson import poisson, searched
from sims.samplers.unit import bernoulli, unit, unit_of
from tests.test_samplers_laws import P_LEAST, assert_same_bits_in_any_lane, counts_p, draws, key_of, ks_p

DRAWS = 100_000
#: Rates on both sides of the seam at 10, and one so large that counts are compared through their distribution.
RATES = [0.3, 4.0, 9.99, 10.0, 31.7, 2500.0]
LARGE = [1e7, 1e9, 1e12]


def poisson_draws(rate: float) -> np.ndarray:
    return draws("poisson", DRAWS, poisson, jnp.asarray(rate))


def cells_p(sample: np.ndarray, law) -> float:
    """Pearson's test over the whole law: a cell for each count that is at all likely, and one for each tail."""
    low, high = int(law.ppf(1e-6)), int(law.ppf(1 - 1e-6))
    counts = np.bincount(np.clip(sample, low, high + 1).astype(int) - low, minlength=high + 2 - low)
    inner = law.pmf(np.arange(low + 1, high + 1))
    return counts_p(counts, np.concatenate([[law.cdf(low)], inner, [law.sf(high)]]))


@pytest.mark.parametrize("rate", RATES)
def test_poisson_counts_have_their_law(rate: float) -> None:
    sample = poisson_draws(rate)
    assert (sample == np.floor(sample)).all()
    assert cells_p(sample, stats.poisson(rate)) > P_LEAST


@pytest.mark.parametrize("rate", LARGE)
def test_huge_poisson_counts_have_their_law_and_every_residue(rate: float) -> None:
    sample = poisson_draws(rate)
    # A count spread over one standard deviation and more is continuous to this test: half a count is 1e-4 of it.
    assert ks_p(sample + 0.5, stats.poisson(rate).cdf if rate < 1e9 else stats.norm(rate, np.sqrt(rate)).cdf) > P_LEAST
    assert counts_p(np.bincount((sample % 64).astype(int), minlength=64), np.full(64, 1 / 64)) > P_LEAST


TRIALS = [(1, 0.3), (40, 0.2), (40, 0.9), (50, 0.2), (50, 0.5), (1000, 0.013), (3000, 0.71)]


@pytest.mark.parametrize(("trials", "chance"), TRIALS)
def test_binomial_counts_have_their_law(trials: int, chance: float) -> None:
    sample = draws("binomial", DRAWS, binomial, jnp.asarray(float(trials)), jnp.asarray(chance))
    assert cells_p(sample, stats.binom(trials, chance)) > P_LEAST


def test_huge_binomial_counts_have_their_law() -> None:
    n, p = 1e9, 0.3
    sample = draws("binomial", DRAWS, binomial, jnp.asarray(n), jnp.asarray(p))
    # Skewness (1 - 2p)/sqrt(npq) = 3e-5 and half a count in 1.4e4 are far below what the distance can see, 0.01.
    assert ks_p(sample, stats.norm(n * p, np.sqrt(n * p * (1 - p))).cdf) > P_LEAST
    assert counts_p(np.bincount((sample % 64).astype(int), minlength=64), np.full(64, 1 / 64)) > P_LEAST


RARE = st.floats(-15, 0.99).map(lambda e: 10.0**e)


@given(rate=RARE, k=st.integers(0, 12))
@settings(deadline=None)
def test_a_search_gives_every_count_its_share_of_the_unit(rate: float, k: int) -> None:
    # The count passes k exactly where the uniform falls to the tail P(X > k): the step is found by bisection.
    with mpmath.workdps(40):
        tail = float(mpmath.gammainc(k + 1, 0, rate, regularized=True))
    if tail < 2**-64:
        return
    slack = 1e-15 + 4e-16 * tail if k else 4e-16 * tail

    def count(u: float) -> float:
        return float(searched(jnp.asarray(u), jnp.asarray(-rate), lambda j: rate / (j + 1.0)))

    if tail > 4 * slack:
        assert count(tail - slack) > k
    assert count(min(tail + slack, 1.0)) <= k or tail + slack >= 1.0


@pytest.mark.parametrize("chance", [1e-7, 1e-12, 0.3])
def test_rare_events_have_their_share_of_the_words(chance: float) -> None:
    last = int(chance * 2**64)
    for word, wanted in ((0, 1.0), (last - last // 10**9 - 2, 1.0), (last + last // 10**9 + 2, 0.0), (2**64 - 1, 0.0)):
        halves = jnp.uint32(word >> 32), jnp.uint32(word & 0xFFFFFFFF)
        assert float(jnp.where(unit_of(halves) <= chance, 1.0, 0.0)) == wanted


def test_rare_counts_come_at_their_rate() -> None:
    # 2^26 draws at a rate of 1e-7, where jax's own sampler gives none at all.
    @jax.jit
    def total(root, rate):
        def chunk(i):
            keys = jax.vmap(lambda lane: jax.random.fold_in(jax.random.fold_in(root, i), lane))(lanes)
            return jnp.sum(jax.vmap(lambda key: poisson(key, rate))(keys))

        return jnp.sum(jax.lax.map(chunk, jnp.arange(2**14, dtype=jnp.uint32)))

    lanes = jnp.arange(2**12, dtype=jnp.uint32)
    assert stats.binomtest(int(total(key_of("rare counts"), jnp.asarray(1e-7))), 2**26, 1e-7).pvalue > 1e-9


@pytest.mark.parametrize("rate", [10.0, 11.625, 13.25, 14.875, 17.375, 30.0, 100.0, 1e3, 1e5])
def test_the_mountain_covers_the_poisson_law(rate: float) -> None:
    mountain = [float(x) for x in poissons.table_mountain(jnp.asarray(rate))]
    law: Any = stats.poisson(rate)
    assert covered(mountain, law.logpmf, rate, np.sqrt(rate)) <= 1.0


@pytest.mark.parametrize(("trials", "chance"), [(20, 0.5), (50, 0.2), (100, 0.4), (10**4, 1e-3), (10**5, 0.5)])
def test_the_mountain_covers_the_binomial_law(trials: int, chance: float) -> None:
    mountain = [float(x) for x in binomials.table_mountain(jnp.asarray(float(trials)), jnp.asarray(chance))]
    law: Any = stats.binom(trials, chance)
    mode = np.floor((trials + 1) * chance)
    worst = covered(mountain, lambda k: law.logpmf(k) - law.logpmf(mode), trials * chance, law.std())
    assert worst <= 1.0


def covered(mountain: list[float], log_mass, mean: float, sd: float) -> float:
    """Return the largest chance to keep a draw, over the ends of the interval of u that makes each count."""
    a, b, centre, log_alpha = mountain
    u = np.linspace(-0.5, 0.5, 400_003)[1:-1]
    edge = 0.5 - np.abs(u)
    k = np.floor((2 * a / edge + b) * u + centre)
    near = (k >= 0) & (np.abs(k - mean) < 40 * sd)
    return float(np.exp(log_mass(k[near]) + log_alpha + np.log(a / edge[near] ** 2 + b)).max())


@given(k=st.integers(0, 10**6) | st.integers(0, 60), rate=st.floats(0.5, 1e6))
@settings(deadline=None)
def test_the_logarithm_of_a_poisson_probability(k: int, rate: float) -> None:
    with mpmath.workdps(50):
        exact = float(k * mpmath.log(rate) - mpmath.mpf(rate) - mpmath.loggamma(k + 1))
    ours = float(poissons.log_poisson(jnp.asarray(float(k)), jnp.asarray(rate)))
    assert abs(ours - exact) <= 1e-14 * (1 + abs(exact)) + 3e-16 * abs(k - rate)


def test_what_is_certain_is_certain() -> None:
    certain = draws("certain", 4096, lambda key: jnp.stack([
        poisson(key, jnp.asarray(0.0)), binomial(key, jnp.asarray(9.0), jnp.asarray(0.0)),
        binomial(key, jnp.asarray(9.0), jnp.asarray(1.0)), binomial(key, jnp.asarray(0.0), jnp.asarray(0.3)),
        bernoulli(key, jnp.asarray(0.0)), bernoulli(key, jnp.asarray(1.0)),
        binomial(key, jnp.asarray(1e9), jnp.asarray(1.0))]))  # fmt: skip
    assert (certain == [0, 0, 9, 0, 0, 1, 1e9]).all()


@pytest.mark.parametrize("rate", [-1.0, np.nan, np.inf, 2.0**51])
def test_a_rate_that_cannot_be_is_not_a_number(rate: float) -> None:
    key = jax.random.key(0)
    assert np.isnan(float(poisson(key, jnp.asarray(rate))))
    assert np.isnan(float(binomial(key, jnp.asarray(rate), jnp.asarray(0.5))))
    if not 0 <= rate <= 1:
        assert np.isnan(float(binomial(key, jnp.asarray(5.0), jnp.asarray(rate))))


@pytest.mark.parametrize("mean", [0.0, 1.5, -40.0])
def test_hyperbolic_secants_have_their_law(mean: float) -> None:
    # The logistic of pi x is a beta variable: Morris 1982.
    sample = draws("secant", DRAWS, hyperbolic_secant, jnp.asarray(mean))
    share = 0.5 + np.arctan(mean) / np.pi
    assert ks_p(special.expit(np.pi * sample), stats.beta(share, 1 - share).cdf) > P_LEAST


def test_the_lane_and_the_width_of_a_block_change_no_bit() -> None:
    def path(key):
        rate = 30.0 * unit(jax.random.fold_in(key, 7))
        return poisson(key, rate)

    assert_same_bits_in_any_lane(path)
