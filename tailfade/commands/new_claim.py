"""``tailfade new-claim``: write a claim file that runs as it is."""

from __future__ import annotations

import pathlib

import typer

NAME = "new-claim"


def run(
    claim: str = typer.Argument(..., metavar="ID", help="<author><year>.<label>, such as gerstgrasser2024.replace."),
    folder: pathlib.Path = typer.Option(
        None, "--folder", help="A package of your own, made if it is not there; the default is paper_checks."
    ),
) -> int:
    """Write a claim file from a template: a small claim that passes as it is, with marks where to change it."""
    from tailfade.claim_files import new_claim

    place = new_claim(claim, folder)
    package = "" if folder is None else f" --package {folder.name}"
    typer.echo(f"{place}\nchange what is marked CHANGE; tailfade verify {claim}{package} decides it")
    return 0
