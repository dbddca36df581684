"""``tailfade kill``: run the planted errors of a claim and print what became of each."""

from __future__ import annotations

import pathlib
import sys
from typing import Any

import typer

NAME = "kill"


def run(
    claim: str = typer.Argument(..., metavar="ID", help="The id of a claim; tailfade list shows them."),
    budget: str = typer.Option("standard", "--budget", help="quick, standard or deep."),
    out: pathlib.Path = typer.Option(
        pathlib.Path("build/verify"), "--out", help="The folder of the journal, which verify shares."
    ),
    fresh: bool = typer.Option(False, "--fresh", help="Make all evidence anew, whatever the journal has."),
    package: str = typer.Option("paper_checks", "--package", help="Claims of your own: a package of paper files."),
    json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> int:
    """Kill the mutants of a claim: plant wrong formulas and wrong processes, and see each of them refuted."""
    from tailfade.console import console, emit, fail
    from tailfade.killing import kill
    from tailfade.live import showing
    from tailfade.verdicts import JOURNAL

    people = console(json_on_stdout=json)
    try:
        with showing() as live:
            result = kill(claim, budget=budget, package=package, progress=live.step, journal=out / JOURNAL, fresh=fresh)
    except KeyboardInterrupt:
        fail(f"interrupted: what is finished is kept in {out / JOURNAL}; the same command goes on")
        sys.exit(130)
    if json:
        emit(result.as_dict())
    people.print(_table(result))
    counts = {fate.fate: sum(each.fate == fate.fate for each in result.fates) for fate in result.fates}
    said = ", ".join(f"{count} {fate}" for fate, count in counts.items())
    verdict = "complete" if result.exit_code == 0 else "incomplete"
    people.print(f"{claim}: {verdict}: {said}", markup=False, soft_wrap=True)
    return result.exit_code


def _table(result: Any) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("check", no_wrap=True)
    table.add_column("mutant", overflow="fold")
    table.add_column("fate", no_wrap=True)
    table.add_column("how", overflow="fold")
    for fate in result.fates:
        table.add_row(fate.check, Text(fate.mutant), fate.fate, Text(fate.how))
    return table
