"""What an exception in a claim's own code says, in one line for a report."""

from __future__ import annotations

import pathlib
import traceback

__all__ = ["fault_words"]

_ENGINE = pathlib.Path(__file__).parent


def fault_words(fault: BaseException, most: int = 300) -> str:
    """Return an exception in one line: its type, its words, and the line of the claim it came from.

    >>> fault_words(ValueError("no such law"))
    'ValueError: no such law'
    """
    text = " ".join(str(fault).split())
    said = f"{type(fault).__name__}: {text}" if text else type(fault).__name__
    said = said if len(said) <= most else said[: most - 1] + "…"
    frame = _innermost(fault)
    return said if frame is None else f"{said} ({pathlib.Path(frame.filename).name}, line {frame.lineno})"


def _innermost(fault: BaseException) -> traceback.FrameSummary | None:
    """Return the last frame that is neither the engine's nor a library's."""
    frames = traceback.extract_tb(fault.__traceback__)
    own = [frame for frame in frames if not _foreign(pathlib.Path(frame.filename))]
    return own[-1] if own else None


def _foreign(file: pathlib.Path) -> bool:
    engine = file.parent == _ENGINE and file.name.startswith("_")
    return engine or "site-packages" in file.parts or not file.is_file()
