"""``tailfade list``: the claims, one line each."""

from __future__ import annotations

import typer

NAME = "list"


def run(
    package: str = typer.Option("paper_checks", "--package", help="Claims of your own: a package of paper files."),
    json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> int:
    """List the claims that can be verified."""
    from tailfade.claims import listed
    from tailfade.console import console, emit

    rows = listed(package)
    if json:
        emit(rows)
        return 0
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("what it says, and its tags", overflow="fold")
    table.add_column("expected", no_wrap=True)
    for row in rows:
        table.add_row(row["id"], f"{row['title']}\n({', '.join(row['tags'])})", row["expected"])
    console().print(table)
    return 0
