"""Quantities: public functions of theory/ with a name, checked parameters, a formula and a source.

A module of theory/ declares one by decorating a function; nothing else lists them. `find` and `names`
walk the package, which costs neither sympy nor scipy, because the rooms import those inside their
functions.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import math
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, ParamSpec

from groundwork.errors import BadInput, suggestion
from theory.symbols import ALPHABET, Domain

__all__ = ["Quantity", "describe", "find", "names", "quantity"]

P = ParamSpec("P")
Status = Literal["exact", "asymptotic"]


class _Missing:
    def __repr__(self) -> str:
        return "nothing"


@dataclass(frozen=True)
class Quantity:
    """A named closed form, recursion or enumeration, evaluated on checked parameters.

    ``formula`` returns a sympy expression in the symbols of the alphabet, or LaTeX where none is closed.
    Called bare it gives the default variant. It may take the word parameters (workflow, estimator, design),
    ``schedule`` (n is a list), ``lists`` (which of n and sigma are lists) and ``given`` (all names given).
    """

    name: str
    function: Callable[..., Any]
    formula: Callable[..., Any]
    source: str
    status: Status = "exact"
    domains: Mapping[str, Domain] = field(default_factory=dict)

    @property
    def signature(self) -> inspect.Signature:
        """The signature of the function."""
        return inspect.signature(self.function)

    @property
    def parameters(self) -> dict[str, Domain]:
        """The parameters in order, each with its domain."""
        return {name: self.domains.get(name) or ALPHABET[name] for name in self.signature.parameters}

    def evaluate(self, params: Mapping[str, Any]) -> float:
        """Return the value at the named parameters, all of them checked."""
        known = self.signature.parameters
        for name, value in params.items():
            if name not in known:
                hint = suggestion(name, known) if known else "it takes none"
                raise BadInput(name, value, f"only a parameter of {self.name}", hint)
        for name, parameter in known.items():
            if parameter.default is parameter.empty and name not in params:
                raise BadInput(name, _Missing(), f"a value: {ALPHABET[name].meaning}", f"{self.name} needs it")
        return self._value(dict(params))

    def form(self, params: Mapping[str, Any] | None = None) -> Any:
        """Return the formula of the variant that the parameters ask for."""
        params = params or {}
        lists = frozenset(name for name in ("n", "sigma") if _is_sequence(params.get(name)))
        wanted: dict[str, Any] = {"schedule": "n" in lists, "lists": lists, "given": frozenset(params)}
        wanted |= {name: value for name, value in params.items() if isinstance(value, str)}
        taken = inspect.signature(self.formula).parameters
        return self.formula(**{name: value for name, value in wanted.items() if name in taken})

    def _value(self, given: dict[str, Any]) -> float:
        clean = {}
        for name, entry in self.parameters.items():
            value = given.get(name, self.signature.parameters[name].default)
            optional = self.signature.parameters[name].default is None
            clean[name] = value if value is None and optional else entry.check(value)
        if isinstance(clean.get("g"), int):
            for name, value in clean.items():
                _check_length(name, value, clean["g"])
        try:
            value = self.function(**clean)
        except (OverflowError, ZeroDivisionError) as fault:
            given_words = ", ".join(f"{name} = {each!r}" for name, each in clean.items())
            raise BadInput(self.name, given_words, "parameters whose value float64 can hold", str(fault)) from None
        return _as_float(value, self.name, clean)


def quantity(
    *,
    formula: Callable[..., Any],
    source: str,
    status: Status = "exact",
    domains: Mapping[str, Domain] | None = None,
) -> Callable[[Callable[P, Any]], Callable[P, float]]:
    """Declare a function of theory/ a quantity: its arguments are checked, its value is a finite float.

    ``domains`` narrows or replaces the alphabet's domain of single parameters.

    >>> describe(quantity(formula=lambda: "g", source="derived here")(lambda g: g)).evaluate({"g": 2})
    2.0
    """

    def declare(function: Callable[P, Any]) -> Callable[P, float]:
        family = function.__module__.split(".")[1:2] or ["unnamed"]
        name = f"{family[0]}.{function.__name__}"
        entry = Quantity(name, function, formula, " ".join(source.split()), status, dict(domains or {}))

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> float:
            return entry._value(dict(entry.signature.bind(*args, **kwargs).arguments))

        checked.__dict__["quantity"] = entry
        return checked

    return declare


def describe(function: Callable[..., Any]) -> Quantity:
    """Return the quantity that a decorated function is.

    >>> from theory import gaussian
    >>> describe(gaussian.w2_mean).name
    'gaussian.w2_mean'
    """
    return function.__dict__["quantity"]


@functools.cache
def _all() -> dict[str, Quantity]:
    import theory

    found: dict[str, Quantity] = {}
    for module in pkgutil.walk_packages(theory.__path__, "theory."):
        if any(part.startswith("_") for part in module.name.split(".")):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            entry = getattr(value, "__dict__", {}).get("quantity") if inspect.isfunction(value) else None
            if isinstance(entry, Quantity) and entry.function.__module__ == module.name:
                if entry.name in found:
                    raise RuntimeError(f"two quantities are called {entry.name}")
                found[entry.name] = entry
    return dict(sorted(found.items()))


def names() -> list[str]:
    """Return the names of all quantities in alphabetical order.

    >>> "gaussian.w2_mean" in names()
    True
    """
    return list(_all())


def find(name: str) -> Quantity:
    """Return the quantity of that name; an unknown name is refused with the nearest known one.

    >>> find("gaussian.w2_mean").status
    'exact'
    >>> find("gaussian.w3_mean")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: name = 'gaussian.w3_mean': allowed is ...; did you mean gaussian.w2_mean?
    """
    if isinstance(name, str) and name in _all():
        return _all()[name]
    hint = suggestion(name, _all()) if isinstance(name, str) else ""
    raise BadInput(
        "name", name, "the name of a quantity", hint if hint.startswith("did") else "tailfade value --list shows them"
    )


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _check_length(name: str, value: Any, g: int) -> None:
    if isinstance(value, list) and len(value) != g:
        raise BadInput(name, value, f"one number, or a list of g = {g} of them", f"the list has {len(value)}")


def _as_float(value: Any, name: str, params: Mapping[str, Any]) -> float:
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if math.isfinite(result):
        return result
    culprit = "g" if "g" in params else next(iter(params), "value")
    raise BadInput(
        culprit,
        params.get(culprit),
        f"one at which {name} fits in float64",
        "its value here is above 1.8e308",
    )
