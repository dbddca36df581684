"""The benchmark harness on a clock of its own, and the references as samplers of the laws they claim."""

from __future__ import annotations

import dataclasses
import functools
import json
import pathlib
import subprocess
import sys
import types

import numpy as np
import pytest
import scipy.stats

import benchmarks.__main__ as program
from benchmarks import absorption, discrete, gaussian, regression
from benchmarks.harness import Case, Goal, Variant, judge, measure, optional, ratio
from benchmarks.report import document, exit_code, lines, write
from theory.discrete import collapse_time_mean, heterozygosity_mean
from theory.gaussian import w2_mean, w2_variance
from theory.linear import risk

ROOT = pathlib.Path(__file__).resolve().parents[1]


class Clock:
    """A clock that only the variants move; the drift is a factor that all of a round's variants share."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls: list[str] = []

    def __call__(self) -> float:
        return self.now

    def variant(self, name: str, seconds: float, work: float = 1.0, per_round: int = 2) -> Variant:
        def run() -> None:
            self.calls.append(name)
            drift = 1.0 + (len(self.calls) - 1) // per_round
            self.now += seconds * drift

        return Variant(name, work, run)


def fake(least: float = 2.0, margin: float = 0.0, missing: bool = False) -> tuple[Clock, Case]:
    clock = Clock()
    slow = Variant("slow", 1.0, None, "numba") if missing else clock.variant("slow", 4.0)
    fast = clock.variant("fast", 2.0, work=1.5)
    return clock, Case("fake", "call", (slow, fast), (Goal("fast", "slow", least, margin),))


def test_a_ratio_is_taken_inside_its_round() -> None:
    clock, case = fake()
    timing = measure(case, rounds=7, clock=clock)
    # The machine slows down sevenfold over the run; 1.5 times the work in half the time is 3 throughout.
    assert timing.rounds["slow"][-1] > 5 * timing.rounds["slow"][0] / 2
    assert ratio(case, timing, "fast", "slow") == pytest.approx((3, 3, 3))
    assert timing.warm_up == {"slow": 4.0, "fast": 2.0}


def test_rounds_are_interleaved_and_shuffled() -> None:
    clock, case = fake()
    measure(case, rounds=40, clock=clock)
    rounds = [tuple(clock.calls[at : at + 2]) for at in range(2, len(clock.calls), 2)]
    assert len(rounds) == 40
    assert set(rounds) == {("slow", "fast"), ("fast", "slow")}


def test_quartiles_are_of_the_ratios() -> None:
    case = fake()[1]
    timing = dataclasses.replace(measure(case, rounds=1), rounds={"slow": np.arange(1.0, 6.0), "fast": np.full(5, 1.5)})
    assert ratio(case, timing, "fast", "slow") == pytest.approx((2, 3, 4))


@pytest.mark.parametrize(
    ("least", "margin", "state"),
    [(3.0, 0.0, "met"), (3.01, 0.0, "missed"), (3.15, 0.05, "met"), (3.2, 0.05, "missed")],
)
def test_a_goal_is_held_against_the_lower_quartile(least: float, margin: float, state: str) -> None:
    clock, case = fake(least, margin)
    timing = measure(case, rounds=5, clock=clock)
    outcomes = judge(case, timing)
    assert [each.state for each in outcomes] == [state]
    assert exit_code(outcomes) == (state == "missed")
    assert f"goal {state}" in lines(case, timing, outcomes)[-1]
    # A median of 3 does not help a goal that the lower quartile misses.
    uneven = dataclasses.replace(timing, rounds={"slow": np.array([1, 1, 2, 3, 3.0]), "fast": np.ones(5)})
    assert judge(case, uneven)[0].state == "missed"


def test_a_missing_reference_is_skipped_in_sight() -> None:
    clock, case = fake(missing=True)
    timing = measure(case, rounds=3, clock=clock)
    outcomes = judge(case, timing)
    assert [each.state for each in outcomes] == ["skipped: numba is not installed"]
    assert exit_code(outcomes) == 0
    text = "\n".join(lines(case, timing, outcomes))
    assert "not measured: numba is not installed" in text
    assert "goal skipped: numba is not installed" in text


def test_an_optional_reference_comes_with_its_package() -> None:
    def make(module: types.ModuleType) -> object:
        return lambda: module.pi

    assert optional("there", 1.0, "math", make).run is not None  # type: ignore[arg-type]
    gone = optional("gone", 1.0, "no_such_package", make)  # type: ignore[arg-type]
    assert gone.run is None
    assert gone.needs == "no_such_package"


def test_a_goal_about_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not there"):
        Case("bad", "call", (Variant("a", 1.0, int),), (Goal("a", "b", 1.0),))
    with pytest.raises(ValueError, match="share a name"):
        Case("bad", "call", (Variant("a", 1.0, int), Variant("a", 1.0, int)))


def test_the_document_is_json_and_whole(tmp_path: pathlib.Path) -> None:
    clock, case = fake(missing=True)
    timing = measure(case, rounds=3, clock=clock)
    path = write(tmp_path / "bench", "fake", document(True, [(case, timing, judge(case, timing))]))
    found = json.loads(path.read_text())
    assert found["pinned_to_one_core"] is True
    assert found["versions"]["numpy"] == np.__version__
    slow, fast = found["cases"][0]["variants"]
    assert slow["seconds"] is None
    assert len(fast["seconds"]) == 3
    assert found["cases"][0]["goals"][0]["state"].startswith("skipped")


@pytest.mark.parametrize(("least", "code"), [(3.0, 0), (4.0, 1)])
def test_the_program_exits_with_what_it_found(
    least: float, code: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, case = fake(least)
    module = types.ModuleType("fake_benchmark")
    module.cases = lambda: [case]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fake_benchmark", module)
    monkeypatch.setattr(program, "found", lambda: {"fake": "fake_benchmark"})
    monkeypatch.setattr(program, "settle", lambda: False)
    monkeypatch.setattr("benchmarks.harness.measure", functools.partial(measure, clock=clock))
    assert program.main([], rounds=3, folder=tmp_path) == code
    assert ("goal missed" if code else "goal met") in capsys.readouterr().out
    assert json.loads((tmp_path / "fake.json").read_text())["cases"][0]["goals"][0]["quartiles"] == pytest.approx(
        [3, 3, 3]
    )


def test_benchmarks_are_found_by_their_files() -> None:
    assert list(program.found()) == ["absorption", "discrete", "gaussian", "regression", "streaming"]


def test_an_unknown_name_is_one_line_and_exit_2() -> None:
    command = [sys.executable, "-m", "benchmarks", "gausian"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "gaussian" in answer.stderr


def pull(values: np.ndarray, mean: float, variance: float | None = None) -> float:
    """Return how many standard errors the mean of the values is from where it must be."""
    spread = values.var(ddof=1) if variance is None else variance
    return abs(values.mean() - mean) / np.sqrt(spread / len(values))


#: Standard errors that a sound reference stays within: for a normal mean, wrong in 2e-9 of all seeds. The samples
#: are small, so that a divisor n for n - 1 or a generation too many is far outside.
FAR = 6.0


@pytest.mark.parametrize("name", ["plain", "literal", "sufficient", "literal_kernel"])
def test_a_gaussian_reference_samples_the_process(name: str) -> None:
    rng, n, g = np.random.default_rng(0), 5, 3
    seeds = 40_000 if name in ("literal", "sufficient") else 4000
    if name == "literal_kernel":
        out = np.empty((seeds, g))
        gaussian.literal_kernel(rng, out, n)
    else:
        out = getattr(gaussian, name)(rng, seeds, n, g)
    assert out.shape == (seeds, g)
    for each in range(1, g + 1):
        mean = w2_mean(n=n, g=each, workflow="replace")
        assert pull(out[:, each - 1], mean, w2_variance(n=n, g=each)) < FAR


def test_the_discrete_reference_samples_the_process() -> None:
    out = discrete.multinomial(np.random.default_rng(0), 20_000, 4, 10, 3)
    for each in (1, 2, 3):
        assert pull(out[:, each - 1], heterozygosity_mean(n=10, g=each, p=[0.25] * 4)) < FAR


@pytest.mark.parametrize("design", ["fixed", "fresh"])
def test_the_regression_reference_samples_the_process(design: str) -> None:
    out = regression.lstsq(np.random.default_rng(0), 1500, 3, 20, 2, design)
    for each in (1, 2):
        expected = risk(workflow="replace", design=design, n=20, d=3, sigma=1.0, g=each)
        assert pull(out[:, each - 1], expected) < FAR


def test_the_regression_reference_keeps_its_design_or_draws_it_anew() -> None:
    # With one feature a kept design gives risk_g = g z^2 / chi2_n; the mean alone cannot tell it from fresh ones.
    n, g, seeds = 3, 6, 3000
    law = scipy.stats.f(1, n)
    p_values = {}
    for design in ("fixed", "fresh"):
        risks = regression.lstsq(np.random.default_rng(0), seeds, 1, n, g, design)[:, -1]
        p_values[design] = scipy.stats.kstest(risks * n / g, law.cdf).pvalue
    assert p_values["fixed"] > 1e-8
    assert p_values["fresh"] < 1e-12


def test_the_absorption_references_wait_as_long_as_the_engine() -> None:
    n, seeds = 12, 20_000
    times = np.empty(seeds, np.int64)
    absorption.early_stop_kernel(np.random.default_rng(0), times, n)
    assert pull(times.astype(float), collapse_time_mean(n=n, p=[0.5, 0.5])) < FAR
    # The same keys, so the same times, path by path.
    np.testing.assert_array_equal(absorption.while_loop(n, 300)(), absorption.ours(n, 300)())
