"""``tailfade check``: what is known of a loop, the points, and verdicts on right formulas, wrong ones, nonsense."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from groundwork.errors import BadInput
from paper_checks import _trial
from paper_checks._estimands import Companion, estimand
from paper_checks._estimands_loop import make_loop
from paper_checks._evaluate import evaluator
from paper_checks._grid import Precision, choose
from paper_checks._outcome import Outcome, Status
from paper_checks._relations import Conclusion, Finding
from paper_checks._trial_case import LOOKS
from paper_checks._trial_exact import remainder
from tailfade.checking import _size, check
from tests.test_cli import HEAVY, ROOT, tailfade
from theory.reading import read
from theory.symbols import symbol

LOCATION: dict[str, Any] = {"process": "location(sigma=1.5)", "metric": "square_error", "budget": "quick"}


# The points.


def test_the_grid_separates_the_slips_of_a_formula() -> None:
    loop = make_loop("linear", "replace", "excess_risk")
    known = estimand(loop)
    precision = Precision(0.04, 2**18, LOOKS.count, 1e-7)
    right, slips = "sigma**2*d*g/(n-d-1)", {
        "n": "sigma**2*d*g/(n-d)", "g": "sigma**2*d*(g+1)/(n-d-1)", "d": "sigma**2*2*g/(n-3)", "sigma": "d*g/(n-d-1)",
        "power of g": "sigma**2*d*g**2/(n-d-1)", "leading": "sigma**2*d*g/n",
    }  # fmt: skip

    def value(text: str) -> Any:
        exact = evaluator(read(text), loop.symbols)
        return lambda point: float(exact(point))

    def change(text: str) -> Any:
        return lambda point: value(text)(point) / value(right)(point) - 1

    grid = choose(loop, known, value(right), {name: change(text) for name, text in slips.items()}, precision, {})
    assert 2 <= len(grid.points) <= 5
    for name, text in slips.items():
        assert any(abs(change(text)(point)) > precision.delta for point in grid.points), name
    for name in loop.free:
        assert len({point[name] for point in grid.points}) >= 2, name


def test_points_without_a_variance_are_left_out_and_said() -> None:
    found = check("sigma**2*5*g/(n-6)", "linear(d=5, sigma=1)", budget="quick", at={"n": (7, 30), "g": 1})
    assert [row["point"] for row in found.rows] == [{"n": 30, "g": 1}]
    assert "the variance is infinite unless n >= d + 4 = 9" in found.left_out[0]
    with pytest.raises(BadInput, match="the mean is infinite unless n >= d"):
        check("g", "linear(d=5)", at={"n": 6, "g": 1})


@pytest.mark.parametrize(
    ("formula", "more", "said"),
    [
        ("g/n", {"at": {"q": 1}}, "one of n, g"),
        ("g/n", {"at": {"sigma": 1}}, "it is 1.5 here"),
        ("g/n", {"at": {"g": 0}}, "g = 0"),
        ("g/n", {"at": {"n": ()}}, "at least one value"),
        ("g/n", {"at": {"n": range(10, 40), "g": 1}}, "at most 24 points"),
        ("g/n", {"relation": "limit"}, "equal, upper, lower or order"),
        ("g/n", {"relation": "order(g, 2)"}, "equal, upper, lower or order"),
        ("g/n", {"budget": "huge"}, "deep, quick, standard"),
        ("g/n", {"bounds": "1"}, "LOW,HIGH"),
        ("g/n", {"bounds": "1,k"}, "'k' at column 1"),
        ("g/n", {"metric": "square_eror"}, "did you mean square_error?"),
        ("g/n", {"process": "locatoin"}, "did you mean location?"),
        ("g/n", {"workflow": "window(2)", "relation": "order(n, 2)"}, "theory has no exact form"),
        ("d*g/n", {}, "'d' at column 1 is not among the symbols here: n, g, sigma"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(formula: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(formula, **(LOCATION | more))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


# The verdict.


def test_a_right_formula_is_exact_and_the_same_again() -> None:
    found, again = (
        check(text, workflow="accumulate", **LOCATION)
        for text in ("sigma**2*harmonic(g, 2)/n", "harmonic(g,2)*sigma^2 / n")
    )
    assert (found.verdict, found.exit_code) == ("EXACT", 0)
    assert found.resolution is not None
    assert found.resolution <= 0.04
    assert "at resolution" in found.sentence
    assert found.killed >= 8
    assert all("0.98" in name or "1.02" in name for name in found.undistinguished)
    assert [row["digest"] for row in found.rows] == [row["digest"] for row in again.rows]
    assert [row["estimate"] for row in found.rows] == [row["estimate"] for row in again.rows]
    assert str(found).startswith(
        "sigma**2*harmonic(g, 2)/n, square_error of location(sigma=1.5) under accumulate: holds"
    )
    json.dumps(found.as_dict())


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        # One generation too many, n for n - 1, a power of sigma, the other workflow: each by its size.
        ("sigma**2*(g+1)/n", ["refuted as an equality: at n = 8, g = 1", "(+100 %)", "upper bound"]),
        ("sigma**2*g/(n-1)", ["(+14.3 %)", "order 2 in n", "coefficient -9*g/4", "2.04 % to 14.3 % above"]),
        ("sigma*g/n", ["(-33.3 %)", "a lower bound"]),
        ("sigma**2*harmonic(g, 2)/n", ["g = ", "a lower bound"]),
        ("sigma**2*g/n + (g-1)*(g-2)/n**2/20", ["order 2 in n"]),
    ],
)  # fmt: skip
def test_a_wrong_formula_breaks_where_it_is_wrong(formula: str, words: list[str]) -> None:
    found = check(formula, **LOCATION)
    assert (found.verdict, found.exit_code) == ("REFUTED", 1)
    assert all(word in found.sentence for word in words), found.sentence
    assert "the exact mean, " in found.sentence
    assert "holds at resolution" in found.sentence


def test_samples_alone_refute_where_theory_has_nothing() -> None:
    """The entropy under a window has no closed form here, and its plug-in expansion for one batch is wrong there."""
    found = check(
        "log(2) - 2*g/n",
        "wright_fisher(p=[0.5,0.5])",
        "window(2)",
        "entropy",
        budget="quick",
        at={"n": 12, "g": (1, 3)},
    )
    assert (found.verdict, found.source) == ("REFUTED", "")
    assert "the process" in found.sentence
    assert "lower bound" in found.sentence
    more: dict[str, Any] = {"process": "wright_fisher(p=[0.5,0.5])", "workflow": "window(2)"}
    held = check("(1-1/n)/2", metric="heterozygosity", budget="quick", at={"n": 12, "g": 1}, **more)
    assert held.verdict == "HOLDS"
    assert "theory has no exact mean" in held.sentence


@pytest.mark.parametrize(
    ("formula", "relation", "verdict", "word"),
    [
        ("pi**2/6*sigma**2/n", "upper", "BOUND HOLDS", "10.3 % to 64.5 % above"),
        ("sigma**2/n", "lower", "BOUND HOLDS", "32.9 % below"),
        ("1.2*sigma**2/n", "upper", "REFUTED", "as an upper bound: at n = "),
        ("1.2*sigma**2/n", "lower", "REFUTED", "(+20 %)"),
        ("1.49*sigma**2/n", "upper", "REFUTED", "at n = 50, g = 6 it says 0.06705"),
        ("sigma**2*harmonic(g, 2)/n + 3*g/n**3", "order(n, 3)", "HOLDS TO ORDER", "coefficient -3*g"),
        ("sigma**2*harmonic(g, 2)/n + 3*g/n**3", "order(n, 4)", "REFUTED", "slope 3"),
        ("sigma**2*harmonic(g, 2)/n", "order(n, 2)", "HOLDS TO ORDER", "it is exact"),
    ],
)
def test_bounds_and_orders(formula: str, relation: str, verdict: str, word: str) -> None:
    found = check(formula, workflow="accumulate", relation=relation, **LOCATION)
    assert found.verdict == verdict, found.sentence
    assert found.exit_code == (1 if verdict == "REFUTED" else 0)
    assert word in found.sentence
    assert found.killed or verdict == "REFUTED"


def test_a_bound_without_an_exact_mean_has_a_false_one_planted() -> None:
    more: dict[str, Any] = {"process": "wright_fisher(p=[0.5,0.5])", "workflow": "window(2)", "metric": "entropy"}
    found = check("log(2)", relation="upper", budget="quick", at={"n": 12, "g": (1, 3)}, **more)
    assert (found.verdict, found.killed > 0) == ("BOUND HOLDS", True)
    assert "slack at least" in found.sentence


def test_a_formula_that_no_mean_can_have_is_refuted_at_once() -> None:
    found = check("1/(n-20)", **LOCATION)
    assert (found.verdict, found.rows) == ("REFUTED", [])
    assert "at n = 20, g = 1 the formula has no finite real value" in found.sentence
    found = check("1+g/n", "wright_fisher(p=[0.5,0.5])", metric="collapsed", budget="quick")
    assert found.verdict == "REFUTED"
    assert "has a probability" in found.sentence


def test_a_metric_without_a_scale_has_an_absolute_resolution() -> None:
    found = check("0", "location", metric="estimate", budget="quick", at={"n": 8, "g": (1, 2), "sigma": 1})
    assert (found.verdict, found.killed > 0) == ("EXACT", True)
    assert "%" not in found.sentence
    assert (
        check("0.2/n", "location", metric="estimate", budget="quick", at={"n": 8, "g": 1, "sigma": 1}).verdict
        == "REFUTED"
    )


def test_what_the_user_declares_is_said_and_ends_are_enforced() -> None:
    more: dict[str, Any] = {"workflow": "edit(replace, count=3)", "at": {"n": 8, "g": 1}}
    found = check("sigma**2/n", variance="2*sigma**4/n**2", **(LOCATION | more))
    assert (found.verdict, found.licence) == ("HOLDS", "variance: declared by you")
    found = check("sigma**2/n", bounds="0, sigma**2/n**2", **(LOCATION | more))
    assert (found.verdict, found.exit_code) == ("ERROR", 4)
    assert "licence broken" in found.sentence


def test_a_budget_that_is_too_small_is_undecided() -> None:
    found = check(
        "sigma**2/n",
        variance="200*sigma**4",
        **(LOCATION | {"workflow": "edit(replace, count=3)"}),
        at={"n": 8, "g": 1},
    )
    assert (found.verdict, found.exit_code) == ("UNDECIDED", 3)
    assert "at resolution" in found.sentence


def test_a_companion_sees_a_spread_that_is_not_what_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The licence of a process that spreads more widely than its catalogue says: no verdict rests on it."""
    known = estimand(make_loop("location(sigma=1.5)", "replace", "square_error"))
    assert known.companion is not None
    law = known.companion.law
    assert law is not None
    narrow = replace(known, companion=Companion(law=lambda p: law({**p, "n": 2 * p["n"]})))
    monkeypatch.setattr(_trial, "estimand", lambda *args, **more: narrow)
    found = check("sigma**2*g/n", **LOCATION)
    assert (found.verdict, found.exit_code) == ("ERROR", 4)
    assert "the spread of the process is not what the licence says" in found.sentence


def test_theory_itself_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exact mean that is off by a tenth: whoever agrees with it is not told that it holds."""
    known = estimand(make_loop("location(sigma=1.5)", "replace", "square_error"))
    exact, form = known.exact, known.form
    assert exact is not None
    assert form is not None
    wrong = replace(known, exact=lambda p: 1.1 * exact(p), form=lambda: form() * 11 / 10)
    monkeypatch.setattr(_trial, "estimand", lambda *args, **more: wrong)
    for formula in ("1.1*sigma**2*g/n", "sigma**2*g/n"):
        found = check(formula, **LOCATION)
        assert (found.verdict, found.exit_code) == ("ERROR", 4)
        assert "the process refutes theory's own exact mean" in found.sentence


def test_a_run_that_could_not_fail_decides_nothing() -> None:
    held = Outcome(status=Status.HOLDS, licence="variance", value=0.5, estimate=0.5, alpha=1e-8, looks_planned=13,
                   gap=0.01, resolution=0.02, power=0.99)  # fmt: skip
    found = _trial._honest(Conclusion(Finding.HOLDS, ""), (), (held,))
    assert (found.finding, found.reason) == (Finding.UNDECIDED, "no planted error was refuted at this budget")
    assert _size(_trial.Trial(conclusion=found, outcomes=(held,), absolute=True)) == " at resolution 0.02"
    assert _size(_trial.Trial(conclusion=replace(found, resolution=0.04), outcomes=(held,))) == " at resolution 4 %"


def test_the_order_of_a_remainder() -> None:
    n, g = symbol("n"), symbol("g")
    found = remainder((1 - 1 / n) ** g, 1 - g / n + g * (g - 1) / 2 / n**2, {})
    assert found is not None
    assert (found.power, found.leading, found.agrees) == (3.0, 0.0, True)
    assert found.coefficient == "-g**3/6 + g**2/2 - g/3"
    first = remainder(g / n, 2 * g / n, {})
    assert first is not None
    assert (first.power, first.agrees) == (1.0, False)
    assert remainder(g / n, g / n + n ** (-read("3/2")), {}) is None


# The command line.


def test_help_imports_neither_jax_nor_sympy() -> None:
    script = (
        "import sys\n"
        "sys.argv = ['tailfade', 'check', '--help']\n"
        "from tailfade.cli import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    print('exit', stop.code)\n"
        f"print('loaded:', [name for name in {HEAVY} if name in sys.modules])\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-2:] == ["exit 0", "loaded: []"]


def test_the_command_line_says_what_the_notebook_says() -> None:
    words = ["sigma**2*g/n", "-p", "location(sigma=1.5)", "-m", "square_error", "--at", "n=20", "--budget", "quick"]
    answer = tailfade("check", *words, "--json")
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    found = check("sigma**2*g/n", at={"n": 20}, **LOCATION)
    assert document["sentence"] == found.sentence
    assert [row["estimate"] for row in document["rows"]] == [row["estimate"] for row in found.rows]
    assert document["command"] == found.command
    assert found.sentence in answer.stderr.replace("\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["__import__('os').system('true')", "-p", "location"], '"\'" at column 12 is no part of a formula'),
        (["g/n", "-p", "location", "--at", "n"], "name=value"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(words: list[str], said: str) -> None:
    answer = tailfade("check", *words)
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert said in answer.stderr


# The formulas of the documents, and slips in them.

TEN = [
    ("sigma**2*d*g/(n-d-1)", "linear", "replace", "excess_risk", "equal", "EXACT"),
    ("sigma**2*d/(n-d-1)*Sum(1/i**2, i, 1, g)", "linear", "accumulate", "excess_risk", "equal", "EXACT"),
    ("sigma**2*d/(n-d-1)*pi**2/6", "linear", "accumulate", "excess_risk", "upper", "BOUND HOLDS"),
    ("sigma**2*d/(n-d-1)*pi**2/6", "linear", "accumulate", "excess_risk", "equal", "REFUTED"),
    ("3/2*sigma**2*g/n", "gaussian", "replace", "w2", "order(n, 2)", "HOLDS TO ORDER"),
    ("3/2*sigma**2*g/n", "gaussian", "replace", "w2", "equal", "REFUTED"),
    ("3/2*sigma**2*(g+1)/n", "gaussian", "replace", "w2", "order(n, 2)", "REFUTED"),
    ("sigma**2*(g/n + 2*(1 - c4(n)**g))", "gaussian", "replace", "w2", "equal", "EXACT"),
    ("sigma**2*g/n", "gaussian", "replace", "mean_square_error", "equal", "EXACT"),
    ("sigma**2*g/(n-1)", "gaussian", "replace", "mean_square_error", "equal", "REFUTED"),
    ("(1-1/n)**g*(1-1/N)", "wright_fisher", "replace", "heterozygosity", "equal", "EXACT"),
    ("(1-1/n)**(g-1)*(1-1/N)", "wright_fisher", "replace", "heterozygosity", "equal", "REFUTED"),
    ("sigma**2*harmonic(g, 2)/n", "location", "accumulate", "square_error", "equal", "EXACT"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("formula", "process", "workflow", "metric", "relation", "verdict"), TEN)
def test_the_formulas_of_the_documents(
    formula: str, process: str, workflow: str, metric: str, relation: str, verdict: str
) -> None:
    for budget in ("quick", "standard"):
        found = check(formula, process, workflow, metric, relation=relation, budget=budget)
        assert found.verdict == verdict, found.sentence


def test_the_ten_are_made_of_right_and_wrong_ones() -> None:
    assert {verdict for *_, verdict in TEN} == {"EXACT", "BOUND HOLDS", "HOLDS TO ORDER", "REFUTED"}
    assert len(list(itertools.groupby(sorted(formula for formula, *_ in TEN)))) >= 10
