"""What ``tailfade value`` does, as plain functions: read parameters, evaluate a quantity, run a batch.

A comma list is one value (a schedule of sample sizes, probabilities, a diagonal), never a sweep; rows of a
matrix are separated by semicolons. Whatever is wrong with a request comes back as `BadInput`, and in a batch
as a line {"error": …}, after which the rest still runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundwork.errors import BadInput
from theory.quantity import find, names

__all__ = ["Result", "batch", "evaluate", "names", "parse", "value"]

_INTEGER = re.compile(r"[+-]?\d{1,30}")
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?|[+-]?(nan|inf|infinity)", re.IGNORECASE)
_SYNTAX = "a number, a comma list, rows separated by ; or a word"


@dataclass(frozen=True)
class Result:
    """The value of a quantity with its parameters, its formula (LaTeX and plain text) and its source."""

    name: str
    params: Mapping[str, Any]
    value: float
    formula_latex: str
    formula_text: str
    source: str
    status: str


def parse(text_params: Iterable[str]) -> dict[str, Any]:
    """Return the parameters of ``key=value`` words as a dict of numbers, lists, matrices and words.

    >>> parse(["n=20,30", "g=2", "sigma=0.5", "estimator=mle", "cov=1,0;0,2"])
    {'n': [20, 30], 'g': 2, 'sigma': 0.5, 'estimator': 'mle', 'cov': [[1, 0], [0, 2]]}
    """
    params: dict[str, Any] = {}
    for word in text_params:
        name, equals, text = word.partition("=")
        name = name.strip()
        if not equals or not name:
            raise BadInput("parameter", word, "of the form key=value", "for example n=20")
        if name in params:
            raise BadInput(name, text, "given once", f"it already has the value {params[name]!r}")
        params[name] = _read(name, text)
    return params


def evaluate(name: str, params: Mapping[str, Any]) -> Result:
    """Return the `Result` of a quantity at the named parameters; texts are read as `parse` reads them.

    >>> result = evaluate("gaussian.mean_mse", {"n": 10, "g": 5})
    >>> result.value, result.formula_text
    (0.5, 'g*sigma**2/n')
    """
    entry = find(name)
    clean = _typed(params)
    value = entry.evaluate(clean)
    latex, text = _print(entry.form(clean))
    return Result(entry.name, dict(params), value, latex, text, entry.source, entry.status)


def value(name: str, /, **params: Any) -> float:
    """Return the value of a quantity at the given parameters, a float.

    >>> value("gaussian.mean_mse", n=10, g=5)
    0.5
    """
    return find(name).evaluate(_typed(params))


def batch(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield, per line of JSON, {"name", "params", "value"}, or {"error"} with the name where it is known.

    >>> list(batch(['{"name": "gaussian.mean_mse", "params": {"n": 4, "g": 1}}']))
    [{'name': 'gaussian.mean_mse', 'params': {'n': 4, 'g': 1}, 'value': 0.25}]
    >>> [sorted(answer) for answer in batch(["{", '{"name": "gaussian.w9"}'])]
    [['error'], ['error', 'name']]
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _answer(line, number)


def _answer(line: str, number: int) -> dict[str, Any]:
    known: dict[str, Any] = {}
    try:
        name, params = _request(line, number, known)
        return {"name": name, "params": params, "value": find(name).evaluate(_typed(params))}
    except BadInput as error:
        return {**known, "error": str(error)}


def _request(line: str, number: int, known: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    try:
        request = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput("line", number, "one JSON object", _one_line(error)) from None
    if not isinstance(request, dict):
        raise BadInput("line", number, 'one JSON object {"name": …, "params": {…}}')
    if isinstance(request.get("name"), str):
        known["name"] = request["name"]
    for key in request:
        if key not in ("name", "params"):
            raise BadInput(key, request[key], "left out; a request has name and params")
    params = request.get("params", {})
    if not isinstance(params, dict):
        raise BadInput("params", params, "an object of parameters")
    if "name" not in request:
        raise BadInput("name", None, "the name of a quantity", "tailfade value --list shows them")
    return request["name"], params


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadInput(key, value, "given once")
        found[key] = value
    return found


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def _typed(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _typed_value(name, value) for name, value in params.items()}


def _typed_value(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return _read(name, value)
    if value is None or isinstance(value, dict):
        raise BadInput(name, value, _SYNTAX)
    return value


def _read(name: str, text: str) -> Any:
    if ";" in text:
        return [[_number(name, entry, text) for entry in row.split(",")] for row in text.split(";")]
    if "," in text:
        return [_number(name, entry, text) for entry in text.split(",")]
    return _scalar(name, text)


def _scalar(name: str, text: str) -> int | float | str:
    text = text.strip()
    if not text:
        raise BadInput(name, text, _SYNTAX)
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _number(name: str, entry: str, whole: str) -> int | float:
    value = _scalar(name, entry) if entry.strip() else ""
    if isinstance(value, str):
        raise BadInput(name, whole, "a list of numbers", f"{entry.strip()!r} is none")
    return value


def _print(form: Any) -> tuple[str, str]:
    if isinstance(form, str):
        return form, form
    import sympy

    from theory.symbols import latex_names

    return sympy.latex(form, symbol_names=latex_names()), str(form)
