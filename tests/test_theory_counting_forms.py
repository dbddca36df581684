"""The algebra of the product law shown by sympy, the printed formulas, and what the counting family refuses."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pytest
import sympy

from groundwork.errors import BadInput
from paper_checks._proof import Identity, Induction, Inequality, Limit, prove
from theory import quantity
from theory.counting import quadratic
from theory.counting._families import FAMILIES

#: Relative: approx alone adds an absolute 1e-12, at which a small number equals any other.
near = partial(pytest.approx, abs=0.0)
#: Which families have a shape.
SHAPED = {family: entry.takes_r for family, entry in FAMILIES.items()}

PROOFS = [
    Identity(statement="E V(m + X) = V(m)(1 + v2/n)", sides=quadratic.variance_step),
    Induction(statement="the quotient is the product", parts=quadratic.product_induction),
    Induction(statement="the ratio is the sum", parts=quadratic.ratio_induction),
    Identity(statement="the gap", sides=quadratic.gap_step),
    Identity(statement="the sign is inherited", sides=quadratic.gap_term_step),
    *[
        Inequality(statement=f"sign piece {i}", parts=lambda i=i: quadratic.sign_pieces()[i], strict=False)
        for i in range(3)
    ],
]


@pytest.mark.parametrize("step", PROOFS, ids=lambda step: step.statement)
def test_the_algebra_is_shown(step: Any) -> None:
    assert prove(step).answer == "shown"


@pytest.mark.slow
def test_the_sine_is_the_limit_of_the_quotient() -> None:
    assert prove(Limit(statement="the sine", parts=quadratic.limit_parts)).answer == "shown"


def test_the_sine_numerically() -> None:
    quotient, g, sine = quadratic.limit_parts()
    letters = {s.name: s for s in quotient.free_symbols}
    for v2, n in ((-1, 3), (2, 3)):
        at = {letters["v2"]: v2, letters["n"]: n}
        reached = sympy.re(sympy.N(quotient.subs(at).subs(g, 500), 30))
        # the factors beyond g: exp of e (1/g - 1/(2 g^2)) to third order
        rest = sympy.exp(sympy.Rational(v2, n) * (sympy.Rational(1, 500) - sympy.Rational(1, 2 * 500**2)))
        assert abs(reached * rest - sympy.N(sine.subs(at), 30)) < 1e-8


#: Points at which the formula, evaluated by sympy, is the function.
POINTS: dict[str, list[dict[str, Any]]] = {
    "bernoulli_heterozygosity": [{"n": 5, "mu": 0.25, "g": 3}, {"n": [5, 2], "mu": 0.25, "g": 2}],
    "bernoulli_fixation_at_one": [{"mu": 0.25}],
    "poisson_variance": [{"n": 5, "rate": 0.5, "g": 3}, {"n": [5, 2], "rate": 0.5, "g": 2}],
    "poisson_w_lower": [{"g": 4}],
    "poisson_w_upper": [{"g": 4}],
    "nef_mse": [
        {"family": family, "n": n, "g": 3, "mu": 0.75, "workflow": workflow} | ({"r": 2.0} if SHAPED[family] else {})
        for family in SHAPED
        for n in (5, [4, 2, 7])
        for workflow in ("replace", "accumulate")
    ],
    "nef_mse_limit": [
        {"family": family, "n": 5, "mu": 0.75} | ({"r": 2.0} if SHAPED[family] else {}) for family in SHAPED
    ]
    + [{"family": "bernoulli", "n": 5, "mu": 0.75, "workflow": "replace"}],
    "nef_ratio_limit": [{"v2": 0.5, "n": 3}, {"v2": -0.5, "n": 3}],
    "nef_variance_ratio": [
        {"v2": 0.5, "n": n, "g": 3, "workflow": workflow}
        for n in (5, [4, 2, 7])
        for workflow in ("replace", "accumulate")
    ],
}
LATEX_ONLY = {"bernoulli_absorption_time", "poisson_extinction", "poisson_mean_alive", "poisson_w"}


def evaluate(form: Any, params: dict[str, Any]) -> complex:
    """Evaluate a sympy form at the parameters; lists stand for indexed bases."""
    numbers = {key: sympy.Rational(value) for key, value in params.items() if isinstance(value, (int, float))}
    for _ in range(2):
        form = form.subs({s: numbers[s.name] for s in form.free_symbols if getattr(s, "name", "") in numbers}).doit()
    entries = {item: params[str(item.base)][int(item.indices[0]) - 1] for item in form.atoms(sympy.Indexed)}
    return complex(sympy.N(form.subs(entries), 30))


@pytest.mark.parametrize("name", sorted(POINTS))
def test_the_formula_is_the_function(name: str) -> None:
    entry = quantity.find(f"counting.{name}")
    for params in POINTS[name]:
        value = evaluate(entry.form(params), params)
        assert entry.evaluate(params) == near(value.real, rel=1e-13), params
        assert abs(value.imag) < 1e-20


def test_every_quantity_has_its_formula() -> None:
    found = {name.split(".")[1] for name in quantity.names() if name.startswith("counting.")}
    assert set(POINTS) | LATEX_ONLY == found
    for name in LATEX_ONLY:
        entry = quantity.find(f"counting.{name}")
        for given_ in ({}, {"n": [3, 4]}):
            form = entry.form(given_)
            assert isinstance(form, str)
            assert form.count("{") == form.count("}")
    assert isinstance(quantity.find("counting.nef_mse").formula(), sympy.Expr)


NEF = {"n": 5, "g": 2, "mu": 0.5}


@pytest.mark.parametrize(
    ("name", "params", "parameter", "word"),
    [
        ("bernoulli_heterozygosity", {"n": 5, "g": 2, "mu": 1.5}, "mu", "<= 1"),
        ("bernoulli_heterozygosity", {"n": [5, 5], "g": 3, "mu": 0.5}, "n", "list of g = 3"),
        ("bernoulli_absorption_time", {"n": 4001, "mu": 0.5}, "n", "4000"),
        ("bernoulli_absorption_time", {"n": [5], "mu": 0.5}, "n", "integer"),
        ("bernoulli_fixation_at_one", {"mu": -0.1}, "mu", ">= 0"),
        ("bernoulli_fixation_at_one", {"mu": math.nan}, "mu", "finite"),
        ("poisson_extinction", {"n": 5, "g": 2, "rate": 0.0}, "rate", "> 0"),
        ("poisson_extinction", {"n": 5, "g": 0, "rate": 1.0}, "g", ">= 1"),
        ("poisson_variance", {"n": 0, "g": 2, "rate": 1.0}, "n", ">= 1"),
        ("poisson_mean_alive", {"n": 5, "g": 2, "rate": -1.0}, "rate", "> 0"),
        ("poisson_w", {"g": 0}, "g", ">= 1"),
        ("poisson_w", {"g": 2**31}, "g", "2^31"),
        ("nef_mse", NEF | {"family": "posson"}, "family", "did you mean poisson?"),
        ("nef_mse", NEF | {"family": "gamma"}, "r", "shape"),
        ("nef_mse", NEF | {"family": "poisson", "r": 2.0}, "r", "left out"),
        ("nef_mse", NEF | {"family": "gamma", "r": 0.0}, "r", "> 0"),
        ("nef_mse", NEF | {"family": "binomial", "r": 2.5}, "r", "integer"),
        ("nef_mse", NEF | {"family": "binomial", "r": 2.0, "mu": 2.5}, "mu", "<= 2"),
        ("nef_mse", NEF | {"family": "bernoulli", "mu": -0.5}, "mu", ">= 0"),
        ("nef_mse", NEF | {"family": "poisson", "mu": 0.0}, "mu", "> 0"),
        ("nef_mse", NEF | {"family": "exponential", "mu": -1.0}, "mu", "> 0"),
        ("nef_mse", NEF | {"family": "poisson", "workflow": "subsample"}, "workflow", "accumulate, replace"),
        ("nef_mse", NEF | {"family": "exponential", "g": 10**6}, "g", "1.8e308"),
        ("nef_mse", NEF | {"family": "gamma", "r": 1e-30, "g": 10**6, "workflow": "accumulate"}, "g", "1.8e308"),
        ("nef_mse", {"family": "poisson", "n": 5, "g": 2}, "mu", "needs it"),
        ("nef_mse_limit", {"family": "poisson", "n": [5, 5], "mu": 1.0}, "n", "integer"),
        ("nef_ratio_limit", {"v2": -3.5, "n": 3}, "v2", ">= -n = -3"),
        ("nef_ratio_limit", {"v2": 1e8, "n": 1}, "v2", "1.8e308"),
        ("nef_variance_ratio", {"v2": -3.0, "n": [5, 2], "g": 2}, "v2", ">= -n = -2"),
    ],
)
def test_bad_input_is_refused(name: str, params: dict[str, Any], parameter: str, word: str) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(f"counting.{name}").evaluate(params)
    assert refusal.value.parameter == parameter
    assert word in str(refusal.value)
    assert "\n" not in str(refusal.value)
