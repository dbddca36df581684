"""The slips that a simulation can have, planted in the very loop that a check simulates.

``sampler_mutants(loop)`` returns all that make sense for the loop's process:

    estimator swapped        unbiased for mle; a ridge for ridgeless coefficients
    generation off by one    the model after the one that is spoken of
    keys reused              over the generations of a path; over pairs of paths
    stale mean               data drawn about the true mean instead of the fitted one
    sigma for sigma^2        draws with the standard deviation sqrt(sigma)
    noise omitted            a model that makes its mean, without noise
    another workflow         replace for accumulate and accumulate for anything else
    weights unnormalised     sums divided by the size of one batch
    clipped, float32         the fit kept near the truth; the fit and the outcome in 24 bits

Every one changes the process, the workflow, the keys or the outcome of the loop, never a number that came out.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from groundwork.errors import BadInput, suggestion
from paper_checks._loop import Draw, Loop
from paper_checks._mutants import Mutant

__all__ = ["NAMES", "sampler_mutants", "slipped"]

Point = Mapping[str, Any]
Sampler = Callable[[int, Point], Draw]

#: The ridge, as a share of the number of rows, that stands for a swapped estimator of coefficients.
RIDGE = 0.05

#: Each slip with the words of the guards that may stop it before its numbers are looked at.
_FLAGS = {
    "key reused over generations": ("reused", ()),
    "stale mean": ("stale", ()),
    "sigma for sigma^2": ("rooted", ("not finite",)),
    "noise omitted": ("silent", ("not finite", "zero variance", "duplicate paths")),
    "weights unnormalised": ("raw", ("not finite",)),
    "clipped": ("clipped", ("duplicate paths",)),
}

NAMES = ("estimator swapped", "generation off by one", "key reused over paths", "workflow swapped", "float32", *_FLAGS)


def sampler_mutants(
    loop: Loop,
    *,
    only: Iterable[str] = NAMES,
    without: Iterable[str] = (),
    equivalent: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[Mutant, ...]:
    """Return the sampler mutants of a loop, to be planted beside the formula mutants of a check.

    ``only`` names some of them, ``without`` leaves some out (a process that has no such part, or another that
    would change nothing). ``equivalent`` maps a name to (why this check cannot see it, the check that does).

    >>> loop = Loop(process="gaussian(sigma={sigma})", workflow="replace", metric="w2", n="n", at="g")
    >>> blind = {"weights unnormalised": ("one batch is the whole corpus", "gerstgrasser2024.accumulate/mean")}
    >>> len(sampler_mutants(loop, equivalent=blind)), sampler_mutants(loop, only=NAMES[:1])[0].name
    (11, 'estimator swapped')
    """
    reasons, wanted, left_out = dict(equivalent or {}), set(only), set(without)
    for name in (*reasons, *wanted, *left_out):
        if name not in NAMES:
            raise BadInput("mutant", name, "the name of a sampler mutant", suggestion(name, NAMES))
    made = {name: make(loop) for name, make in _MAKERS.items()}
    made |= {name: (slipped(loop, field), guard) for name, (field, guard) in _FLAGS.items()}
    mutants = []
    for name in NAMES:
        if name in wanted - left_out:
            sampler, guard = made[name]
            reason, killed_by = reasons.get(name, ("", ""))
            mutants.append(Mutant(name=name, sampler=sampler, guard=guard, equivalent=reason, killed_by=killed_by))
    return tuple(mutants)


def slipped(loop: Loop, *fields: str) -> Sampler:
    """Return the sampler of a loop with slips of ``Planted`` on, by field; with none it is the loop itself.

    >>> loop = Loop(process="location", workflow="replace", metric="square_error", n=5, at=2, road="law")
    >>> ids = np.arange(256)
    >>> bool((slipped(loop)(1, {})(ids) == loop.sampler()(1, {})(ids)).all())
    True
    """

    def sampler(seed: int, point: Point) -> Draw:
        from paper_checks._planted import Planted, Slips, seen

        process, workflow = loop.build(point)
        planted = Planted(process, Slips(**dict.fromkeys(fields, 1.0)))
        plain = dataclasses.replace(loop, road="law")
        return plain.draw(planted, workflow, seen(loop.metric), seed, point)

    return sampler


def _estimator(loop: Loop) -> tuple[Sampler, tuple[str, ...]]:
    def sampler(seed: int, point: Point) -> Draw:
        from paper_checks._planted import Planted, Slips, seen

        process, workflow = loop.build(point)
        if hasattr(process, "ridge"):
            # A number of the process: the program of the other slips serves this one too.
            planted = Planted(_with(process, ridge=RIDGE), Slips())
            plain = dataclasses.replace(loop, road="law")
            return plain.draw(planted, workflow, seen(loop.metric), seed, point)
        process = _with(process, estimator={"unbiased": "mle", "mle": "unbiased"}[process.estimator])
        return loop.draw(process, workflow, loop.metric, seed, point)

    return sampler, ()


def _later(loop: Loop) -> tuple[Sampler, tuple[str, ...]]:
    def sampler(seed: int, point: Point) -> Draw:
        at = (point[loop.at] if isinstance(loop.at, str) else loop.at) + 1
        return dataclasses.replace(loop, at=at).sampler()(seed, point)

    return sampler, ()


def _paired(loop: Loop) -> tuple[Sampler, tuple[str, ...]]:
    def sampler(seed: int, point: Point) -> Draw:
        draw = loop.sampler()(seed, point)
        return lambda ids: draw(ids // 2)

    return sampler, ("neighbouring paths are equal", "duplicate paths")


def _other_workflow(loop: Loop) -> tuple[Sampler, tuple[str, ...]]:
    def sampler(seed: int, point: Point) -> Draw:
        from sims.workflows.accumulate import Accumulate

        _, workflow = loop.build(point)
        other = "replace" if isinstance(workflow, Accumulate) else "accumulate"
        road = "auto" if loop.road == "chain" else loop.road
        return dataclasses.replace(loop, workflow=other, road=road).sampler()(seed, point)

    return sampler, ()


def _single(loop: Loop) -> tuple[Sampler, tuple[str, ...]]:
    def sampler(seed: int, point: Point) -> Draw:
        draw = slipped(loop, "single")(seed, point)
        # Stored as float64, as by a program that forgot a switch: only the digits tell.
        return lambda ids: draw(ids).astype(np.float32).astype(np.float64)

    return sampler, ("float32",)


def _with(process: Any, **fields: Any) -> Any:
    # Not dataclasses.replace: that one settles the parameters a second time, and some are settled by others.
    changed = copy.copy(process)
    for name, value in fields.items():
        object.__setattr__(changed, name, value)
    return changed


_MAKERS = {
    "estimator swapped": _estimator,
    "generation off by one": _later,
    "key reused over paths": _paired,
    "workflow swapped": _other_workflow,
    "float32": _single,
}
