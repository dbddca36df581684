"""Exact families, proportions and bands, held against enumerations and independent formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from groundwork.errors import BadInput
from paper_checks._exact import exact_test
from paper_checks._families import Family, GammaMean, NormalMean
from paper_checks._law import band, law_test, p_bound, uniform_bins
from paper_checks._looks import Looks
from paper_checks._outcome import BrokenLicence, Status
from paper_checks._proportion import Binomial, clopper_pearson, proportion_test
from paper_checks._sequential import run
from paper_checks._stream import Rules
from paper_checks._two_laws import gap_range, two_laws_test
from tests.test_verdict_examples import UnitSampler, seed_from

FAMILIES = [(Binomial(), 0.3), (GammaMean(0.5), 2.0), (GammaMean(24.5), 0.1), (NormalMean(3.0), -1.0)]


@given(paths=st.integers(1, 400), share=st.floats(0, 1), p=st.floats(0, 1))
def test_binomial_tails_are_the_sums(paths: int, share: float, p: float) -> None:
    total = round(share * paths)
    fewer, more = Binomial().tails(total, paths, p)
    assert fewer == pytest.approx(stats.binom.cdf(total, paths, p), rel=1e-9, abs=1e-300)
    assert more == pytest.approx(stats.binom.sf(total - 1, paths, p), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(("family", "mean"), FAMILIES)
@pytest.mark.parametrize("a", [0.3, 1e-3, 1e-10])
def test_the_limits_are_the_means_at_which_a_tail_has_the_given_size(family: Family, mean: float, a: float) -> None:
    paths, total = 1000, round(1000 * mean)
    assert family.tails(total, paths, family.low(total, paths, a))[1] == pytest.approx(a, rel=1e-8)
    assert family.tails(total, paths, family.high(total, paths, a))[0] == pytest.approx(a, rel=1e-8)


@pytest.mark.parametrize(("family", "mean"), FAMILIES)
def test_the_tails_belong_to_the_family(family: Family, mean: float) -> None:
    """Against scipy's law of the total, which the family does not use."""
    paths, total = 50, 50 * mean + 4
    laws = {
        "binomial": stats.binom(paths, mean),
        "gamma": stats.gamma(paths * getattr(family, "shape", 1), scale=mean / getattr(family, "shape", 1)),
        "normal": stats.norm(paths * mean, getattr(family, "sd", 1) * math.sqrt(paths)),
    }
    law = laws[str(family.facts()["family"])]
    below = total - 1 if isinstance(family, Binomial) else total
    expected = (law.cdf(total), law.sf(below))
    assert family.tails(total, paths, mean) == pytest.approx(expected, rel=1e-9)


@given(paths=st.integers(1, 200), p=st.floats(0.01, 0.99), a=st.floats(1e-6, 0.4))
def test_the_critical_counts_are_the_first_that_refute(paths: int, p: float, a: float) -> None:
    family = Binomial()
    down, up = family.critical(p, paths, a)
    tails = [family.tails(s, paths, p) for s in range(paths + 1)]
    assert down == max((s for s, pair in enumerate(tails) if pair[0] < a), default=None)
    assert up == min((s for s, pair in enumerate(tails) if pair[1] < a), default=None)


@given(p=st.floats(0.02, 0.98), a=st.floats(1e-6, 0.2), paths=st.integers(1, 300))
def test_clopper_pearson_covers_every_probability(p: float, a: float, paths: int) -> None:
    covered = [clopper_pearson(s, paths, a) for s in range(paths + 1)]
    inside = np.array([low <= p <= high for low, high in covered])
    assert stats.binom.pmf(np.arange(paths + 1), paths, p)[inside].sum() >= 1 - a - 1e-12


def test_clopper_pearson_has_the_known_ends() -> None:
    assert clopper_pearson(0, 100, 0.05) == (0.0, pytest.approx(1 - 0.025 ** (1 / 100), rel=1e-12))
    assert clopper_pearson(100, 100, 0.05)[1] == 1.0


@pytest.mark.parametrize(("family", "mean"), FAMILIES)
def test_every_family_keeps_its_power_and_its_certificate(family: Family, mean: float) -> None:
    """By tails alone: an error of the resolution is refuted, and none is excluded, with power 1 - beta."""
    paths = 4096
    test = exact_test(family, mean, alpha=1e-6, gap=10.0, looks=Looks(paths, 4))
    size, a, beta = test.resolution(paths), test.level, test.beta
    down, up = family.critical(mean, paths, a)
    assert down is not None
    assert up is not None
    assert family.tails(up, paths, mean)[1] <= a * (1 + 1e-8)
    assert family.tails(down, paths, mean)[0] <= a * (1 + 1e-8)
    assert family.tails(up, paths, mean + size)[1] >= (1 - beta) * (1 - 1e-8)
    assert family.tails(down, paths, mean - size)[0] >= (1 - beta) * (1 - 1e-8)
    low, high = family.critical(mean, paths, beta)
    assert low is not None
    assert high is not None
    assert family.tails(high, paths, mean + size)[0] <= a * (1 + 1e-8)
    assert family.tails(low, paths, mean - size)[1] <= a * (1 + 1e-8)


@pytest.mark.parametrize("p", [0.02, 0.3, 0.9])
def test_the_power_of_a_proportion_at_its_resolution_is_the_promised_one(p: float) -> None:
    test = proportion_test(p, alpha=1e-6, gap=0.5, looks=Looks(4096, 4))
    family, paths = Binomial(), 4096
    size = test.resolution(paths)
    down, up = family.critical(p, paths, test.level)
    assert down is not None
    assert up is not None
    assert stats.binom.sf(up - 1, paths, p + size) >= 0.995 - 1e-9
    assert stats.binom.cdf(down, paths, max(0.0, p - size)) >= 0.995 - 1e-9


def test_an_event_that_cannot_happen_can_be_claimed() -> None:
    test = proportion_test(0.0, alpha=1e-6, gap=0.01, looks=Looks(4096))
    never = lambda ids: np.zeros(len(ids))  # noqa: E731
    rare = UnitSampler(seed_from("rare"), lambda random: (random.random(256) < 0.02) * 1.0)
    assert run([test], never, Rules(budget=10**6))[0].status is Status.HOLDS
    assert run([test], rare, Rules(budget=10**6))[0].status is Status.REFUTED


def test_one_sided_proportions() -> None:
    coins = UnitSampler(seed_from("sides"), lambda random: (random.random(256) < 0.3) * 1.0)
    claims = [(0.4, "upper"), (0.2, "upper"), (0.2, "lower"), (0.4, "lower")]
    tests = [proportion_test(v, alpha=1e-6, gap=0.05, side=side) for v, side in claims]
    found = [outcome.status.value for outcome in run(tests, coins, Rules(budget=2**16))]
    assert found == ["HOLDS", "REFUTED", "HOLDS", "REFUTED"]


def test_the_exact_band_is_below_massarts_and_near_kolmogorovs() -> None:
    for paths in (64, 512, 4096):
        for a in (0.1, 1e-3, 1e-6):
            massart = math.sqrt(math.log(2 / a) / (2 * paths))
            exact = stats.kstwo.isf(a, paths)
            assert exact * (1 - 1e-9) <= band(a, paths) <= massart
            assert band(a, paths) == pytest.approx(exact, rel=2e-3)
            assert p_bound(band(a, paths), paths) == pytest.approx(a, rel=1e-9)
    assert band(1e-6, 10**6) == pytest.approx(math.sqrt(math.log(2e6) / 2e6), rel=1e-14)
    assert p_bound(band(1e-6, 10**6), 10**6) == pytest.approx(1e-6, rel=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_the_binned_distance_misses_at_most_one_bin(values: list[float]) -> None:
    x = np.zeros(256)
    x[:] = np.resize(values, 256)
    test = law_test(lambda u: u, alpha=0.1, gap=0.9, looks=Looks(256, 1))
    sums = test.start(0)
    sums.feed(x)
    place, ordered = np.arange(257) / 256, np.sort(x)
    distance = max((place[1:] - ordered).max(), (ordered - place[:-1]).max())
    assert sums.read().estimate <= distance + 1e-12
    assert distance <= sums.read().estimate + 1 / uniform_bins(256) + 1e-12


def test_the_interval_of_a_law_is_the_band_around_what_was_seen() -> None:
    test = law_test(lambda u: u, alpha=0.1, gap=0.9, looks=Looks(256, 1))
    sums = test.start(0)
    sums.feed(np.linspace(0.3, 0.9, 256))
    found = sums.read()
    assert found.low == pytest.approx(found.estimate - test.half(256), rel=1e-12)
    assert found.high == pytest.approx(found.estimate + 1 / uniform_bins(256) + test.half(256), rel=1e-12)
    assert found.status is Status.REFUTED


def test_a_whole_law_sees_what_the_mean_does_not() -> None:
    """Same mean, other spread: the error that every mean check is blind to."""
    looks = Looks(1024)
    wide = UnitSampler(seed_from("wide"), lambda random: 1.2 * random.standard_normal(256))
    claims = [law_test(lambda x, s=s: stats.norm.cdf(x / s), alpha=1e-8, gap=0.03, looks=looks) for s in (1.2, 1)]
    outcomes = run(claims, wide, Rules(budget=2**17))
    assert [o.status for o in outcomes] == [Status.HOLDS, Status.REFUTED]
    assert outcomes[0].relative_resolution is None
    assert "within CDF gap 0.0" in outcomes[0].sentence()


def test_a_discrete_law_is_tested_at_its_atoms() -> None:
    atoms = tuple(float(k) for k in range(7))
    draw = UnitSampler(seed_from("discrete"), lambda random: random.binomial(6, 0.3, 256) * 1.0)
    make = lambda p: law_test(  # noqa: E731
        lambda x: stats.binom.cdf(x, 6, p), alpha=1e-8, gap=0.04, atoms=atoms, looks=Looks(1024)
    )
    outcomes = run([make(0.3), make(0.33)], draw, Rules(budget=2**17))
    assert [o.status for o in outcomes] == [Status.HOLDS, Status.REFUTED]
    counts = make(0.3).start(0)
    with pytest.raises(BrokenLicence, match="no atom"):
        counts.feed(np.full(256, 2.5))


def pairs(second: float) -> UnitSampler:
    return UnitSampler(
        seed_from(f"pairs {second}"),
        lambda random: np.stack([random.standard_normal(256), second * random.standard_normal(256)], axis=1),
    )


def test_two_samplers_of_one_law_are_told_from_two_of_two() -> None:
    test = two_laws_test(stats.norm.cdf, alpha=1e-8, gap=0.05, looks=Looks(1024))
    same, other = (run([test], pairs(scale), Rules(budget=2**17))[0] for scale in (1.0, 1.3))
    assert (same.status, other.status) == (Status.HOLDS, Status.REFUTED)


@given(st.integers(0, 5), st.integers(1, 40), st.integers(2, 16))
def test_the_gap_of_two_samples_is_bracketed(seed: int, size: int, bins: int) -> None:
    random = np.random.default_rng(seed)
    a, b = random.random(size), random.random(size) ** 2
    counts = [np.histogram(x, bins=bins, range=(0, 1))[0] for x in (a, b)]
    low, high = gap_range(counts[0], counts[1])
    at = np.concatenate([a, b])
    shares = [np.searchsorted(np.sort(x), at, side="right") / size for x in (a, b)]
    assert low - 1e-12 <= np.abs(shares[0] - shares[1]).max() <= high + 1e-12


@pytest.mark.parametrize(
    "make",
    [
        lambda: proportion_test(1.2, alpha=1e-8, delta=0.1),
        lambda: proportion_test(-0.1, alpha=1e-8, gap=0.1),
        lambda: exact_test(GammaMean(1.0), -1.0, alpha=1e-8, delta=0.1),
        lambda: GammaMean(0.0),
        lambda: NormalMean(-1.0),
        lambda: law_test(lambda u: u, alpha=1e-8, gap=0.0),
        lambda: law_test(lambda u: u, alpha=1e-8, gap=1.5),
        lambda: law_test(lambda u: u, alpha=1e-8, gap=0.1, atoms=(1.0, 1.0)),
        lambda: two_laws_test(lambda u: u, alpha=0.0, gap=0.1),
        lambda: Looks(first=100),
        lambda: Looks(count=0),
    ],
)
def test_bad_input_is_refused(make: object) -> None:
    with pytest.raises(BadInput):
        make()  # type: ignore[operator]
