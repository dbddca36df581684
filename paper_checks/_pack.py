"""Evidence as JSON and back, to the bit: floats as hexadecimals, every container and class by its name.

Only what evidence is made of can be packed: None, truth values, integers, floats, texts, tuples, lists, mappings, and
the data classes of outcomes, mutants and proofs. Anything else is refused, so that nothing comes back changed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

__all__ = ["pack", "unpack"]


def pack(thing: Any) -> Any:
    """Return a thing as data that JSON holds exactly; TypeError if it is none that evidence is made of.

    >>> pack((0.1, "n"))
    {'tuple': [{'float': '0x1.999999999999ap-4'}, 'n']}
    >>> unpack(pack((0.1, "n", {"g": 3})))
    (0.1, 'n', {'g': 3})
    """
    if isinstance(thing, StrEnum):
        return {"enum": [_known(type(thing).__name__).__name__, thing.value]}
    if thing is None or type(thing) in (bool, int, str):
        return thing
    if isinstance(thing, float):
        return {"float": float(thing).hex()}
    if isinstance(thing, (tuple, list)):
        return {"tuple" if isinstance(thing, tuple) else "list": [pack(each) for each in thing]}
    if isinstance(thing, Mapping):
        return {"dict": [[pack(name), pack(value)] for name, value in thing.items()]}
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = {field.name: pack(getattr(thing, field.name)) for field in dataclasses.fields(thing)}
        return {"class": [_known(type(thing).__name__).__name__, fields]}
    raise TypeError(f"{type(thing).__name__} is nothing that evidence is made of")


def unpack(packed: Any) -> Any:
    """Return what was packed; an error of any kind if it is nothing that ``pack`` gives."""
    if not isinstance(packed, dict):
        return packed
    ((kind, held),) = packed.items()
    if kind == "float":
        return float.fromhex(held)
    if kind in ("tuple", "list"):
        return (tuple if kind == "tuple" else list)(unpack(each) for each in held)
    if kind == "dict":
        return {unpack(name): unpack(value) for name, value in held}
    name, content = held
    if kind == "enum":
        return _known(name)(content)
    if kind != "class":
        raise TypeError(kind)
    return _known(name)(**{field: unpack(value) for field, value in content.items()})


def _known(name: str) -> Any:
    classes = _classes()
    if name not in classes:
        raise TypeError(f"{name} is nothing that evidence is made of")
    return classes[name]


@lru_cache(maxsize=1)
def _classes() -> dict[str, Any]:
    from paper_checks import _evidence, _mutants, _outcome

    found: dict[str, Any] = {}
    for module in (_evidence, _mutants, _outcome):
        for name, each in vars(module).items():
            own = isinstance(each, type) and each.__module__ == module.__name__
            if own and (dataclasses.is_dataclass(each) or issubclass(each, StrEnum)):
                found[name] = each
    return found
