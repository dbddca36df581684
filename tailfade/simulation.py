"""What ``tailfade simulate`` does: a pilot that lays the grid, the streamed run, the table and the record."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import pathlib
import shutil
import time
from collections.abc import Iterator
from typing import Any

import filelock
import numpy as np

from groundwork.checks import count
from groundwork.errors import BadInput
from groundwork.expression import literal
from sims import catalog
from sims.collect import UNIT, Grid
from sims.manifest import manifest
from sims.run import Job, Progress, make_job
from sims.store import canonical, describe
from sims.streaming import summary
from sims.summary import Summary
from sims.trajectories import trajectories
from tailfade.closed import closed_form

__all__ = ["Request", "named_process", "named_workflow", "perform"]

BINS = 1024


@dataclasses.dataclass(frozen=True)
class Request:
    """A run as it was asked for."""

    process: Any
    workflow: Any
    metric: str | None
    n: int
    generations: int
    seeds: int
    road: str = "auto"
    root: int = 0
    devices: int | None = None
    medians: bool = False

    @property
    def measured(self) -> str:
        """The metric asked for, or the process's first."""
        return self.metric or self.process.metrics[0]

    @property
    def loop(self) -> dict[str, Any]:
        """What ``trajectories`` and ``summary`` take besides process, workflow, metric and seeds."""
        names = ("n", "generations", "road", "root", "devices")
        return {name: getattr(self, name) for name in names}


def named_process(text: str, settings: list[str]) -> Any:
    """Return the process that the command line names, its settings given as ``key=value``."""
    pairs = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key:
            raise BadInput("--set", setting, "key=value")
        pairs[key.strip()] = _matrix(value) if ";" in value else literal(value)
    return catalog.make_process(text, pairs)


def named_workflow(text: str) -> Any:
    """Return the workflow that the command line names."""
    return catalog.make_workflow(text)


def perform(
    request: Request, out: pathlib.Path | None, *, resume: bool, block: int, progress: Progress | None
) -> dict[str, Any]:
    """Run the request and return its record: title, rows, and where it was written."""
    count("seeds", request.seeds)
    loop = (request.process, request.workflow, request.measured)
    job = make_job(*loop, **request.loop)
    if out is not None and not out.name:
        raise BadInput("--out", str(out), "the name of a folder")
    folder = out or pathlib.Path("build", "runs", _folder_name(request, job.config()))
    store = folder / "blocks"
    with _alone(folder):
        if store.exists() and not resume:
            _clear(store)
        return _perform(request, job, folder, block=block, progress=progress)


def _perform(
    request: Request, job: Job, folder: pathlib.Path, *, block: int, progress: Progress | None
) -> dict[str, Any]:
    loop = (request.process, request.workflow, request.measured)
    began = time.perf_counter()
    # Seeds 0 to 255 only say where the bins of the histogram lie; the run itself counts them like all others.
    pilot = trajectories(*loop, seeds=UNIT, **request.loop)
    result = summary(
        *loop,
        seeds=request.seeds,
        grid=_grid(pilot),
        means=not request.medians,
        store=folder / "blocks",
        resume=True,
        block=block,
        progress=progress,
        **request.loop,
    )
    wall = time.perf_counter() - began
    rows = _rows(request, result)
    record = {
        "title": f"{request.measured} of {_words(request.process)} under {_words(request.workflow)}, n = {request.n}",
        "metric": request.measured,
        "record": str(folder),
        "road": job.plan.layout.road,
        "manifest": manifest(job.config(), seeds=request.seeds, wall_seconds=wall),
        "rows": rows,
    }
    _write(folder, record, result)
    return record


@contextlib.contextmanager
def _alone(folder: pathlib.Path) -> Iterator[None]:
    """Hold the folder of a record for one run at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise BadInput("--out", str(folder), "a folder that no other run is writing", "wait, or name another") from None
    try:
        yield
    finally:
        lock.release()


def _clear(store: pathlib.Path) -> None:
    """Remove the blocks of an earlier run, and nothing that a run did not make."""
    made = ("config.json", "journal-*.jsonl", "block-*.npz", ".*.part")
    strange = [each.name for each in store.iterdir() if not any(each.match(pattern) for pattern in made)]
    if strange:
        raise BadInput("--out", str(store.parent), "a new folder or that of a record", f"blocks/ holds {strange[0]}")
    shutil.rmtree(store)


def _grid(pilot: np.ndarray) -> Grid:
    """Return bins that hold the pilot with room to spare: logarithmic if all of it is positive."""
    values = np.where(np.isfinite(pilot), pilot, np.nan)
    empty = np.isnan(values).all(axis=0)
    values[:, empty] = 0.0
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    # One law for all generations: mixed ends would make neighbours' medians differ by their bins alone.
    if (low > 1e-300).all() and not empty.any():
        return Grid(low / 30, np.minimum(high, 1e306) * 30, bins=BINS, log=True)
    room = np.maximum(high - low, 1e-9 * np.maximum(np.abs(high), 1.0))
    return Grid(np.maximum(low - room, -1e307), np.minimum(high + room, 1e307), bins=BINS)


def _rows(request: Request, result: Summary) -> list[dict[str, Any]]:
    low, high = result.interval(0.99)
    believable = result.normal_enough(0.99)
    median = result.quantile(0.5)
    exact = closed_form(request.process, request.workflow, request.measured, request.n, request.generations)
    columns = zip(result.mean, low, high, median, result.lost, believable, exact, strict=True)
    names = ("mean", "low", "high", "median", "lost", "normal_enough", "closed_form")
    rows = []
    for g, cells in enumerate(columns, start=1):
        row = {name: _plain(cell) for name, cell in zip(names, cells, strict=True)}
        rows.append({"generation": g, **row})
    return rows


def _plain(cell: Any) -> Any:
    if cell is None or isinstance(cell, (bool, np.bool_)):
        return None if cell is None else bool(cell)
    if isinstance(cell, (int, np.integer)):
        return int(cell)
    return float(cell) if np.isfinite(cell) else None


def _write(folder: pathlib.Path, record: dict[str, Any], result: Summary) -> None:
    arrays = {
        field.name: getattr(result, field.name)
        for field in dataclasses.fields(result)
        if field.name != "grid" and getattr(result, field.name) is not None
    }
    if result.grid is not None:
        arrays["edges"] = result.grid.edges()
    np.savez(folder / "summary.npz", allow_pickle=False, **arrays)
    (folder / "record.json").write_text(json.dumps(record, indent=1) + "\n")


def _folder_name(request: Request, config: dict[str, Any]) -> str:
    digest = hashlib.sha256(canonical(config | {"medians": request.medians}).encode()).hexdigest()[:10]
    return f"{request.process.name}-{request.workflow.name}-{request.measured}-{digest}"


def _words(thing: Any) -> str:
    """Return the name with the parameters that are not at their defaults, as the command line takes it."""
    parts = []
    for field in dataclasses.fields(thing):
        value = getattr(thing, field.name)
        if hasattr(value, "name"):
            parts.insert(0, _words(value))
        elif _worth_saying(field, value):
            parts.append(f"{field.name}={describe(value)}")
    return f"{thing.name}({', '.join(parts)})" if parts else thing.name


def _worth_saying(field: dataclasses.Field[Any], value: Any) -> bool:
    if isinstance(value, (np.ndarray, tuple)):
        return field.name in ("p", "sizes") and len(value) <= 6
    return value != field.default


def _matrix(text: str) -> list[list[float]]:
    try:
        return [[float(each) for each in row.split(",")] for row in text.split(";")]
    except ValueError:
        raise BadInput("--set", text, "a matrix: numbers by commas, rows by semicolons") from None
