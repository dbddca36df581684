"""Reading parameters, evaluating by name, and batches in which a bad line spoils nothing else."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.errors import BadInput
from tailfade import values
from theory import gaussian


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20", 20),
        ("-3", -3),
        ("+4", 4),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e-3", 1e-3),
        ("2.", 2.0),
        ("inf", math.inf),
        ("20,30,40", [20, 30, 40]),
        ("0.5, 0.5", [0.5, 0.5]),
        ("1,0;0,2.5", [[1, 0], [0, 2.5]]),
        ("1;2", [[1], [2]]),
        ("mle", "mle"),
        (" replace ", "replace"),
        ("true", "true"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
    ],
)
def test_texts_are_read(text: str, value: Any) -> None:
    assert values.parse([f"x={text}"]) == {"x": value}


@pytest.mark.parametrize(
    ("words", "parameter"),
    [
        (["n"], "parameter"),
        (["=3"], "parameter"),
        (["n=3", "n=4"], "n"),
        (["n="], "n"),
        (["n= "], "n"),
        (["n=1,,2"], "n"),
        (["n=1,2,"], "n"),
        (["n=1,two"], "n"),
        (["cov=1,0;"], "cov"),
        (["cov=;"], "cov"),
    ],
)
def test_words_that_are_no_parameters(words: list[str], parameter: str) -> None:
    with pytest.raises(BadInput) as refusal:
        values.parse(words)
    assert refusal.value.parameter == parameter


@given(
    st.dictionaries(
        st.sampled_from("abc"),
        st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False),
    )
)
def test_numbers_survive_the_command_line(params: dict[str, Any]) -> None:
    assert values.parse([f"{name}={value!r}" for name, value in params.items()]) == params


def test_a_comma_list_is_a_schedule_and_not_a_sweep() -> None:
    result = values.evaluate("gaussian.w2_mean", values.parse(["n=20,30,40", "g=3"]))
    assert result.value == gaussian.w2_mean([20, 30, 40], 3)
    assert "n[j]" in result.formula_text


def test_a_result_says_what_it_is() -> None:
    result = values.evaluate("gaussian.mean_mse", values.parse(["n=10", "g=5", "cov=1,0;0,3"]))
    assert result.value == 2.0
    assert result.params == {"n": 10, "g": 5, "cov": [[1, 0], [0, 3]]}
    assert r"\operatorname{tr}" in result.formula_latex
    assert (result.name, result.status) == ("gaussian.mean_mse", "exact")
    assert "schaeffer2025" in result.source


def test_latex_uses_the_printed_letters() -> None:
    result = values.evaluate("gaussian.biased_sampling_variance_mean", {"n": 5, "g": 2, "lam": 0.5})
    assert result.formula_latex == r"\lambda^{g - 1} \sigma^{2}"
    assert result.formula_text == "lam**(g - 1)*sigma**2"


def test_the_notebook_call() -> None:
    assert values.value("discrete.loss_probability", p=0.5, n=2, g=1) == 0.25
    assert values.value("gaussian.w2_mean", n="20,30", g=2) == gaussian.w2_mean([20, 30], 2)
    assert "gaussian.w2_mean" in values.names()


GOOD = {"name": "gaussian.mean_mse", "params": {"n": 4, "g": 1}}

#: (line, a word of the error, whether the name is known)
BAD = [
    ("{", "JSON", False),
    ("nonsense", "JSON", False),
    ("[" * 100_000, "JSON", False),
    ("3", "JSON object", False),
    ("null", "JSON object", False),
    ("[]", "JSON object", False),
    ("{}", "name", False),
    ('{"name": 3, "params": {}}', "name = 3", False),
    ('{"name": "gaussian.w9_mean", "params": {}}', "did you mean", True),
    ('{"name": "gaussian.w2_mean"}', "needs it", True),
    ('{"name": "gaussian.w2_mean", "params": [1]}', "object of parameters", True),
    ('{"name": "gaussian.w2_mean", "parameters": {}}', "left out", True),
    ('{"name": "gaussian.w2_mean", "params": {"n": 4, "n": 5, "g": 1}}', "given once", False),
    ('{"name": "gaussian.w2_mean", "params": {"n": null, "g": 1}}', "n = None", True),
    ('{"name": "gaussian.mean_mse", "params": {"n": 4, "g": 1, "cov": null}}', "cov = None", True),
    ('{"name": "gaussian.w2_mean", "params": {"n": true, "g": 1}}', "n = True", True),
    ('{"name": "gaussian.w2_mean", "params": {"n": {"a": 1}, "g": 1}}', "n = {", True),
    ('{"name": "gaussian.w2_mean", "params": {"n": 4, "g": 1, "sigma": NaN}}', "sigma = nan", True),
    ('{"name": "gaussian.w2_mean", "params": {"n": 4, "g": 1, "sigma": 1e999}}', "sigma = inf", True),
    ('{"name": "gaussian.w2_mean", "params": {"n": "4,x", "g": 2}}', "'x' is none", True),
    ('{"name": "gaussian.w2_mean", "params": {"n": 4, "g": 1' + "0" * 5000 + "}}", "JSON", False),
    ('{"name": "gaussian.kl_true_fit", "params": {"n": 3, "g": 1}}', "infinite", True),
]


@pytest.mark.parametrize(("line", "word", "named"), BAD)
def test_a_bad_line_is_an_answer(line: str, word: str, named: bool) -> None:
    first, bad, last = values.batch([json.dumps(GOOD), line, json.dumps(GOOD)])
    assert first == last == GOOD | {"value": 0.25}
    assert word in bad["error"]
    assert "line = " not in bad["error"] or "line = 2" in bad["error"]
    assert "\n" not in bad["error"]
    assert len(bad["error"]) < 1000
    assert "value" not in bad
    if named:
        assert bad["name"].startswith("gaussian.") or not line.startswith('{"name": "')
    json.dumps(bad, allow_nan=False)


def test_blank_lines_are_no_requests_and_texts_are_read_alike() -> None:
    lines = ["\n", "  ", '{"name": "gaussian.w2_mean", "params": {"n": "20,30", "g": "2"}}\n']
    (answer,) = values.batch(lines)
    assert answer["value"] == gaussian.w2_mean([20, 30], 2)
    assert answer["params"] == {"n": "20,30", "g": "2"}


def test_a_batch_answers_line_by_line() -> None:
    asked = []

    def lines():
        for n in (4, 5):
            asked.append(n)
            yield json.dumps({"name": "gaussian.mean_mse", "params": {"n": n, "g": 1}})

    answers = values.batch(lines())
    assert next(answers)["value"] == 0.25
    assert asked == [4]


def test_a_quantity_without_parameters_needs_none() -> None:
    (answer,) = values.batch(['{"name": "location.subsample_ratio_limit"}'])
    assert answer["value"] == pytest.approx(math.pi**2 / 2 - 2, rel=1e-15)
