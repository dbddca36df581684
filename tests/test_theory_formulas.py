"""Every sympy formula, evaluated in its own parameters, is the function beside it; the rest are LaTeX."""

from __future__ import annotations

import inspect
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy

from theory import quantity
from theory.symbols import latex_names

#: Several points per quantity: every word variant with a formula of its own, and lists where allowed.
REPLACE = [{"estimator": "unbiased"}, {"estimator": "mle"}]
KEPT = [words | {"workflow": workflow} for words in REPLACE for workflow in ("replace", "accumulate")]
ALL = [
    words | {"workflow": w}
    for words in REPLACE
    for w in ("replace", "accumulate", "subsample", "subsample_replacement")
]
SIZES = {"n": [3, 7, 4], "g": 3}


def points(base: dict[str, Any], variants: list[dict[str, Any]], *, lists: bool = True) -> list[dict[str, Any]]:
    """Return the base point, and its schedule, under each variant of the words."""
    found = [base | words for words in variants]
    if lists:
        found += [base | SIZES | words for words in variants if "subsample" not in words.get("workflow", "")]
    return found


N, G = {"n": 5, "g": 3}, {"sigma": 1.5}
POINTS: dict[str, list[dict[str, Any]]] = {
    "gaussian.biased_sampling_mean_mse": points(N | G | {"lam": 0.5}, [{}, {"lam": 1.0}]),
    "gaussian.biased_sampling_variance_mean": points(N | G | {"lam": 0.5}, [{}]),
    "gaussian.biased_sampling_w2_mean": points(N | G | {"lam": 0.5}, [{}]),
    "gaussian.det_mean_ratio": [{"n": 7, "g": 2, "d": 3}, SIZES | {"d": 2}],
    "gaussian.fresh_effective_sample": [{"n_real": 3, "n_syn": 4}],
    "gaussian.fresh_variance_limit": [{"n_real": 3, "n_syn": 4, "lam": 0.75}],
    "gaussian.kl_fit_true": points(N, [{}]),
    "gaussian.kl_true_fit": points(N, [{}], lists=False),
    "gaussian.log_sd_mean": points(N | G, REPLACE),
    "gaussian.log_sd_variance": points(N | G, REPLACE),
    "gaussian.logdet_mean": [{"n": 7, "g": 2, "d": 3}, SIZES | {"d": 2}],
    "gaussian.marginal_variance": points(N | G, REPLACE),
    "gaussian.mean_fourth_moment": points(N | G, [{}], lists=False),
    "gaussian.mean_mse": points(N | G, ALL),
    "gaussian.resting_mean_abs": [{}],
    "gaussian.lyapunov_exponent": [{"n": 8, "axis": 3}],
    "gaussian.resting_mean_tail": [{"eps": 0.7}, {"eps": 2.5, "estimator": "mle"}],
    "gaussian.resting_tail_constant": [{"n": 6}],
    "gaussian.resting_w2_median": [{}],
    "gaussian.sd_mean": points(N | G, [words | {"workflow": "replace"} for words in REPLACE]),
    "gaussian.variance_mean": points(N | G, ALL),
    "gaussian.variance_mean_limit": [
        {"n": 5} | words for words in ALL if not (words["estimator"] == "unbiased" and "sub" in words["workflow"])
    ],
    "gaussian.variance_square_mean": points(N | G, KEPT),
    "gaussian.w2_covariance_term": points(N | G, [words | {"workflow": "replace"} for words in REPLACE]),
    "gaussian.w2_mean": points(N | G, [words | {"workflow": "replace"} for words in REPLACE]),
    "gaussian.w2_mean_plane_one_fit": [{"n": 6, "sigma": 1.5}],
    "gaussian.w2_mean_power_limit": [{"n1": 5, "power": 3.0, "sigma": 1.5}],
    "gaussian.w2_variance": points(N | G, REPLACE, lists=False),
    "discrete.heterozygosity_mean": points(
        N | {"p": [0.2, 0.3, 0.5]}, [{"workflow": "replace"}, {"workflow": "accumulate"}]
    ),
    "discrete.partial_variance": [{"n_real": 3, "n_syn": 4, "p": 0.25, "g": 3}],
    "discrete.partial_variance_limit": [{"n_real": 3, "n_syn": 4, "p": 0.25}],
    "linear.edited_fixed_set_limit": [{"n": 6, "k": 2}],
    "linear.edited_risk_location": [{"n": 6, "k": 2, "g": 3}, {"n": 6, "k": 0, "g": 3}],
    "linear.edited_slope": [{"p": 0.25}],
    "linear.noisy_test_ratio": [{"n": 6, "d": 3, "g": 4}],
    "linear.noisy_test_ratio_limit": [{"n": 6, "d": 3}],
    "linear.overparametrised_risk": [
        {"n": 3, "d": 9, "g": 3, "sigma": 1.5, "signal": 2.0, "design": "fresh"},
        {"n": 3, "d": 9, "g": 3, "sigma": 1.5, "signal": 2.0, "design": "fixed"},
        {"n": [3, 5], "d": 9, "g": 2, "sigma": 0.0, "signal": 2.0},
    ],
    "linear.overparametrised_risk_limit": [{"n": 3, "d": 9, "sigma": 1.5, "signal": 2.0}],
    "linear.ratio_limit": [{"n": 6, "d": 3, "design": "fixed"}, {"n": 6, "d": 3, "design": "fresh"}],
    "linear.risk": [
        {"n": n, "d": 2, "g": 3, "sigma": sigma, "workflow": workflow, "design": design}
        for workflow in ("replace", "accumulate")
        for design in ("fixed", "fresh")
        for n in (6, [4, 7, 5])
        for sigma in (1.5, [1.0, 0.5, 2.0])
        if not (isinstance(n, list) and workflow == "accumulate" and design == "fixed")
    ],
    "location.fixed_real_mse": [{"n_real": 3, "n_syn": 4, "g": 3}],
    "location.fixed_real_ratio_limit": [{"p": 0.25}],
    "location.fresh_real_ratio_limit": [{"n_real": 3, "n_syn": 4}],
    "location.gaussian_process_correlation": [{"g": 2, "h": 5}, {"g": 5, "h": 2}],
    "location.growth_limit": [{"r": 1.5}],
    "location.one_at_a_time_limit": [{"n1": 5}],
    "location.optimal_schedule_mse": [{"n": 3, "g": 4}],
    "location.optimal_weight": [{"n_real": 3, "n_syn": 4}],
    "location.schedule_mse": [{"n": [3, 5, 4]}, {"n": 4}],
    "location.subsample_fraction_limit": [{"f": 0.25}],
    "location.subsample_ratio_limit": [{}],
    "location.subsample_replacement_limit": [{"n": 6}],
    "location.subsample_replacement_ratio_limit": [{}],
    "location.window_slope": [{"W": 4}],
    "location.zeta_pathway_limit": [{"alpha": 1.5}],
    "location.zeta_pathway_mse": [{"alpha": 0.75, "g": 5}],
}
#: No closed expression in the parameters, in any variant.
LATEX_ONLY = {
    "gaussian.w2_leading",
    "gaussian.w2_lower_bound",
    "discrete.collapse_probability",
    "discrete.collapse_time_mean",
    "discrete.collapse_time_mean_distinct",
    "discrete.collapse_time_second_moment",
    "discrete.common_ancestor_time_mean",
    "discrete.entropy_mean",
    "discrete.excess_symbols_sum",
    "discrete.loss_probability",
    "discrete.lost_mass_mean",
    "discrete.lost_symbols_mean",
    "discrete.real_share_lost_mass_mean",
    "discrete.real_share_lost_symbols_mean",
    "discrete.symbols_mean",
    "gaussian.augmentation_mean_mse",
    "gaussian.augmentation_variance_mean",
    "gaussian.chernoff_exponent",
    "gaussian.fresh_mean_mse",
    "gaussian.fresh_variance_mean",
    "gaussian.sd_tail",
    "linear.ridge_every_generation_risk",
    "location.accumulate_fresh_mse",
    "location.gain_mse",
    "location.subsample_limit",
    "location.subsample_mse",
    "location.subsample_replacement_mse",
    "location.window_mse",
}
MINE = [name for name in quantity.names() if name.split(".")[0] in {"gaussian", "discrete", "linear", "location"}]

FUNCTIONS = {
    sympy.gamma: mpmath.gamma,
    sympy.loggamma: mpmath.loggamma,
    sympy.polygamma: mpmath.polygamma,
    sympy.zeta: mpmath.zeta,
    sympy.log: mpmath.log,
    sympy.sin: mpmath.sin,
    sympy.fibonacci: mpmath.fibonacci,
    sympy.Min: min,
    sympy.Max: max,
}


def number(form: Any, values: dict[str, Any], bound: dict[Any, int]) -> Any:
    """Evaluate an expression from its leaves: sums and products are walked, nothing is simplified before."""

    def inner(part: Any, more: dict[Any, int] | None = None) -> Any:
        return number(part, values, bound | (more or {}))

    if form in bound:
        return bound[form]
    if isinstance(form, sympy.Indexed):
        return values[str(form.base)][int(inner(form.indices[0])) - 1]
    if isinstance(form, sympy.Symbol):
        if str(form) == "K":
            return len(values["p"])
        return len(values["n"]) if str(form) == "G" else values[str(form)]
    if isinstance(form, (sympy.Sum, sympy.Product)):
        return _walk(form, inner)
    if isinstance(form, sympy.Piecewise):
        branches: Any = form.args
        return next(inner(value) for value, condition in branches if _holds(condition, inner))
    if form.func is sympy.hyper:
        above, below = ([inner(part) for part in group.args] for group in form.args[:2])
        return mpmath.hyper(above, below, inner(form.args[2]))
    if not form.args:
        return mpmath.mpf(form.p) / form.q if form.is_Rational else mpmath.mpmathify(form.evalf(45))
    parts = [inner(part) for part in form.args]
    if form.is_Add:
        return mpmath.fsum(parts)
    if form.is_Mul:
        return mpmath.fprod(parts)
    return mpmath.mpf(parts[0]) ** parts[1] if form.is_Pow else FUNCTIONS[form.func](*parts)


def _holds(condition: Any, inner: Any) -> bool:
    return condition is sympy.true or inner(condition.lhs) == inner(condition.rhs)


def _walk(form: Any, inner: Any) -> Any:
    combine = mpmath.fsum if isinstance(form, sympy.Sum) else mpmath.fprod
    (name, low, high), rest = form.limits[-1], form.limits[:-1]
    body = form.func(form.function, *rest) if rest else form.function
    if high is sympy.oo:
        # Factors 1 + O(1/k^2) and better: the logarithms are summed with Richardson's extrapolation.
        return mpmath.nprod(lambda k: inner(body, {name: int(k)}), [int(inner(low)), mpmath.inf])
    return combine(inner(body, {name: k}) for k in range(int(inner(low)), int(inner(high)) + 1))


@pytest.mark.parametrize("name", sorted(POINTS))
def test_the_formula_is_the_function(name: str) -> None:
    entry = quantity.find(name)
    for params in POINTS[name]:
        form = entry.form(params)
        if isinstance(form, str) and isinstance(params.get("n"), list):
            continue  # the constant schedule has a closed expression, the general one is printed as LaTeX
        with mpmath.workdps(45):
            exact = {key: Fraction(value) if isinstance(value, float) else value for key, value in params.items()}
            values = {
                key: mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value
                for key, value in exact.items()
            }
            expected = number(sympy.sympify(form), values, {})
        infinite = isinstance(form, sympy.Expr) and form.has(sympy.oo)
        assert entry.evaluate(params) == pytest.approx(float(expected), rel=1e-6 if infinite else 1e-12), params


def test_every_quantity_is_in_one_of_the_tables() -> None:
    assert set(POINTS) | LATEX_ONLY == set(MINE)
    assert not set(POINTS) & LATEX_ONLY


@pytest.mark.parametrize("name", sorted(LATEX_ONLY))
def test_the_other_formulas_are_latex(name: str) -> None:
    form = quantity.find(name).form({})
    assert isinstance(form, str)
    assert form.count("{") == form.count("}")
    assert form.count(r"\Big[") + form.count(r"\Big(") == form.count(r"\Big]") + form.count(r"\Big)")


@pytest.mark.parametrize("name", MINE)
def test_a_formula_can_be_asked_for_bare_and_printed(name: str) -> None:
    entry = quantity.find(name)
    form = entry.formula()
    assert form is not None
    if not isinstance(form, str):
        assert sympy.latex(form, symbol_names=latex_names())
    assert entry.source
    assert inspect.getdoc(entry.function)


def test_a_wrong_formula_would_be_seen() -> None:
    n, g, sigma = (sympy.Symbol(name) for name in ("n", "g", "sigma"))
    right = quantity.find("gaussian.mean_mse").evaluate(N | G)
    for wrong in (g * sigma**2 / (n - 1), (g - 1) * sigma**2 / n, g * sigma / n):
        assert float(number(wrong, N | G, {})) != pytest.approx(right, rel=1e-3)
