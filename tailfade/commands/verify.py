"""``tailfade verify``: run the proofs and the checks of claims and print a verdict on each."""

from __future__ import annotations

import pathlib
import sys
from typing import Any

import typer

NAME = "verify"


def run(
    claims: list[str] = typer.Argument(None, metavar="[ID|PAPER|TAG]…", help="Which claims; all by default."),
    budget: str = typer.Option("standard", "--budget", help="quick, standard or deep."),
    fresh_seeds: bool = typer.Option(False, "--fresh-seeds", help="Hash the commit into the seeds."),
    out: pathlib.Path = typer.Option(pathlib.Path("build/verify"), "--out", help="The folder of the report."),
    package: str = typer.Option("paper_checks", "--package", help="Claims of your own: a package of paper files."),
    json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> int:
    """Verify claims: proofs run again, the process sampled, planted errors refuted; a report under build/verify."""
    from tailfade.console import console, emit, fail
    from tailfade.verdicts import write
    from tailfade.verification import verify

    people = console(json_on_stdout=json)
    try:
        with _progress() as advance:
            report = verify(*(claims or []), budget=budget, fresh_seeds=fresh_seeds, package=package, progress=advance)
    except KeyboardInterrupt:
        fail("interrupted: no report was written; the same command gives the same verdicts")
        sys.exit(130)
    write(report, out)
    if json:
        emit(report.as_dict())
    people.print(_table(report))
    for row in report.rows():
        if not row["as_expected"]:
            people.print(f"{row['claim']} is not as expected; again: {row['command']}", markup=False, soft_wrap=True)
    people.print(f"report: {out / 'report.md'}", markup=False, soft_wrap=True)
    return report.exit_code


def _progress() -> Any:
    """Return a context whose value is called with (done, total, what); a bar on stderr if that is a terminal."""
    import contextlib

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    @contextlib.contextmanager
    def showing() -> Any:
        people = Console(stderr=True)
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=people, transient=True, disable=not people.is_terminal) as bar:
            task = bar.add_task("", total=None)
            yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what)

    return showing()


def _table(report: Any) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("verdict, and the evidence for it", overflow="fold")
    table.add_column("paths", justify="right", no_wrap=True)
    table.add_column("expected?", no_wrap=True)
    for row in report.rows():
        mark = "yes" if row["as_expected"] else "no"
        words = f"{row['words']}\n({', '.join(row['grades']) or 'none that is rigorous'})"
        table.add_row(row["claim"], words, f"{row['paths']:,}", mark)
    return table
