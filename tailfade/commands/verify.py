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
    resolution: str = typer.Option(
        None, "--resolution", metavar="R", help="The relative error that must be resolved: 0.5% or 0.005."
    ),
    fresh_seeds: bool = typer.Option(False, "--fresh-seeds", help="Hash the commit into the seeds."),
    out: pathlib.Path = typer.Option(
        pathlib.Path("build/verify"), "--out", help="The folder of the report and of the journal."
    ),
    resume: bool = typer.Option(False, "--resume", help="Go on with an interrupted run; refused if there is none."),
    fresh: bool = typer.Option(False, "--fresh", help="Make all evidence anew, whatever the journal has."),
    package: str = typer.Option("paper_checks", "--package", help="Claims of your own: a package of paper files."),
    json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> int:
    """Verify claims: proofs run again, the process sampled, planted errors refuted; a report under build/verify.

    Evidence is kept in a journal beside the report. What was found from the very same sources, versions and
    settings is not made again, so a second run takes seconds.
    """
    from tailfade.commands._percent import fraction
    from tailfade.console import console, emit, fail
    from tailfade.live import showing
    from tailfade.verdicts import JOURNAL, write
    from tailfade.verification import verify

    people = console(json_on_stdout=json)
    try:
        with showing() as live:
            report = verify(
                *(claims or []),
                budget=budget,
                resolution=fraction("resolution", resolution),
                fresh_seeds=fresh_seeds,
                package=package,
                progress=live.step,
                finished=live.finished,
                journal=out / JOURNAL,
                fresh=fresh,
                resume=resume,
            )
    except KeyboardInterrupt:
        fail(f"interrupted: what is finished is kept in {out / JOURNAL}; the same command with --resume goes on")
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
