"""The host loop: seed ids to tiles, tiles to devices, finished blocks to the journal."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Int

from groundwork.checks import count
from groundwork.errors import BadInput, suggestion
from sims import metrics
from sims.collect import UNIT, Paths
from sims.flags import flag
from sims.kernel import lanes_per_device, run_chunk
from sims.keys import root_key
from sims.plan import CHUNK, Plan, make_plan
from sims.store import describe
from sims.trees import traced

__all__ = ["BLOCK", "Job", "Progress", "make_job"]

Progress = Callable[[int, int], None]

#: Seeds that are computed between two lines of the journal, unless told otherwise.
BLOCK = 65536


@dataclasses.dataclass(frozen=True)
class Job:
    """A settled run on given devices, ready to compute any of its seeds.

    ``settled`` is process, workflow and tables as arrays: large tables travel to the device once.
    """

    plan: Plan
    settled: tuple[Any, Any, Any]
    metric: Any
    root: Any
    mesh: Any
    lanes: int
    asked: dict[str, Any]

    def rooted(self, root: Any) -> Job:
        """Return the same run on other randomness: everything but the root stays settled."""
        return dataclasses.replace(self, root=root_key(root))

    @property
    def measured(self) -> str:
        """The name of the metric."""
        return getattr(self.metric, "__name__", "")

    def config(self) -> dict[str, Any]:
        """Return what the run is, as a record or a store needs it: a function must have a name for that."""
        layout = self.plan.layout
        return {
            "process": describe(self.asked["process"]),
            "workflow": describe(self.asked["workflow"]),
            "metric": describe(self.metric),
            "n": int(self.asked["n"]),
            "generations": self.plan.generations,
            "road": layout.road,
            "rows": layout.rows,
            "slots": layout.slots,
            "root": np.asarray(jax.random.key_data(self.root)).tolist(),
            "jax": jax.__version__,
            "platform": self.mesh.devices.flat[0].platform,
        }

    def tiles(self, collector: Any, ids: Int[np.ndarray, " ids"], counted: np.ndarray) -> Iterator[Any]:
        """Yield what is collected (leaves with generations first) of each call's lanes, in order."""
        for start in range(0, len(ids), self.lanes):
            yield self._call(collector, ids[start : start + self.lanes], counted[start : start + self.lanes])

    def _call(self, collector: Any, ids: Int[np.ndarray, " ids"], counted: np.ndarray) -> Any:
        plan, idle = self.plan, self.lanes - len(ids)
        # Idle lanes of paths are dropped chunk by chunk: few seeds over many generations must stay small.
        width = len(ids) if isinstance(collector, Paths) else None
        lanes = np.pad(ids, (0, idle), mode="edge")
        mask = np.pad(counted, (0, idle))
        process, workflow, tables = self.settled
        state, parts = None, []
        for start in range(0, plan.generations, CHUNK):
            sizes, which, steps = plan.chunk(start)
            state, out = run_chunk(
                plan.layout, self.metric, self.mesh, process, workflow, tables, jnp.asarray(plan.first),
                traced(_cut(collector, start)), self.root, lanes, mask, state, jnp.asarray(start), jnp.asarray(steps),
                sizes, which,
            )  # fmt: skip
            parts.append(jax.tree.map(lambda leaf, steps=steps: np.array(leaf[:steps, :width]), out))
        return jax.tree.map(lambda *leaves: np.concatenate(leaves), *parts)


def make_job(
    process: Any,
    workflow: Any,
    metric: Any,
    *,
    n: Any,
    generations: Any,
    root: Any = 0,
    road: str = "auto",
    devices: int | Sequence[Any] | None = None,
    **declared: Any,
) -> Job:
    """Return the run settled on its devices (default: all of this process)."""
    if not flag("jax_enable_x64"):
        raise BadInput(
            "jax_enable_x64",
            False,
            "True: every check is float64",
            "set JAX_ENABLE_X64=1, or import tailfade before jax",
        )
    for name in declared:
        if name not in ("most_rows", "most_generations"):
            known = "root, road, devices, most_rows, most_generations"
            raise BadInput(name, declared[name], f"left out: further settings are {known}")
    plan = make_plan(process, workflow, n=n, generations=generations, road=road, **declared)
    function = _metric(metric, plan)
    chosen = _devices(devices)
    key = root_key(root)
    settled = traced((plan.process, plan.workflow, plan.tables))
    lanes, size = lanes_per_device(settled[0], settled[1], plan.layout, settled[2], key)
    _fits(size * len(chosen), plan)
    mesh = jax.sharding.Mesh(np.array(chosen), ("seeds",))
    asked = {"process": process, "workflow": workflow, "n": n}
    return Job(plan, settled, function, key, mesh, lanes * len(chosen), asked)


def _fits(needed: int, plan: Plan) -> None:
    """Refuse what cannot fit: where memory runs out, XLA's threads wait without a word."""
    if not hasattr(os, "sysconf"):
        return
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if needed > 0.8 * there:
        layout = plan.layout
        raise BadInput(
            "n",
            f"{layout.rows} rows in {layout.slots} batches a path",
            f"a corpus of {UNIT} paths a device that fits into {there / 2**30:.0f} GiB, not {needed / 2**30:.0f}",
            "fewer rows or generations, or road='law', which keeps no rows",
        )


def _metric(metric: Any, plan: Plan) -> Any:
    process = type(plan.process)
    if isinstance(metric, str) and metric not in metrics.names():
        has = f"one that {process.__name__} has: {', '.join(process.metrics)}"
        near = suggestion(metric, process.metrics)
        raise BadInput("metric", metric, has, near if near.startswith("did") else "")
    function = metrics.find(metric) if isinstance(metric, str) else metric
    if not callable(function):
        raise BadInput("metric", metric, "the name of a metric, or a function of (world, theta)")
    name = getattr(function, "__name__", "")
    known = name in metrics.names() and metrics.find(name) is function
    if known and name not in process.metrics:
        raise BadInput("metric", name, f"one that {process.__name__} has: {', '.join(process.metrics)}")
    return function


def _devices(devices: int | Sequence[Any] | None) -> list[Any]:
    local = jax.local_devices()
    if devices is None:
        return local
    if isinstance(devices, (list, tuple)):
        if not devices or not all(isinstance(each, jax.Device) for each in devices):
            raise BadInput("devices", devices, "a number of devices, or a list of at least one of jax's")
        return list(devices)
    return local[: count("devices", devices, most=len(local), way_out=f"{len(local)} are here")]


def _cut(collector: Any, start: int) -> Any:
    """Return the collector with the ends of its grid for the generations of one call."""
    grid = getattr(collector, "grid", None)
    if grid is None:
        return collector
    ends = {}
    for name, idle in (("low", 1.0), ("high", 2.0)):
        values = getattr(grid, name)[start : start + CHUNK]
        ends[name] = np.pad(values, (0, CHUNK - len(values)), constant_values=idle)
    return dataclasses.replace(collector, grid=dataclasses.replace(grid, **ends))
