"""Seeds, shares of alpha, exact sums, digests: the small things a verdict rests on."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from groundwork.errors import BadInput
from paper_checks._clt import clt_allows, clt_paths, z_p_value
from paper_checks._looks import BETA, POWER, Looks, wanted_gap
from paper_checks._outcome import Outcome, Status, worst
from paper_checks._seeds import FAMILY_ALPHA, alpha_shares, digest, distinct, seed_of, seed_words
from paper_checks._sums import ExactSum, unit_sums

ROOT = Path(__file__).resolve().parents[1]


def test_seeds_differ_in_every_part_and_stay_in_range() -> None:
    parts = [("1", "a", "b"), ("2", "a", "b"), ("1", "ab", ""), ("1", "b", "a"), ("1", "a", "b c")]
    seeds = [seed_of(*part) for part in parts if all(part)]
    seeds += [seed_of("1", "a", "b", purpose="mutant"), seed_of("1", "a", "b", commit="f00")]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_seed_does_not_depend_on_the_process() -> None:
    """Python's own hash is salted per process; this one must not be."""
    code = "from paper_checks._seeds import seed_of; print(seed_of('1', 'x2000.y', 'mean'))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": salt},
            capture_output=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    }
    assert runs == {f"{seed_of('1', 'x2000.y', 'mean')}\n".encode()}


@given(st.integers(0, 2**63 - 1))
def test_the_words_of_a_seed_give_it_back(seed: int) -> None:
    high, low = seed_words(seed)
    assert (high << 32) + low == seed
    assert max(high, low) < 2**32


def test_a_thousand_checks_have_distinct_words() -> None:
    names = [(f"author{2000 + i}.thm{j}", c) for i in range(25) for j in range(20) for c in ("mean", "law")]
    seeds = {name: seed_of("1", *name) for name in names}
    distinct(seeds)
    assert len(set(seeds.values())) == len(names) == 1000


@pytest.mark.parametrize("pair", [(5, 5), (1 << 32, (1 << 32) + 9), ((3 << 32) + 7, (4 << 32) + 7)])
def test_a_shared_word_is_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(BadInput, match="rename one of the checks"):
        distinct({"one": pair[0], "two": pair[1]})


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, True, "7"])
def test_a_seed_that_is_none_is_refused(seed: object) -> None:
    with pytest.raises(BadInput):
        seed_words(seed)  # type: ignore[arg-type]


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=300))
def test_the_shares_sum_to_the_family_alpha(weights: list[float]) -> None:
    shares = alpha_shares(dict(enumerate(weights)))
    assert math.fsum(shares.values()) == pytest.approx(FAMILY_ALPHA, rel=1e-12)
    assert all(share > 0 for share in shares.values())


@pytest.mark.parametrize("weights", [{}, {"a": 0.0}, {"a": -1.0}, {"a": math.nan}, {"a": True}])
def test_bad_weights_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        alpha_shares(weights)


@given(st.lists(st.floats(-1e150, 1e150), max_size=200), st.randoms(use_true_random=False))
def test_an_exact_sum_is_the_rounded_sum_in_any_order(values: list[float], shuffler: random.Random) -> None:
    exact = float(sum(map(Fraction, values), Fraction(0)))
    for _ in range(3):
        shuffler.shuffle(values)
        total = ExactSum()
        for value in values:
            total.add([value])
        assert total.value == exact


def test_an_exact_sum_stays_small_and_exact_over_many_terms() -> None:
    values = np.random.default_rng(0).standard_cauchy(50_000)
    total = ExactSum()
    for part in np.split(values, 50):
        total.add(part)
    assert total.value == math.fsum(values)
    assert len(total._terms) < 6000


def test_unit_sums_are_those_of_each_unit_alone() -> None:
    x = np.random.default_rng(0).standard_normal(1024)
    np.testing.assert_array_equal(unit_sums(x), [unit_sums(part)[0] for part in np.split(x, 4)])
    with pytest.raises(BadInput):
        unit_sums(x[:100])


def test_the_digest_is_of_the_content() -> None:
    assert digest({"a": [1, 2.5], "b": "é"}) == digest(json.loads('{"b": "é", "a": [1, 2.5]}'))
    assert digest({"a": 1}) != digest({"a": 2})


@given(st.integers(1, 30), st.integers(1, 40))
def test_the_looks_double_and_share_alpha(units: int, count: int) -> None:
    looks = Looks(first=256 * units, count=count)
    assert [looks.paths(k + 1) // looks.paths(k) for k in range(count - 1)] == [2] * (count - 1)
    assert looks.share(1e-6) * count == pytest.approx(1e-6)
    assert looks.last(looks.first - 1) is None
    assert looks.last(looks.paths(count - 1) * 4) == count - 1


def test_a_relative_gap_needs_a_value() -> None:
    with pytest.raises(BadInput, match="give a gap"):
        wanted_gap(0.0, 0.1, None)


def test_the_printed_power_is_kept_by_half_of_what_it_allows() -> None:
    assert pytest.approx(1 - POWER) == 2 * BETA


def test_the_worst_status_rules() -> None:
    holds, refuted, undecided, error = Status.HOLDS, Status.REFUTED, Status.UNDECIDED, Status.ERROR
    assert worst([holds, undecided, refuted]) is refuted
    assert worst([refuted, error]) is error
    assert worst([holds, holds]) is holds
    assert worst([]) is error
    assert undecided.value == "UNDECIDED"


def test_an_outcome_is_json_and_never_claims_to_hold_without_a_resolution() -> None:
    held = Outcome(
        status=Status.HOLDS, licence="variance", value=0.5, estimate=0.501, alpha=1e-8, looks_planned=16,
        gap=0.01, resolution=0.01, power=0.99, paths=4096, looks=1,
    )  # fmt: skip
    row = json.loads(json.dumps(held.as_dict()))
    assert (row["low"], row["delta"], row["relative_resolution"], row["status"]) == (
        None,
        0.02,
        0.02,
        "HOLDS",
    )
    assert held.sentence().startswith("HOLDS within 2 % at resolution 2 % (power 0.99)")


def test_the_normal_tail_is_off_by_less_than_a_third_where_it_may_be_quoted() -> None:
    """Against the exact Gamma law of a mean of chi-square variables with one degree of freedom."""
    skew = math.sqrt(8)
    for alpha in (1e-2, 1e-4, 1e-6, 1e-8):
        paths = clt_paths(skew, alpha)
        z = float(stats.norm.isf(alpha / 2))
        reach = z * math.sqrt(2 * paths)
        both = stats.chi2.sf(paths + reach, paths) + stats.chi2.cdf(paths - reach, paths)
        assert both / alpha == pytest.approx(1, abs=0.3)
        assert clt_allows(skew, z, paths)
        assert not clt_allows(skew, z, paths // 2)


def test_the_printed_normal_tail_is_too_small_where_it_may_not() -> None:
    paths, z = 1000, float(stats.norm.isf(5e-11))
    reach = z * math.sqrt(2 * paths)
    both = stats.chi2.sf(paths + reach, paths) + stats.chi2.cdf(paths - reach, paths)
    assert both / 1e-10 > 5
    assert z_p_value(1 + reach / paths, 1.0, 2.0, paths, math.sqrt(8)) is None


def test_listing_claims_imports_nothing_heavy() -> None:
    code = (
        "import sys; from paper_checks import _discovery, _claim, _examine;"
        "heavy = {'jax', 'sympy', 'scipy', 'matplotlib', 'mpmath'} & set(sys.modules);"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
