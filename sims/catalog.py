"""The processes and workflows by name, found by walking their folders: a new file is a new entry."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import pkgutil
from typing import Any

from groundwork.errors import BadInput, suggestion
from groundwork.expression import Call, parse
from sims import processes, workflows
from sims.process import Process
from sims.workflow import Workflow, Wrapper

__all__ = ["make_process", "make_workflow", "process_classes", "workflow_classes"]


@functools.cache
def process_classes() -> dict[str, type[Process]]:
    """Return every process class by its name.

    >>> sorted(process_classes())[:2]
    ['exponential_family', 'gaussian']
    """
    return _classes(processes, Process)


@functools.cache
def workflow_classes() -> dict[str, type[Workflow]]:
    """Return every workflow class by its name."""
    return _classes(workflows, Workflow)


def make_process(text: str, settings: dict[str, Any] | None = None) -> Process:
    """Return the process that a text like ``gaussian(d=2, estimator=mle)`` names, with further settings.

    >>> make_process("wright_fisher", {"p": [0.5, 0.5]}).p.tolist()
    [0.5, 0.5]
    """
    call = parse(text)
    return _make("process", process_classes(), call.name, call.arguments, call.keywords | (settings or {}))


def make_workflow(text: str) -> Workflow:
    """Return the workflow that a text like ``fresh(accumulate, share=0.1)`` names.

    >>> make_workflow("subsample(accumulate, size=5)").inner
    Accumulate()
    """
    return _workflow(parse(text))


def _workflow(call: Call) -> Workflow:
    known = workflow_classes()
    arguments = list(call.arguments)
    cls = known.get(call.name)
    if cls is not None and issubclass(cls, Wrapper) and arguments:
        inner = arguments[0] if isinstance(arguments[0], Call) else Call(str(arguments[0]))
        arguments[0] = _workflow(inner)
    return _make("workflow", known, call.name, tuple(arguments), call.keywords)


def _make(kind: str, known: dict[str, Any], name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    if name not in known:
        raise BadInput(kind, name, f"the name of a {kind}", suggestion(name, known))
    cls = known[name]
    fields = [field.name for field in dataclasses.fields(cls)]
    for word in keywords:
        if word not in fields:
            raise BadInput(word, keywords[word], f"left out: {name} has {', '.join(fields) or 'no parameters'}")
    given = dict(zip(fields, arguments, strict=False)) | keywords
    if len(arguments) > len(fields) or any(word in fields[: len(arguments)] for word in keywords):
        raise BadInput(kind, f"{name} with {len(arguments)} arguments", f"{name}({', '.join(fields)}), each once")
    missing = [
        field.name
        for field in dataclasses.fields(cls)
        if field.name not in given
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise BadInput(kind, name, f"{name} with {', '.join(missing)} given")
    return cls(**given)


def _classes(package: Any, base: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        for cls in vars(module).values():
            if isinstance(cls, type) and issubclass(cls, base) and cls.__module__ == module.__name__:
                if cls.name in found:
                    raise RuntimeError(f"two entries of {package.__name__} are called {cls.name}")
                found[cls.name] = cls
    return found
