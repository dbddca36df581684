"""What people read goes to stderr when stdout carries JSON; colour and width follow the terminal."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "emit", "fail"]


def console(*, json_on_stdout: bool = False, quiet: bool = False) -> Console:
    """Return the console for people."""
    import os

    from rich.console import Console

    class Patient(Console):
        def on_broken_pipe(self) -> None:
            """Stop quietly: a reader that has seen enough is no failure."""
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0)

    return Patient(stderr=json_on_stdout, quiet=quiet, highlight=False, soft_wrap=False)


def emit(document: Any) -> None:
    """Print one JSON document on stdout; numbers that are not finite are null, for JSON has no word for them."""
    sys.stdout.write(json.dumps(_plain(document), ensure_ascii=False, allow_nan=False) + "\n")


def fail(sentence: str) -> None:
    """Print one line about what went wrong on stderr."""
    sys.stderr.write(f"tailfade: {sentence}\n")


def _plain(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {str(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [_plain(each) for each in thing]
    if isinstance(thing, float) and not (thing == thing and abs(thing) != float("inf")):
        return None
    return thing
