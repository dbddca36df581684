"""tailfade: machine-checked statements about model collapse. What a notebook imports, loaded when first used.

>>> import tailfade as tf
>>> tf.trajectories(tf.Gaussian(), tf.Accumulate(), tf.metrics.w2, seeds=4, n=100, generations=5).shape
(4, 5)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundwork.errors import BadInput, MissingExtra
    from sims import metrics
    from sims.collect import Grid
    from sims.hitting import hitting_times
    from sims.parts import contribute
    from sims.process import Process
    from sims.processes.gaussian import Gaussian
    from sims.processes.linear import Linear
    from sims.processes.location import Location
    from sims.processes.wright_fisher import WrightFisher
    from sims.streaming import summary
    from sims.summary import Summary
    from sims.trajectories import trajectories
    from sims.workflow import Workflow
    from sims.workflows.accumulate import Accumulate
    from sims.workflows.discount import Discount
    from sims.workflows.edit import Edit
    from sims.workflows.fixed_real import FixedReal
    from sims.workflows.fresh import Fresh
    from sims.workflows.replace import Replace
    from sims.workflows.schedule import Schedule
    from sims.workflows.subsample import Subsample
    from sims.workflows.weighted import Weighted
    from sims.workflows.window import Window
    from tailfade.checking import check
    from tailfade.records import load
    from tailfade.values import value
    from tailfade.verification import verify

__version__ = "0.1.0"

#: Where each name lives. Nothing of it is imported before it is asked for.
_HOMES = {
    "Accumulate": "sims.workflows.accumulate",
    "BadInput": "groundwork.errors",
    "Discount": "sims.workflows.discount",
    "Edit": "sims.workflows.edit",
    "FixedReal": "sims.workflows.fixed_real",
    "Fresh": "sims.workflows.fresh",
    "Gaussian": "sims.processes.gaussian",
    "Grid": "sims.collect",
    "Linear": "sims.processes.linear",
    "Location": "sims.processes.location",
    "MissingExtra": "groundwork.errors",
    "Process": "sims.process",
    "Replace": "sims.workflows.replace",
    "Schedule": "sims.workflows.schedule",
    "Subsample": "sims.workflows.subsample",
    "Summary": "sims.summary",
    "Weighted": "sims.workflows.weighted",
    "Window": "sims.workflows.window",
    "Workflow": "sims.workflow",
    "WrightFisher": "sims.processes.wright_fisher",
    "check": "tailfade.checking",
    "contribute": "sims.parts",
    "hitting_times": "sims.hitting",
    "load": "tailfade.records",
    "metrics": "sims",
    "summary": "sims.streaming",
    "trajectories": "sims.trajectories",
    "value": "tailfade.values",
    "verify": "tailfade.verification",
}

__all__ = [*_HOMES]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'tailfade' has no attribute {name!r}")
    home = _HOMES[name]
    if home.startswith("sims"):
        from tailfade.setup import prepare

        prepare()
    if name == "metrics":
        return importlib.import_module("sims.metrics")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return [*_HOMES, "__version__"]
