"""``tailfade figures``: list the figures, or run what they need and draw them."""

from __future__ import annotations

import pathlib

import typer

NAME = "figures"


def run(
    ids: list[str] = typer.Argument(None, metavar="[ID]…", help="Which figures; all by default."),
    show: bool = typer.Option(False, "--list", help="Print the figures with their captions and stop."),
    seeds: int = typer.Option(None, "--seeds", help="Seeds of every loop, instead of the figure's own."),
    fresh: bool = typer.Option(False, "--fresh", help="Run the loops again although their records exist."),
    out: pathlib.Path = typer.Option(pathlib.Path("build/figures"), "--out", help="The folder of figures and records."),
    json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> int:
    """Draw figures from records, running first what is missing: PNG, SVG and PDF under build/figures."""
    from figures._figure import discover, find
    from tailfade.console import console, emit

    people = console(json_on_stdout=json)
    chosen = [find(name) for name in ids] if ids else list(discover().values())
    if show:
        rows = [{"id": f.id, "title": f.title, "caption": f.caption, "source": f.source} for f in chosen]
        if json:
            emit(rows)
        for row in rows:
            people.print(f"{row['id']}: {row['title']}", markup=False, soft_wrap=True)
            people.print(f"    {row['caption']} ({row['source']})", markup=False, soft_wrap=True)
        return 0
    from tailfade.drawing import draw

    made = {}
    for figure in chosen:
        told = lambda words: people.print(words, markup=False, soft_wrap=True)  # noqa: E731
        made[figure.id] = str(draw(figure, out, seeds=seeds, fresh=fresh, told=told))
        people.print(made[figure.id], markup=False, soft_wrap=True)
    if json:
        emit(made)
    return 0
