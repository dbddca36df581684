"""The host's side of a run: sizes, tables and road, settled and checked before anything is compiled.

What shapes the program is a ``Layout``; everything else is numbers that the program is given. So one compiled
program serves every n up to the room for rows, every generation count, and every number in a process or workflow.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import numpy as np
from jaxtyping import Int

from groundwork.checks import choice, count
from groundwork.errors import BadInput
from sims.keys import GENERATIONS
from sims.process import ROADS, Layout, Process
from sims.workflow import Workflow, wrapped
from sims.workflows.replace import Replace

__all__ = ["CHUNK", "Plan", "make_plan", "road_refusal"]

#: Generations a call of the compiled program can run; a longer run is several calls.
CHUNK = 64


@dataclasses.dataclass(frozen=True)
class Plan:
    """A run, settled: process and the workflow's core, the layout, and the numbers of each generation.

    ``sizes`` (G, 2) are rows of the model and of the truth, ``which`` (G, 2) their rows in ``tables``, and
    ``first`` is the row for the whole first batch.
    """

    process: Process
    workflow: Workflow
    layout: Layout
    generations: int
    sizes: Int[np.ndarray, "G 2"]
    which: Int[np.ndarray, "G 2"]
    first: int
    tables: Any

    def chunk(self, start: int) -> tuple[Int[np.ndarray, "C 2"], Int[np.ndarray, "C 2"], int]:
        """Return sizes, table rows and the number of generations of the call that begins after ``start``."""
        steps = min(CHUNK, self.generations - start)
        room = np.zeros((CHUNK, 2), np.int64), np.zeros((CHUNK, 2), np.int64)
        for padded, values in zip(room, (self.sizes, self.which), strict=True):
            padded[:steps] = values[start : start + steps]
        return *room, steps


def make_plan(
    process: Any,
    workflow: Any,
    *,
    n: Any,
    generations: Any,
    road: str = "auto",
    most_rows: Any = None,
    most_generations: Any = None,
) -> Plan:
    """Return the settled run, or say which argument cannot be.

    ``most_rows`` and ``most_generations`` are the declared maxima: runs within them share one program. By
    default they are the powers of two that hold this run, and the tables are the smallest that serve its sizes,
    which is faster, but then sizes far apart need programs of their own.
    """
    if isinstance(process, type) and issubclass(process, Process):
        raise BadInput("process", process.__name__, "a process", f"write {process.__name__}(…) with its parameters")
    if isinstance(process, Process) and jax.tree_util.all_leaves([process]):
        raise BadInput("process", process, "a process that is a pytree", "decorate its class with sims.trees.pytree")
    if not isinstance(process, Process):
        raise BadInput("process", process, "a process such as Gaussian()")
    workflow = wrapped("workflow", workflow)
    generations = count("generations", generations, most=GENERATIONS)
    sizes = _sizes(workflow, n, generations)
    if sizes[0].sum() < 1:
        raise BadInput("n", n, "sizes that give the first fit at least one row")
    road = _choose(process, workflow, sizes, choice("road", road, ("auto", *ROADS)))

    most = int(sizes.sum(axis=1).max())
    rows = _room("most_rows", most_rows, most)
    past = _room("most_generations", most_generations, generations)
    folded = road in ("law", "moments") and workflow.folds and workflow.depth != 1
    kept = 1 if folded else (past if workflow.depth is None else workflow.depth)
    layout = Layout(
        road=road,
        rows=rows,
        slots=kept + int(workflow.pins),
        folded=folded,
        real=bool(sizes[:, 1].any()),
        universal=most_rows is not None,
    )
    wanted = sizes if layout.real else sizes[:, :1]
    distinct = np.unique(np.append(wanted, sizes[0].sum()))
    # Few table lengths, so that another schedule finds its program compiled.
    room = 1 if len(distinct) == 1 else max(4, 1 << (len(distinct) - 1).bit_length())
    padded = np.pad(distinct, (0, room - len(distinct)), mode="edge")
    return Plan(
        process=process,
        workflow=workflow.core,
        layout=layout,
        generations=generations,
        sizes=sizes,
        which=np.searchsorted(distinct, sizes).clip(0, len(distinct) - 1),
        first=int(np.searchsorted(distinct, sizes[0].sum())),
        tables=jax.tree.map(np.asarray, process.table(padded, layout)),
    )


def road_refusal(process: Process, workflow: Workflow, sizes: Int[np.ndarray, "G 2"], road: str) -> str:
    """Return why the pair cannot take the road at these sizes, or an empty string."""
    if road == "chain" and not (isinstance(workflow.core, Replace) and not sizes[:, 1].any()):
        return "the chain is replacement by the model's rows alone"
    if road in ("law", "moments") and workflow.rewrites:
        return f"{type(workflow).__name__} rewrites single rows, and this road keeps none"
    if road in ("law", "moments") and not workflow.blockwise:
        return f"{type(workflow).__name__} draws single rows, and this road keeps none"
    return process.refuses(road, workflow, sizes)


def _choose(process: Process, workflow: Workflow, sizes: Int[np.ndarray, "G 2"], road: str) -> str:
    pair = f"{type(process).__name__} under {type(workflow).__name__}"
    if road != "auto":
        reason = road_refusal(process, workflow, sizes, road)
        if reason:
            raise BadInput("road", road, f"a road that {pair} can take", reason)
        return road
    reasons = [road_refusal(process, workflow, sizes, each) for each in ROADS]
    if all(reasons):
        raise BadInput("process and workflow", pair, "a pair that can run", reasons[-1])
    return next(each for each, reason in zip(ROADS, reasons, strict=True) if not reason)


def _sizes(workflow: Workflow, n: Any, generations: int) -> Int[np.ndarray, "G 2"]:
    base = np.full(generations, count("n", n), np.int64)
    workflow.check(generations, base)
    return workflow.rows(base)


def _room(name: str, declared: Any, needed: int) -> int:
    if declared is None:
        return 1 << (needed - 1).bit_length()
    return count(name, declared, least=needed)
