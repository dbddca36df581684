"""``tailfade check``: a verdict on a formula of your own, for a loop of your own."""

from __future__ import annotations

import sys
from typing import Any

import typer

NAME = "check"

SYMBOLS = (
    "The formula: n, g and the parameters of the loop; + - * / ** ^, sqrt exp log gamma loggamma digamma harmonic zeta "
    "erf binomial factorial c4 min max, Sum(term, i, a, b), Product(term, i, a, b), pi, E."
)


def run(
    formula: str = typer.Argument(..., help=SYMBOLS),
    process: str = typer.Option(..., "--process", "-p", help="As for simulate; what its brackets leave out is free."),
    workflow: str = typer.Option("replace", "--workflow", "-w", help="As for simulate."),
    metric: str = typer.Option(None, "--metric", "-m", help="What is measured; the default is the process's first."),
    relation: str = typer.Option("equal", "--relation", "-r", help="equal, upper, lower or 'order(n, 2)'."),
    at: list[str] = typer.Option([], "--at", metavar="name=value,…", help="Values to try: n=20,50."),
    budget: str = typer.Option("standard", "--budget", help="quick, standard or deep."),
    variance: str = typer.Option(None, "--variance", metavar="FORMULA", help="The metric's variance, on your word."),
    bounds: str = typer.Option(None, "--bounds", metavar="LOW,HIGH", help="The metric's ends, on your word."),
    json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> int:
    """Decide a formula: whether it holds, to what resolution, as an equality, to an order or as a bound."""
    from tailfade.checking import check
    from tailfade.console import console, emit, fail

    people = console(json_on_stdout=json)
    try:
        found = check(
            formula,
            process,
            workflow,
            metric,
            relation=relation,
            at=_values(at),
            budget=budget,
            variance=variance,
            bounds=bounds,
        )
    except KeyboardInterrupt:
        fail("interrupted: nothing was decided; the same command gives the same verdict")
        sys.exit(130)
    if json:
        emit(found.as_dict())
    _say(people, found)
    return found.exit_code


def _values(words: list[str]) -> dict[str, Any]:
    from groundwork.errors import BadInput
    from groundwork.expression import literal

    values: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name.strip():
            raise BadInput("--at", word, "name=value,value", "for example n=20,50")
        if name.strip() in values:
            raise BadInput("--at", word, "each name once")
        values[name.strip()] = literal(text)
    return values


def _say(people: Any, found: Any) -> None:
    """Print the sentence, the table of points, and what a reader has to know beside them."""

    def line(text: str) -> None:
        people.print(text, markup=False, soft_wrap=True)

    line(f"{found.formula}, {found.loop}: {found.sentence}")
    if found.rows:
        people.print(_table(found.rows))
    facts = {
        "exact": f"{found.exact}   ({found.source})" if found.exact else "",
        "licence": found.licence,
        "left out": "; ".join(found.left_out),
        "not told apart at this resolution": "; ".join(found.undistinguished),
        "planted errors refuted": str(found.killed) if found.killed else "",
        "again": found.command,
    }
    for name, text in facts.items():
        if text:
            line(f"{name}: {text}")


def _table(rows: list[dict[str, Any]]) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("point", "formula", "process", "interval", "status", "paths"):
        table.add_column(name, justify="left" if name in ("point", "status") else "right", no_wrap=name != "point")
    for row in rows:
        point = ", ".join(f"{name} = {value}" for name, value in row["point"].items())
        ends = f"{row['low']:.5g} … {row['high']:.5g}"
        seen = "–" if row["estimate"] is None else f"{row['estimate']:.6g}"
        value = "–" if row["value"] is None else f"{row['value']:.6g}"
        table.add_row(point, value, seen, ends, row["status"], f"{row['paths']:,}")
    return table
