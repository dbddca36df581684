"""``tailfade simulate``: run a loop, print its metric generation by generation, and leave a record."""

from __future__ import annotations

import pathlib
from typing import Any

import typer

NAME = "simulate"

SETTINGS = "A parameter of the process: sigma=2, p=[0.5,0.5], cov=1,0.5;0.5,2 (rows by semicolons)."

WORKFLOWS = (
    "replace, accumulate, window(3), discount(0.5), weighted([[1,0],[1,1]]), subsample(accumulate, size=20), "
    "fresh(accumulate, share=0.1), fixed_real(replace), edit(replace, count=3), schedule(replace, factor=1.5)."
)


def run(
    process: str = typer.Argument(
        ...,
        help="gaussian, wright_fisher, linear, location, exponential_family, labelled_mixture, mixture, kde; "
        "parameters in brackets: 'gaussian(d=2)'.",
    ),
    workflow: str = typer.Option("replace", "--workflow", "-w", help=WORKFLOWS),
    n: int = typer.Option(100, "-n", help="Samples that a generation contributes."),
    generations: int = typer.Option(20, "-g", "--generations", help="Fits; the first is on real data."),
    seeds: int = typer.Option(10_000, "--seeds", help="Independent replicates."),
    metric: str = typer.Option(None, "--metric", "-m", help="What is measured; the default is the process's first."),
    settings: list[str] = typer.Option([], "--set", metavar="key=value", help=SETTINGS),
    road: str = typer.Option("auto", "--road", help="auto, chain, law, moments or samples."),
    root: int = typer.Option(0, "--root", help="The root of all seeds."),
    devices: int = typer.Option(None, "--devices", help="How many devices; all by default."),
    medians: bool = typer.Option(False, "--medians", help="No means, where a mean is infinite."),
    out: pathlib.Path = typer.Option(None, "--out", help="The record's folder; the default lies in build/runs."),
    resume: bool = typer.Option(False, "--resume", help="Go on with an interrupted run."),
    block: int = typer.Option(65536, "--block", help="Seeds between two journal entries."),
    plot: bool = typer.Option(False, "--plot", help="Draw the figure into the record."),
    json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Nothing for people."),
) -> int:
    """Run a model-data loop over many seeds: a table, a record under build/runs, and a figure if asked."""
    from tailfade.console import console, emit
    from tailfade.setup import prepare

    prepare()
    from tailfade import simulation

    request = simulation.Request(
        process=simulation.named_process(process, settings),
        workflow=simulation.named_workflow(workflow),
        metric=metric,
        n=n,
        generations=generations,
        seeds=seeds,
        road=road,
        root=root,
        devices=devices,
        medians=medians,
    )
    people = console(json_on_stdout=json, quiet=quiet)
    with _progress(people) as advance:
        record = simulation.perform(request, out, resume=resume, block=block, progress=advance)
    if plot:
        from figures.simulation import draw

        record["figure"] = str(draw(pathlib.Path(record["record"])))
    if json:
        emit(record)
    people.print(_table(record))
    people.print(f"record: {record['record']}", markup=False, soft_wrap=True)
    if plot:
        people.print(f"figure: {record['figure']}", markup=False, soft_wrap=True)
    return 0


def _progress(people: Any) -> Any:
    """Return a context whose value is called with (done, total) and shows a bar on a terminal."""
    import contextlib

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    @contextlib.contextmanager
    def showing() -> Any:
        columns = (TextColumn("seeds"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=people, transient=True, disable=people.quiet or not people.is_terminal) as bar:
            task = bar.add_task("seeds", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    return showing()


def _table(record: dict[str, Any]) -> Any:
    from rich.table import Table

    rows = record["rows"]
    exact = any(row["closed_form"] is not None for row in rows)
    doubtful = any(row["mean"] is not None and not row["normal_enough"] for row in rows)
    caption = []
    if doubtful:
        caption.append("~ heavy tail: the interval's error rate is not to be believed")
    shown = _few(rows)
    if len(shown) < len(rows):
        caption.append(f"{len(shown)} of {len(rows)} generations; the record has them all")
    table = Table(
        title=record["title"],
        caption="\n".join(caption) or None,
        title_justify="left",
        caption_justify="left",
    )
    for heading in ("g", "mean", "99 % interval", "median", "lost", *(["closed form"] if exact else [])):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in shown:
        mark = "" if row["mean"] is None or row["normal_enough"] else " ~"
        interval = "" if row["low"] is None else f"{row['low']:.6g} … {row['high']:.6g}{mark}"
        cells = [
            str(row["generation"]),
            _number(row["mean"]),
            interval,
            _number(row["median"]),
            str(row["lost"]),
        ]
        table.add_row(*cells, *([_number(row["closed_form"])] if exact else []))
    return table


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"


def _few(rows: list[Any], most: int = 24) -> list[Any]:
    """Return all rows, or the first ten and then ever sparser ones with the last."""
    if len(rows) <= most:
        return rows
    total = len(rows)
    sparse = {round(10 * (total / 10) ** (k / (most - 10))) for k in range(1, most - 9)}
    return [row for row in rows if row["generation"] <= 10 or row["generation"] in sparse]
