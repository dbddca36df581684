"""A loop as it was asked for: process, workflow and metric as texts, which parameters are given and which are free.

A parameter that is not given in brackets (sigma, d, the number of equal atoms) is free: a formula may depend on it, and
the grid of points varies it, as it varies n and g.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundwork.errors import BadInput, suggestion
from groundwork.expression import Call, parse
from paper_checks._simulated import Then, paths

__all__ = ["Loop", "make_loop", "spelled", "where"]

Point = Mapping[str, Any]

#: The parameters of each process that may be left free, and the parameter of a workflow that has a symbol.
_FREE = {"gaussian": ("sigma",), "linear": ("d", "sigma"), "location": ("sigma",), "wright_fisher": ("N",)}
_OF_WORKFLOW = {"width": "W", "size": "m", "count": "k", "power": "power", "factor": "r"}
_NUMBERS = ("sigma", "d", "lam", "ridge")


@dataclass(frozen=True)
class Loop:
    """A process, a workflow and a metric, with the values that are given and the names that are free.

    ``given`` holds what the process was told, ``fixed`` the values of symbols that follow from it and from the
    workflow, ``free`` the symbols that the grid varies (n and g first).
    """

    process: str
    given: Mapping[str, Any]
    workflow: str
    metric: str
    free: tuple[str, ...]
    fixed: Mapping[str, float]

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that a formula about the loop may use."""
        return (*self.free, *self.fixed)

    def words(self) -> str:
        """Return the loop in words: the metric of the process under the workflow.

        >>> make_loop("linear(d=3)", "replace", "excess_risk").words()
        'excess_risk of linear(d=3) under replace'
        """
        return f"{self.metric} of {self.process_text({})} under {self.workflow}"

    def process_text(self, point: Point) -> str:
        """Return the process at a point, as the command line writes it; without the point, what is given.

        >>> make_loop("linear", "replace", "excess_risk").process_text({"n": 9, "d": 3, "sigma": 1.5})
        'linear(d=3, sigma=1.5)'
        """
        values = {name: point[name] for name in self.free if name in point and name not in ("n", "g")}
        if "N" in values:
            atoms = values.pop("N")
            values["p"] = [1 / atoms] * atoms
        inside = ", ".join(f"{name}={spelled(value)}" for name, value in (dict(self.given) | values).items())
        return f"{self.process}({inside})" if inside else self.process

    def made(self, point: Point) -> tuple[Any, Any]:
        """Return the process and the workflow of sims at a point."""
        from sims.catalog import make_process, make_workflow

        return make_process(self.process_text(point)), make_workflow(self.workflow)

    def sampler(
        self, *, generations: int, most_rows: int | None = None, then: Then | None = None, workflow: str = ""
    ) -> Callable[[int, Point], Any]:
        """Return the sampler of the metric at the point's generation; points of one loop share their paths."""
        held: dict[str, Any] = {}
        more: dict[str, Any] = {} if most_rows is None else {"most_rows": most_rows}

        def draw(seed: int, point: Point) -> Any:
            text = self.process_text(point)
            if text not in held:
                # Braces of a text would be filled in from the point; here there are none.
                names = (text, workflow or self.workflow, self.metric)
                held[text] = paths(*names, n="n", generations=generations, at="g", then=then, **more)
            return held[text](seed, point)

        return draw


def make_loop(process: Any, workflow: Any, metric: str | None = None) -> Loop:
    """Return the loop that two texts (or a process and a workflow of sims) and the name of a metric say.

    >>> make_loop("wright_fisher", "window(3)", "entropy").symbols
    ('n', 'g', 'N', 'W')
    """
    from sims.catalog import make_workflow, process_classes

    text = spelled(process)
    call, known = parse(text), process_classes()
    if call.name not in known:
        raise BadInput("process", call.name, "the name of a process", suggestion(call.name, known))
    fields = [each.name for each in dataclasses.fields(known[call.name])]  # type: ignore[arg-type]
    given = dict(zip(fields, call.arguments, strict=False)) | call.keywords
    loop_text = spelled(workflow)
    made = make_workflow(loop_text)
    taken = {"N" if name == "p" else name for name in given} | ({"sigma"} if "cov" in given else set())
    loop = Loop(
        process=call.name,
        given=given,
        workflow=loop_text,
        metric=metric or known[call.name].metrics[0],
        free=("n", "g", *(name for name in _FREE.get(call.name, ()) if name not in taken)),
        fixed={},
    )
    if loop.metric not in known[call.name].metrics:
        hint = suggestion(loop.metric, known[call.name].metrics)
        raise BadInput("metric", loop.metric, f"one that {call.name} has", hint)
    first, _ = loop.made({name: {"d": 1, "sigma": 1.0, "N": 2}[name] for name in loop.free[2:]})
    return dataclasses.replace(loop, fixed=_of_process(loop, first) | _of_workflow(made))


def _of_process(loop: Loop, made: Any) -> dict[str, float]:
    fixed = {n: getattr(made, n) for n in _NUMBERS if hasattr(made, n) and n not in loop.free and n in loop.given}
    if loop.process == "gaussian" and "cov" in loop.given and made.d == 1:
        fixed["sigma"] = float(np.sqrt(made.cov[0, 0]))
    if loop.process == "wright_fisher" and "N" not in loop.free:
        fixed["p"] = float(made.p[0])
        if (made.p == made.p[0]).all():
            fixed["N"] = len(made.p)
    return fixed


def _of_workflow(made: Any) -> dict[str, float]:
    names = {each.name for each in dataclasses.fields(made)}
    if made.name == "fixed_real":
        return {} if made.size is None else {"n_real": made.size}
    values = {symbol: getattr(made, name) for name, symbol in _OF_WORKFLOW.items() if name in names}
    return {symbol: value for symbol, value in values.items() if value is not None}


def where(point: Point) -> str:
    """Return a point in words.

    >>> where({"n": 10, "g": 2})
    'n = 10, g = 2'
    """
    return ", ".join(f"{name} = {value}" for name, value in point.items())


def spelled(thing: Any) -> str:
    """Return a value, a process or a workflow as the command line writes it.

    >>> spelled([0.5, 0.5]), spelled(True), spelled("fresh(accumulate, share=0.1)")
    ('[0.5, 0.5]', 'true', 'fresh(accumulate, share=0.1)')
    """
    if isinstance(thing, Call):
        inside = [*map(spelled, thing.arguments), *(f"{k}={spelled(v)}" for k, v in thing.keywords.items())]
        return f"{thing.name}({', '.join(inside)})" if inside else thing.name
    name = getattr(thing, "name", None)
    if dataclasses.is_dataclass(thing) and isinstance(name, str):
        return spelled(Call(name, (), _told(thing)))
    if isinstance(thing, (np.ndarray, np.generic)):
        return spelled(thing.tolist())
    if isinstance(thing, (list, tuple)):
        return f"[{', '.join(map(spelled, thing))}]"
    if isinstance(thing, bool) or thing is None:
        return str(thing).lower()
    if isinstance(thing, (str, int, float)):
        return str(thing)
    raise BadInput("process and workflow", thing, "a text such as 'gaussian(d=2)', or an instance from sims")


def _told(thing: Any) -> dict[str, Any]:
    """Return the fields of an instance that are not at their defaults."""
    told = {}
    for each in dataclasses.fields(thing):
        value = getattr(thing, each.name)
        if not _is_default(value, each.default):
            told[each.name] = value
    # sigma settles cov, and mu and signal are filled in with zeros: what follows is not said again.
    unit = float(told.get("sigma", 1.0)) ** 2 if getattr(thing, "name", "") == "gaussian" else 1.0
    if "cov" in told and np.array_equal(told["cov"], np.eye(len(told["cov"])) * unit):
        told.pop("cov")
    return {name: v for name, v in told.items() if not (name in ("mu", "signal") and not np.any(v))}


def _is_default(value: Any, default: Any) -> bool:
    if default is dataclasses.MISSING or isinstance(value, np.ndarray):
        return False
    return value is default or (type(value) is type(default) and bool(value == default))
