"""What ``tailfade figures`` does: run the loops a figure needs, keep their records, and let the figure draw them."""

from __future__ import annotations

import json
import pathlib
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from groundwork.checks import count

if TYPE_CHECKING:
    from figures._figure import Figure, Record, Run

__all__ = ["draw"]

#: Where a loop's arrays are kept by kind of record.
_ARRAYS = {"summary": "summary.npz", "paths": "paths.npz", "times": "paths.npz"}

Told = Callable[[str], None]


def draw(
    figure: Figure, folder: pathlib.Path, *, seeds: int | None = None, fresh: bool = False, told: Told | None = None
) -> pathlib.Path:
    """Draw a figure into ``folder``/<id> from its records, which are run where they are missing; return the PNG.

    A record is run again if the loop that it names is another one, or if ``fresh`` says so. ``seeds`` replaces the
    figure's own numbers of seeds.
    """
    from figures._figure import Record
    from figures.style import house_style, save

    home = folder / figure.id
    records: dict[str, Record] = {}
    for name, run in figure.runs.items():
        wanted = replace(run, seeds=count("seeds", seeds, least=2)) if seeds else run
        place = home / name
        if fresh or not _holds(place, wanted):
            if told:
                told(f"{figure.id}: {name}, {wanted.metric} of {wanted.process}, {wanted.seeds:,} seeds")
            _make(wanted, place)
        records[name] = Record.read(place)
    home.mkdir(parents=True, exist_ok=True)
    with house_style() as plt:
        drawn = figure.draw(plt, records)
        picture = save(drawn, home / "figure")
        plt.close(drawn)
    words = {"id": figure.id, "title": figure.title, "caption": figure.caption, "source": figure.source}
    words |= {"claims": list(figure.claims), "runs": {name: asdict(run) for name, run in figure.runs.items()}}
    (home / "figure.json").write_text(json.dumps(words, indent=1) + "\n")
    return picture


def _holds(folder: pathlib.Path, run: Run) -> bool:
    """Whether the folder holds the finished record of this very loop."""
    asked = folder / "run.json"
    arrays = folder / _ARRAYS[run.kind]
    return asked.is_file() and arrays.is_file() and json.loads(asked.read_text()) == _asked(run)


def _asked(run: Run) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(run)))


def _make(run: Run, folder: pathlib.Path) -> None:
    from tailfade.setup import prepare

    prepare()
    from tailfade import simulation

    process = simulation.named_process(run.process, [])
    workflow = simulation.named_workflow(run.workflow)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").unlink(missing_ok=True)
    if run.kind == "summary":
        request = simulation.Request(
            process=process,
            workflow=workflow,
            metric=run.metric,
            n=run.n,
            generations=run.generations,
            seeds=run.seeds,
            medians=run.medians,
        )
        simulation.perform(request, folder, resume=False, block=65536, progress=None)
    else:
        _raw(run, process, workflow, folder)
    # Last of all: a folder with this file is finished.
    (folder / "run.json").write_text(json.dumps(_asked(run), indent=1) + "\n")


def _raw(run: Run, process: Any, workflow: Any, folder: pathlib.Path) -> None:
    """Run a loop whose paths, or times of an event, are kept as they are."""
    import numpy as np

    from sims.hitting import hitting_times
    from sims.manifest import manifest
    from sims.run import make_job
    from sims.trajectories import trajectories

    began = time.perf_counter()
    loop = (process, workflow, run.metric)
    if run.kind == "paths":
        values = trajectories(*loop, seeds=run.seeds, n=run.n, generations=run.generations)
        kept = run.keep or tuple(range(1, run.generations + 1))
        arrays = {"values": values[:, [g - 1 for g in kept]], "kept": np.array(kept)}
    else:
        arrays = {"times": hitting_times(*loop, seeds=run.seeds, n=run.n, most=run.generations)}
    np.savez(folder / "paths.npz", allow_pickle=False, **arrays)
    config = make_job(*loop, n=run.n, generations=run.generations).config()
    words = {
        "title": f"{run.metric} of {run.process} under {run.workflow}, n = {run.n}",
        "metric": run.metric,
        "manifest": manifest(config, seeds=run.seeds, wall_seconds=time.perf_counter() - began),
    }
    (folder / "record.json").write_text(json.dumps(words, indent=1) + "\n")
