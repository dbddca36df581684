"""The list of quantities, how they refuse, and what the alphabet says about their parameters."""

from __future__ import annotations

import inspect
import math
import pathlib
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import theory
from groundwork.errors import BadInput
from tests.strategies import of_domain
from theory import gaussian, quantity
from theory.symbols import ALPHABET, domain, sequence, symbol

W2 = {"n": 20, "g": 3}
LOGS = {"n": 5, "g": 2}
HALF = [0.5, 0.5]

#: (quantity, parameters, the parameter that the refusal names, a word of what it says)
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("gaussian.w2_mean", {"n": 20}, "g", "generation"),
    ("gaussian.w2_mean", {"g": 3}, "n", "needs it"),
    ("gaussian.w2_mean", W2 | {"sigmas": 1.0}, "sigmas", "did you mean sigma?"),
    ("gaussian.w2_mean", W2 | {"n": 1}, "n", "2 or more"),
    ("gaussian.w2_mean", W2 | {"n": 0}, "n", ">= 1"),
    ("gaussian.w2_mean", W2 | {"n": -4}, "n", ">= 1"),
    ("gaussian.w2_mean", W2 | {"n": True}, "n", "integer"),
    ("gaussian.w2_mean", W2 | {"n": 20.0}, "n", "integer"),
    ("gaussian.w2_mean", W2 | {"n": "many"}, "n", "integer"),
    ("gaussian.w2_mean", W2 | {"n": None}, "n", "integer"),
    ("gaussian.w2_mean", W2 | {"n": 2**31}, "n", "2^31"),
    ("gaussian.w2_mean", W2 | {"n": [20, 30]}, "n", "list of g = 3"),
    ("gaussian.w2_mean", W2 | {"n": [20, 30, 40, 50]}, "n", "the list has 4"),
    ("gaussian.w2_mean", W2 | {"n": []}, "n", "list"),
    ("gaussian.w2_mean", W2 | {"n": [20, 1, 30]}, "n", "2 or more"),
    ("gaussian.w2_mean", W2 | {"n": [20, True, 30]}, "n", "integer"),
    ("gaussian.w2_mean", W2 | {"n": [20, 2.5, 30]}, "n", "integer"),
    ("gaussian.w2_mean", W2 | {"n": [[20, 30, 40]]}, "n", "integer"),
    ("gaussian.w2_mean", W2 | {"g": 0}, "g", ">= 1"),
    ("gaussian.w2_mean", W2 | {"g": 1.0}, "g", "integer"),
    ("gaussian.w2_mean", W2 | {"g": [1, 2]}, "g", "integer"),
    ("gaussian.w2_mean", W2 | {"sigma": -1.0}, "sigma", ">= 0"),
    ("gaussian.w2_mean", W2 | {"sigma": math.nan}, "sigma", "finite"),
    ("gaussian.w2_mean", W2 | {"sigma": math.inf}, "sigma", "finite"),
    ("gaussian.w2_mean", W2 | {"sigma": "1"}, "sigma", "finite"),
    ("gaussian.w2_mean", W2 | {"sigma": [1.0, 1.0, 1.0]}, "sigma", "finite"),
    ("gaussian.w2_mean", W2 | {"estimator": "unbiassed"}, "estimator", "did you mean unbiased?"),
    ("gaussian.w2_mean", W2 | {"estimator": 1}, "estimator", "mle"),
    ("gaussian.w2_mean", W2 | {"workflow": "subsample"}, "workflow", "accumulate, replace"),
    ("gaussian.mean_mse", W2 | {"workflow": "acumulate"}, "workflow", "did you mean accumulate?"),
    ("gaussian.mean_mse", W2 | {"n": [20, 20, 20], "workflow": "subsample"}, "n", "one number"),
    ("gaussian.mean_mse", W2 | {"cov": [1.0, 2.0], "sigma": 2.0}, "sigma", "left out"),
    ("gaussian.mean_mse", W2 | {"cov": [[1.0, 2.0], [2.0, 1.0]]}, "cov", "positive definite"),
    ("gaussian.mean_mse", W2 | {"cov": [[1.0, 0.5], [0.0, 1.0]]}, "cov", "not symmetric"),
    ("gaussian.mean_mse", W2 | {"cov": [[1.0, 0.5], [1.0]]}, "cov", "matrix"),
    ("gaussian.mean_mse", W2 | {"cov": [1.0, 0.0]}, "cov", "eigenvalue"),
    ("gaussian.variance_mean_limit", {"n": 5, "workflow": "subsample"}, "estimator", "mle"),
    ("gaussian.variance_mean_limit", {"n": 5, "workflow": "subsample_replacement"}, "estimator", "g^(1/n)"),
    ("gaussian.variance_mean_limit", {"n": [5, 6]}, "n", "integer"),
    ("gaussian.variance_square_mean", {"n": 2, "g": 10**6}, "g", "1.8e308"),
    ("gaussian.w2_variance", {"n": 3, "g": 10**5}, "g", "1.8e308"),
    ("gaussian.log_sd_mean", LOGS | {"sigma": 0.0}, "sigma", "logarithm"),
    ("gaussian.log_sd_mean", LOGS | {"n": 1, "estimator": "mle"}, "n", "infinite"),
    ("gaussian.log_sd_variance", LOGS | {"n": 1, "estimator": "mle"}, "n", "infinite"),
    ("gaussian.kl_true_fit", {"n": 3, "g": 1}, "n", "infinite"),
    ("gaussian.kl_true_fit", {"n": [9, 3], "g": 2}, "n", "infinite"),
    ("gaussian.kl_true_fit", {"n": 4, "g": 10**4}, "g", "1.8e308"),
    ("gaussian.kl_fit_true", {"n": 1, "g": 1}, "n", "infinite"),
    ("gaussian.logdet_mean", {"n": 3, "g": 1, "d": 3}, "n", "singular"),
    ("gaussian.det_mean_ratio", {"n": 1, "g": 1, "d": 1}, "n", "2 or more"),
    ("gaussian.sd_tail", LOGS | {"eps": 0.0}, "eps", "> 0"),
    ("gaussian.w2_mean_power_limit", {"n1": 10, "power": 1.0}, "power", "> 1"),
    ("gaussian.w2_mean_power_limit", {"n1": 1, "power": 2.0}, "n1", ">= 2"),
    ("gaussian.w2_mean_plane_one_fit", {"n": 2}, "n", "singular"),
    ("gaussian.resting_w2_median", {"n": 3}, "n", "takes none"),
    ("gaussian.biased_sampling_w2_mean", LOGS | {"lam": 0.0}, "lam", "> 0 and <= 1"),
    ("gaussian.variance_square_mean", {"n": 2, "g": 10**5}, "g", "1.8e308"),
    ("gaussian.fresh_mean_mse", {"n_real": 1, "n_syn": 3, "g": 1}, "n_real", "estimator=mle"),
    ("gaussian.fresh_variance_limit", {"n_real": 2, "n_syn": 50, "lam": 1.5}, "lam", "<= 1"),
    ("gaussian.augmentation_mean_mse", {"n_real": 2, "n_syn": 2, "g": -1}, "g", ">= 0"),
    ("discrete.collapse_time_mean", {"n": 5}, "p", "neither"),
    ("discrete.collapse_time_mean", {"n": 5, "p": HALF, "N": 2}, "p", "both"),
    ("discrete.collapse_time_mean", {"n": 5, "p": [0.5, 0.4]}, "p", "sum to 0.9"),
    ("discrete.collapse_time_mean", {"n": 5, "p": [1.5, -0.5]}, "p", "entry 1"),
    ("discrete.collapse_time_mean", {"n": 5, "p": 0.5}, "p", "probabilities"),
    ("discrete.collapse_time_mean", {"n": 5, "p": "half"}, "p", "probabilities"),
    ("discrete.collapse_time_mean", {"n": 5, "N": 0}, "N", ">= 1"),
    ("discrete.collapse_time_mean", {"n": 5000, "N": 2}, "n", "4000"),
    ("discrete.symbols_mean", {"n": [5, 5000], "g": 2, "p": HALF}, "n", "4000"),
    ("discrete.symbols_mean", {"n": [5, 5], "g": 3, "p": HALF}, "n", "list of g = 3"),
    (
        "discrete.heterozygosity_mean",
        {"n": 5, "g": 1, "p": HALF, "workflow": "subsample"},
        "workflow",
        "one of",
    ),
    ("discrete.loss_probability", {"n": 5, "g": 1, "p": 1.5}, "p", "<= 1"),
    ("discrete.loss_probability", {"n": 5, "g": 1, "p": HALF}, "p", "finite number"),
    ("discrete.partial_variance", {"n_real": 0, "n_syn": 1, "p": 0.5, "g": 1}, "n_real", ">= 1"),
    ("discrete.partial_variance_limit", {"n_real": 1, "n_syn": 0, "p": 0.5}, "n_syn", ">= 1"),
    ("linear.risk", {"n": 6, "d": 5, "g": 1}, "n", "d + 2 = 7"),
    ("linear.risk", {"n": [9, 6], "d": 5, "g": 2}, "n", "d + 2 = 7"),
    (
        "linear.risk",
        {"n": [6, 9], "d": 5, "g": 2, "workflow": "accumulate", "design": "fresh"},
        "n",
        "d + 2 = 7",
    ),
    ("linear.risk", {"n": [9, 9], "d": 5, "g": 2, "workflow": "accumulate"}, "n", "design=fresh"),
    ("linear.risk", {"n": 9, "d": 5, "g": 2, "sigma": [1.0]}, "sigma", "list of g = 2"),
    ("linear.risk", {"n": 9, "d": 5, "g": 2, "sigma": [1.0, -1.0]}, "sigma", ">= 0"),
    ("linear.risk", {"n": 9, "d": 5, "g": 2, "workflow": "subsample"}, "workflow", "accumulate, replace"),
    ("linear.risk", {"n": 9, "d": 5, "g": 2, "design": "frozen"}, "design", "fixed, fresh"),
    ("linear.ratio_limit", {"n": 6, "d": 5}, "n", "d + 2 = 7"),
    ("linear.noisy_test_ratio", {"n": 6, "d": 5, "g": 1}, "n", "d + 2 = 7"),
    ("linear.overparametrised_risk", {"n": 5, "d": 5, "g": 1, "sigma": 0.0}, "n", "below d = 5"),
    ("linear.overparametrised_risk", {"n": 4, "d": 5, "g": 1}, "n", "d - 2 = 3"),
    ("linear.overparametrised_risk", {"n": [2, 2], "d": 5, "g": 2}, "n", "sigma=0"),
    ("linear.overparametrised_risk", {"n": 2, "d": 5, "g": 2, "signal": -1.0}, "signal", ">= 0"),
    ("linear.overparametrised_risk_limit", {"n": 4, "d": 5}, "n", "d - 2 = 3"),
    ("linear.ridge_every_generation_risk", {"n": 5, "ridge": 0.0, "gram": [1.0], "w": [1.0]}, "ridge", "> 0"),
    (
        "linear.ridge_every_generation_risk",
        {"n": 5, "ridge": 1.0, "gram": [1.0], "w": [1.0, 2.0]},
        "w",
        "as gram",
    ),
    (
        "linear.ridge_every_generation_risk",
        {"n": 1, "ridge": 1.0, "gram": [1.0, 1.0], "w": HALF},
        "gram",
        "n = 1",
    ),
    (
        "linear.ridge_every_generation_risk",
        {"n": 5, "ridge": 1.0, "gram": [-1.0], "w": [1.0]},
        "gram",
        ">= 0",
    ),
    (
        "linear.ridge_every_generation_risk",
        {"n": 5, "ridge": 0.0, "gram": [0.0], "w": [1.0], "g": 2},
        "gram",
        "unique",
    ),
    ("linear.edited_risk_location", {"n": 5, "k": 6, "g": 1}, "k", "0 to 5"),
    ("linear.edited_fixed_set_limit", {"n": 5, "k": 5}, "k", "0 to 4"),
    ("linear.edited_slope", {"p": -0.1}, "p", ">= 0"),
    ("location.subsample_mse", {"n": 5, "g": 2, "m": 6}, "m", "1 to n = 5"),
    ("location.subsample_mse", {"n": [5, 5], "g": 2}, "n", "integer"),
    ("location.subsample_limit", {"n": 1}, "n", ">= 2"),
    ("location.subsample_fraction_limit", {"f": 0.0}, "f", "> 0"),
    ("location.growth_limit", {"r": 1.0}, "r", "> 1"),
    ("location.zeta_pathway_limit", {"alpha": 0.5}, "alpha", "infinite"),
    ("location.zeta_pathway_mse", {"alpha": -1.0, "g": 3}, "alpha", ">= 0"),
    ("location.fixed_real_ratio_limit", {"p": 0.0}, "p", "without real data"),
    ("location.window_mse", {"W": 5000, "n": 2, "g": 10**6}, "W", "1000"),
    ("location.optimal_schedule_mse", {"n": 2, "g": -1}, "g", ">= 0"),
    ("location.gain_mse", {"L": 100.0, "g": 10**6}, "g", "1.8e308"),
    ("location.gain_mse", {"L": math.inf, "g": 2}, "L", "finite"),
]


@pytest.mark.parametrize(("name", "params", "parameter", "word"), REFUSED)
def test_bad_input_is_refused_by_name(name: str, params: dict[str, Any], parameter: str, word: str) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(name).evaluate(params)
    assert refusal.value.parameter == parameter
    assert word in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_every_family_refuses_something() -> None:
    families = {name.split(".")[0] for name, *_ in REFUSED}
    assert families == {"gaussian", "discrete", "linear", "location"}


@pytest.mark.parametrize("name", ["gaussian.w9_mean", "w2_mean", "", 3, None])
def test_unknown_names_are_refused(name: Any) -> None:
    with pytest.raises(BadInput) as refusal:
        quantity.find(name)
    assert refusal.value.parameter == "name"
    if name == "gaussian.w9_mean":
        assert "did you mean gaussian.w2_mean?" in str(refusal.value)


def test_a_direct_call_is_checked_too() -> None:
    with pytest.raises(BadInput):
        gaussian.w2_mean(1, 3)
    entry = quantity.describe(gaussian.w2_mean)
    assert entry.evaluate({"n": np.int64(20), "g": np.int32(3)}) == gaussian.w2_mean(20, 3)
    assert entry.evaluate({"n": np.array([20, 30, 40]), "g": 3}) == gaussian.w2_mean((20, 30, 40), 3)


def test_the_list_costs_no_heavy_import() -> None:
    script = (
        "import sys\n"
        "from theory.quantity import find, names\n"
        "assert len(names()) > 50\n"
        "find('gaussian.w2_mean').parameters['n'].meaning\n"
        "heavy = {'jax', 'sympy', 'scipy', 'mpmath', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_values_cost_no_sympy() -> None:
    script = (
        "import sys\n"
        "from theory.quantity import find\n"
        "find('gaussian.w2_mean').evaluate({'n': 20, 'g': 3})\n"
        "find('discrete.collapse_time_mean').evaluate({'n': 20, 'N': 3})\n"
        "assert 'sympy' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", quantity.names())
def test_every_quantity_declares_what_it_takes(name: str) -> None:
    entry = quantity.find(name)
    assert entry.name == name
    assert entry.status in ("exact", "asymptotic")
    assert all(known.meaning for known in entry.parameters.values())
    text = inspect.getdoc(entry.function) or ""
    assert text.startswith("Return")
    assert ">>>" in text


def test_a_quantity_is_declared_by_decoration_alone() -> None:
    @quantity.quantity(formula=lambda: symbol("g"), source="a test", status="asymptotic")
    def twice(g: int, sigma: float = 1.0) -> float:
        return 2 * g * sigma

    entry = quantity.describe(twice)
    assert (twice(3), entry.evaluate({"g": 3, "sigma": 2}), entry.status) == (6.0, 12.0, "asymptotic")
    assert list(entry.parameters) == ["g", "sigma"]
    assert entry.name not in quantity.names()


NEW_FILE = """
from theory.quantity import quantity

@quantity(formula=lambda: "g", source="a test")
def doubled(g: int) -> float:
    return 2 * g
"""


def test_a_new_file_is_found_without_a_registry(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "added.py").write_text(NEW_FILE)
    (tmp_path / "_hidden.py").write_text(NEW_FILE)
    monkeypatch.setattr(theory, "__path__", [*theory.__path__, str(tmp_path)])
    quantity._all.cache_clear()
    try:
        assert quantity.find("added.doubled").evaluate({"g": 3}) == 6.0
        assert not any(name.startswith("_hidden") for name in quantity.names())
    finally:
        quantity._all.cache_clear()
        sys.modules.pop("theory.added", None)


def test_the_alphabet_is_closed() -> None:
    for name in quantity.names():
        assert set(quantity.find(name).parameters) <= set(ALPHABET)
    with pytest.raises(BadInput):
        domain("sigmma")


@pytest.mark.parametrize(
    "name", [name for name, entry in ALPHABET.items() if entry.kind not in ("vector", "covariance")]
)
def test_strategies_stay_inside_their_domains(name: str) -> None:
    @given(st.data())
    def check(data: st.DataObject) -> None:
        value = data.draw(of_domain(domain(name)))
        assert domain(name).check(value) == value

    check()


@pytest.mark.parametrize("name", [name for name, entry in ALPHABET.items() if entry.kind != "choice"])
def test_symbols_carry_their_assumptions(name: str) -> None:
    entry, letter = domain(name), symbol(name)
    assert letter.is_real
    assert letter.is_integer is (True if entry.kind in ("integer", "schedule") else None)
    if entry.low >= 1:
        assert letter.is_positive
    elif entry.low == 0:
        assert letter.is_nonnegative


def test_sequences_are_positive_integers() -> None:
    assert sequence("n")[1].is_integer
    assert sequence("n")[1].is_positive
