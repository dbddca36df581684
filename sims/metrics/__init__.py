"""The metrics: functions of (world, theta), named for what they measure, found by discovery.

>>> from sims.metrics import find
>>> find("w2").__name__
'w2'
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from groundwork.errors import BadInput, suggestion

__all__ = ["find", "names"]

Metric = Callable[[Any, Any], Any]


@functools.cache
def _all() -> dict[str, Metric]:
    found: dict[str, Metric] = {}
    for module in sorted(entry.name for entry in pkgutil.iter_modules(__path__)):
        room = importlib.import_module(f"{__name__}.{module}")
        for name in room.__all__:
            if name in found:
                raise RuntimeError(f"two metrics are called {name}")
            found[name] = getattr(room, name)
    return found


def names() -> list[str]:
    """Return the names of all metrics, sorted."""
    return sorted(_all())


def find(name: str) -> Metric:
    """Return the metric of that name, or say which one was meant."""
    known = _all()
    if name not in known:
        raise BadInput("metric", name, "the name of a metric", suggestion(name, known))
    return known[name]


def __getattr__(name: str) -> Metric:
    if not name.startswith("_") and name in _all():
        return _all()[name]
    raise AttributeError(f"no metric {name!r}: {suggestion(name, _all())}")
