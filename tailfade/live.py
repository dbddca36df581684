"""A run as it goes on: a live table on a terminal, a line a claim elsewhere; always on stderr."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["Live", "showing"]


class Live:
    """Told of steps and finished claims; says each claim's verdict in a line as soon as it is there."""

    def step(self, done: int, total: int, what: str) -> None:
        """Take note of the step that begins."""

    def finished(self, row: dict[str, Any], seconds: float) -> None:
        """Show a claim that is finished."""
        sys.stderr.write(f"{row['claim']}: {row['words']} ({took(row, seconds)})\n")
        sys.stderr.flush()


class _Table(Live):
    """The same on a terminal: the claims that are finished, as many as fit, over a bar of what is under way."""

    def __init__(self, view: Any, bar: Any) -> None:
        self.view, self.bar, self.task = view, bar, bar.add_task("", total=None)
        self.rows: list[tuple[str, ...]] = []

    def step(self, done: int, total: int, what: str) -> None:
        self.bar.update(self.task, completed=done, total=total, description=what)
        self.view.update(self.shown())

    def finished(self, row: dict[str, Any], seconds: float) -> None:
        mark = "" if row["as_expected"] else "not expected"
        self.rows.append((row["claim"], row["words"], mark, took(row, seconds)))
        self.view.update(self.shown())

    def shown(self) -> Any:
        from rich.console import Group
        from rich.table import Table

        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        for cells in self.rows[-max(1, self.view.console.height - 3) :]:
            table.add_row(*cells)
        return Group(table, self.bar)


@contextlib.contextmanager
def showing() -> Iterator[Live]:
    """Give what shows a run on stderr: a live table if that is a terminal, lines if it is not."""
    from rich.console import Console

    people = Console(stderr=True)
    if not people.is_terminal:
        yield Live()
        return
    import rich.live
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with rich.live.Live(console=people, transient=True, refresh_per_second=4) as view:
        yield _Table(view, Progress(*columns, console=people))


def took(row: dict[str, Any], seconds: float) -> str:
    """Return how long a claim took, or that all its evidence was at hand.

    >>> took({"reused": [], "evidence": {"mean": "…"}}, 1.25)
    '1.2 s'
    """
    if row["evidence"] and len(row["reused"]) == len(row["evidence"]):
        return "from the journal"
    return f"{seconds:.1f} s"
