"""Slips in a simulation: that each is the slip it is named for, and that the kill matrix treats it as it must."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import special

from groundwork.errors import BadInput
from paper_checks import wrightlee2025
from paper_checks._claim import Check
from paper_checks._discovery import claims
from paper_checks._examine import Terms, examine
from paper_checks._licence import Binary, Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant, MutantReport
from paper_checks._sampler_mutants import NAMES, sampler_mutants, slipped
from paper_checks._stream import Draw
from tests.test_verdict_examples import UnitSampler

IDS = np.arange(512)
POINT = {"n": 5, "g": 4, "sigma": 4.0}
#: A mean that is refitted: every slip of it has an exact relation to the honest path.
MEAN = Loop(process="location(sigma={sigma})", workflow="replace", metric="estimate", n="n", at="g", road="law")
NORMAL = Loop(process="gaussian(sigma={sigma})", workflow="replace", metric="log_sd", n="n", at="g", road="law")
LINEAR = Loop(
    process="linear(d=3, sigma={sigma})", workflow="accumulate", metric="excess_risk", n="n", at="g", road="law"
)
CHAIN = Loop(process="wright_fisher(p=[0.25, 0.75])", workflow="replace", metric="frequency", n="n", at="g", road="law")


def at(loop: Loop, g: int, *slips: str, point: dict[str, Any] = POINT) -> np.ndarray:
    return slipped(loop, *slips)(7, {**point, "g": g})(IDS)


def mutant(loop: Loop, name: str, point: dict[str, Any] = POINT) -> np.ndarray:
    (found,) = sampler_mutants(loop, only=(name,))
    return found.sampler(7, point)(IDS)


@pytest.mark.parametrize("loop", [MEAN, NORMAL, LINEAR, CHAIN], ids=lambda loop: str(loop.process)[:6])
def test_without_a_slip_the_wrapped_process_is_the_process_to_the_bit(loop: Loop) -> None:
    honest = loop.sampler()(7, POINT)(IDS)
    assert (at(loop, 4) == honest).all()
    for slip in ("reused", "clipped"):
        assert (at(loop, 4, slip) != honest).mean() > 0.4


def test_each_slip_of_a_mean_is_the_one_it_is_named_for() -> None:
    first, last = at(MEAN, 1), at(MEAN, 4)
    error = POINT["sigma"] / POINT["n"] ** 0.5
    np.testing.assert_allclose(at(MEAN, 4, "reused"), 4 * at(MEAN, 1, "reused"), rtol=1e-12)
    np.testing.assert_allclose(at(MEAN, 4, "stale"), last - at(MEAN, 3), rtol=0, atol=1e-12)
    np.testing.assert_allclose(at(MEAN, 4, "rooted"), last / 2, rtol=1e-12)
    assert (at(MEAN, 4, "silent") == first).all()
    assert np.abs(at(MEAN, 4, "clipped")).max() == pytest.approx(error, rel=1e-12)
    assert np.abs(last).max() > 2 * error
    single = at(MEAN, 4, "single")
    assert (single == single.astype(np.float32)).all()
    np.testing.assert_allclose(single, last, rtol=0, atol=1e-5)
    assert (at(MEAN, 4, "raw") == last).all()
    pooled = replace(MEAN, workflow="accumulate")
    assert (at(pooled, 1, "raw") == at(pooled, 1)).all()
    # theta_2 = (x_1 + theta_1 + e)/2 where sums are divided by their weight, x_1 + theta_1 + e where they are not.
    np.testing.assert_allclose(at(pooled, 2, "raw"), 2 * at(pooled, 2), rtol=1e-12)


def test_each_slip_of_a_scale_is_the_one_it_is_named_for() -> None:
    log_sigma, first, second = np.log(POINT["sigma"]), at(NORMAL, 1), at(NORMAL, 2)
    step = second - first
    np.testing.assert_allclose(
        at(NORMAL, 2, "reused"), log_sigma + 2 * (at(NORMAL, 1, "reused") - log_sigma), rtol=1e-12
    )
    np.testing.assert_allclose(at(NORMAL, 2, "rooted"), (first - log_sigma / 2) / 2 + step, rtol=1e-12)
    assert (at(NORMAL, 2, "silent") == -np.inf).all()
    assert (at(NORMAL, 1, "silent") == first).all()
    assert (at(NORMAL, 2, "stale") == second).all()
    assert np.abs(at(NORMAL, 2, "clipped") - log_sigma).max() <= 5**-0.5 + 1e-12
    np.testing.assert_allclose(mutant(NORMAL, "estimator swapped") - at(NORMAL, 4), 2 * np.log(4 / 5), rtol=1e-9)
    pooled = replace(NORMAL, workflow="accumulate")
    np.testing.assert_allclose(at(pooled, 2, "raw") - at(pooled, 2), np.log(2) / 2, rtol=1e-9)


def test_slips_of_keys_generation_and_workflow() -> None:
    honest = MEAN.sampler()(7, POINT)
    assert (mutant(MEAN, "key reused over paths") == honest(IDS // 2)).all()
    assert (mutant(MEAN, "generation off by one") == at(MEAN, 5)).all()
    assert (mutant(MEAN, "workflow swapped") == replace(MEAN, workflow="accumulate").sampler()(7, POINT)(IDS)).all()
    wide = {**POINT, "n": 8}
    assert (mutant(LINEAR, "estimator swapped", wide) != LINEAR.sampler()(7, wide)(IDS)).all()


def test_frequencies_lose_nothing_to_24_bits_where_n_is_a_power_of_two_and_never_die_clipped() -> None:
    point = {"n": 8, "g": 30}
    assert (at(CHAIN, 30, "single", point=point) == at(CHAIN, 30, point=point)).all()
    assert at(CHAIN, 30, "clipped", point=point).min() > 0
    assert set(np.unique(at(CHAIN, 60, point=point))) >= {0.0, 1.0}


def test_names_are_checked_and_reasons_kept() -> None:
    reason = ("it is linear", "other2000.x/law")
    (found,) = sampler_mutants(MEAN, only=("stale mean",), equivalent={"stale mean": reason})
    assert (found.equivalent, found.killed_by) == reason
    assert [each.name for each in sampler_mutants(MEAN, without=NAMES[1:])] == ["estimator swapped"]
    for wrong in ({"only": ("stale",)}, {"without": ("x",)}, {"equivalent": {"y": reason}}):
        with pytest.raises(BadInput, match="name of a sampler mutant"):
            sampler_mutants(MEAN, **wrong)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="a guard looks at samples"):
        Mutant(name="x", value=lambda p: 1.0, guard=("not finite",))


def normals(seed: int, shift: float = 0.0) -> UnitSampler:
    return UnitSampler(seed, lambda random: shift + random.standard_normal(256))


def report(*mutants: Mutant, **changes: Any) -> MutantReport:
    """Return what becomes of some mutants of a check of a standard normal mean."""
    looks = Looks(first=512, count=10)
    check = Check(
        id="mean",
        estimand="E X",
        licence=Variance(of=1.0, because="standard normal"),
        value=lambda p: 0.0,
        sampler=lambda seed, p: normals(seed),
        points=({"at": 1}, {"at": 2}),
        mutants=mutants,
        gap=0.5,
        looks=looks,
        budget=2**18,
        blind={"spread": "other2000.x/law"},
    )
    terms = Terms(alpha=1e-8, suite="test")
    return examine("nobody2000.mean", replace(check, **changes), terms)[0].mutants


def holed(seed: int, point: Any) -> Draw:
    draw = normals(seed)
    return lambda ids: np.where(ids == 40, np.nan, draw(ids))


def test_an_error_counts_as_a_kill_only_where_the_mutant_names_the_guard() -> None:
    found = report(
        Mutant(name="named", sampler=holed, guard=("zero variance", "not finite")),
        Mutant(name="unnamed", sampler=holed),
        Mutant(name="another", sampler=holed, guard=("duplicate paths",)),
    )
    (kill,) = (kill for kill in found.killed if "control" not in kill.name)
    assert (kill.name, kill.guard[:19], kill.paths) == ("named", "1 of 512 paths not ", 512)
    assert found.survived == ("unnamed", "another")
    assert not found.complete
    assert found.as_dict()["killed"][-1]["guard"] == kill.guard


def test_a_guard_that_is_named_does_not_spare_the_refutation() -> None:
    wrong = Mutant(name="shifted", sampler=lambda seed, p: normals(seed, 2.0), guard=("not finite",))
    killed = {kill.name: kill.guard for kill in report(wrong).killed}
    assert killed["shifted"] == ""


def test_a_wrong_sampler_is_hunted_beyond_the_precision_of_the_check_and_once_only() -> None:
    drawn: list[int] = []

    def small(seed: int, point: Any) -> Draw:
        draw = normals(seed, 0.1)

        def counted(ids: np.ndarray) -> np.ndarray:
            drawn.append(len(ids))
            return draw(ids)

        return counted

    found = report(Mutant(name="small", sampler=small))
    kills = [kill for kill in found.killed if kill.name == "small"]
    assert [kill.point for kill in kills] == ["at = 1"]
    # The check itself, whose gap is 0.5, holds at its first look.
    assert sum(drawn) == kills[0].paths > 2 * 512
    assert found.complete


def test_a_wrong_sampler_that_shows_at_the_last_point_alone_is_found_there() -> None:
    def wrong(seed: int, point: Any) -> Draw:
        return normals(seed, 1.0 if point["at"] == 2 else 0.0)

    found = report(Mutant(name="late", sampler=wrong))
    assert [kill.point for kill in found.killed if kill.name == "late"] == ["at = 2"]


def test_a_wrong_sampler_that_cannot_be_seen_survives() -> None:
    found = report(Mutant(name="the same", sampler=lambda seed, p: normals(seed)))
    assert found.survived == ("the same",)


def test_every_slip_of_a_mean_is_killed_by_its_law() -> None:
    def law(point: Any) -> Any:
        scale = point["sigma"] * (point["g"] / point["n"]) ** 0.5
        return lambda x: special.ndtr(x / scale)

    alone = {"weights unnormalised": ("one batch is the whole corpus", "nobody2000.pool/law")}
    found = report(
        *sampler_mutants(MEAN, without=("estimator swapped",), equivalent=alone),
        licence=WholeLaw(),
        value=law,
        sampler=MEAN.sampler(),
        points=({**POINT, "g": 1}, POINT),
        gap=0.1,
        blind={},
    )
    assert found.complete
    killed = {kill.name: kill.guard for kill in found.killed}
    assert set(killed) == set(NAMES) - {"estimator swapped", "weights unnormalised"}
    guards = {name for name, guard in killed.items() if guard}
    assert guards == {"key reused over paths", "float32", "clipped"}


@pytest.mark.slow
def test_every_slip_of_the_gain_is_killed_by_its_law() -> None:
    law = next(check for check in wrightlee2025.CLAIMS[0].checks if check.id == "law")
    found = examine("wrightlee2025.product", replace(law, gap=0.04), Terms(alpha=1e-8, suite="test"))[0].mutants
    assert found.complete
    assert {kill.name for kill in found.killed} >= set(NAMES) - {"estimator swapped"}


def test_whoever_is_said_to_kill_a_slip_has_planted_it() -> None:
    known = {f"{claim.id}/{check.id}": check for claim in claims().values() for check in claim.checks}
    for claim in claims().values():
        for check in claim.checks:
            for each in check.planted():
                if each.killed_by and each.name in NAMES:
                    killer = each.killed_by if "/" in each.killed_by else f"{claim.id}/{each.killed_by}"
                    planted = {m.name: m for m in known[killer].planted()}
                    assert each.name in planted, (claim.id, check.id, each.name)
                    assert not planted[each.name].equivalent


def test_a_coin_knows_repeated_paths() -> None:
    def coins(seed: int, point: Any) -> Draw:
        return UnitSampler(seed, lambda random: (random.random(256) < 0.3) * 1.0)

    def paired(seed: int, point: Any) -> Draw:
        draw = UnitSampler(seed, lambda random: (random.random(256) < 0.3) * 1.0)
        return lambda ids: np.repeat(draw(ids)[: len(ids) // 2], 2)

    twice = Mutant(name="paths twice", sampler=paired, guard=("neighbouring paths are equal",))
    found = report(twice, licence=Binary(), value=lambda p: 0.3, sampler=coins, gap=0.1, blind={})
    assert [kill.guard[:28] for kill in found.killed if kill.name == "paths twice"] == ["neighbouring paths are equal"]
