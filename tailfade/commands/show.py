"""``tailfade show``: a claim as printed, where it stands, and how it is tried."""

from __future__ import annotations

from typing import Any

import typer

NAME = "show"


def run(
    claim: str = typer.Argument(..., metavar="ID", help="The id of a claim; tailfade list shows them."),
    package: str = typer.Option("paper_checks", "--package", help="Claims of your own: a package of paper files."),
    json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> int:
    """Show a claim: the statement as printed, its source, its assumptions and its checks."""
    from tailfade.claims import described
    from tailfade.console import console, emit

    facts = described(claim, package)
    if json:
        emit(facts)
        return 0
    out = console()
    for line in _lines(facts):
        out.print(line, markup=False, soft_wrap=True)
    return 0


def _lines(facts: dict[str, Any]) -> list[str]:
    conditions = dict.fromkeys([*facts["domain"].values(), *facts["assumptions"]])
    lines = [
        f"{facts['id']}  {facts['title']}",
        f"  as printed   {facts['says']}",
        f"  source       {facts['source']}",
        f"  assumes      {', '.join(conditions)}",
        f"  relation     {facts['relation']}",
        f"  expected     {facts['expected']}",
    ]
    lines += [f"  proof        {statement}" for statement in facts["proofs"]]
    for check in facts["checks"]:
        lines.append(f"  check        {check['id']}: {check['estimand']} ({check['formula']} formula)")
        lines.append(f"               {check['licence']}; precision {check['precision']:g}")
        lines += [f"               blind to {slip}: see {where}" for slip, where in check["blind"].items()]
    if facts["uses"]:
        lines.append(f"  uses         {', '.join(facts['uses'])}")
    return [*lines, f"  tags         {', '.join(facts['tags'])}", "", *facts["bibtex"].splitlines()]
