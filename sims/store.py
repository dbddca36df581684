"""A run's folder: one file a block, written whole or not at all, and an append-only journal that lists them.

A block file is written under a temporary name, fsynced and renamed; then one line is appended to the journal and
fsynced. A kill at any moment leaves finished blocks and at most one torn line, which reading drops. Several
processes share a folder, each with its own journal.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import pathlib
import types
import uuid
from collections.abc import Iterable
from typing import Any

import numpy as np

from groundwork.errors import BadInput

__all__ = ["Entry", "Store", "canonical", "describe"]


@dataclasses.dataclass(frozen=True)
class Entry:
    """A finished block: seed ids [start, stop) and the file that holds them."""

    start: int
    stop: int
    file: str
    sha256: str


class Store:
    """The folder of one run. Opening it for another run, or again without ``resume``, is refused."""

    def __init__(
        self, folder: str | os.PathLike[str], config: dict[str, Any], *, resume: bool, writer: int = 0
    ) -> None:
        """Open or make the folder; ``writer`` numbers the process that writes."""
        self.folder = pathlib.Path(folder)
        self.journal = self.folder / f"journal-{writer}.jsonl"
        text = canonical(config)
        settings = self.folder / "config.json"
        if settings.exists():
            before = settings.read_text(errors="replace")
            if before != text:
                raise BadInput("store", str(folder), "the folder of this very run", _first_difference(before, text))
            if not resume and self.entries():
                raise BadInput("store", str(folder), "a new folder", "it holds blocks of this run: pass resume=True")
        else:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_whole(settings, text.encode())

    def entries(self) -> list[Entry]:
        """Return the finished blocks of all journals whose files are there and whole, by start."""
        found = []
        for journal in sorted(self.folder.glob("journal-*.jsonl")):
            for line in journal.read_bytes().split(b"\n"):
                entry = _entry(line)
                if entry is not None and (self.folder / entry.file).is_file():
                    found.append(entry)
        return sorted(found, key=lambda entry: (entry.start, entry.stop))

    def write(self, start: int, stop: int, arrays: dict[str, np.ndarray]) -> None:
        """Add a finished block."""
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        data = buffer.getvalue()
        name = _file_name(start, stop)
        _write_whole(self.folder / name, data)
        entry = Entry(start, stop, name, hashlib.sha256(data).hexdigest())
        self._end_torn_line()
        with self.journal.open("ab") as journal:
            journal.write(json.dumps(dataclasses.asdict(entry)).encode() + b"\n")
            journal.flush()
            os.fsync(journal.fileno())

    def read(self, entry: Entry) -> dict[str, np.ndarray]:
        """Return the arrays of a block, or refuse a file that is not what was written."""
        data = (self.folder / entry.file).read_bytes()
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise BadInput("store", entry.file, "a block as it was written", "remove the file to compute it again")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return dict(arrays)

    def _end_torn_line(self) -> None:
        # A line cut off by a kill stays unreadable for ever, but must not swallow the next one.
        if self.journal.exists():
            written = self.journal.read_bytes()
            if written and not written.endswith(b"\n"):
                with self.journal.open("ab") as journal:
                    journal.write(b"\n")


def _file_name(start: int, stop: int) -> str:
    return f"block-{start}-{stop}.npz"


def _entry(line: bytes) -> Entry | None:
    """Return the entry that a line of a journal holds; None for a torn or foreign line."""
    try:
        entry = Entry(**json.loads(line))
    except (ValueError, TypeError):
        return None
    sound = isinstance(entry.start, int) and isinstance(entry.stop, int) and 0 <= entry.start < entry.stop
    return entry if sound and entry.file == _file_name(entry.start, entry.stop) else None


def describe(thing: Any) -> Any:
    """Return a run's ingredient as JSON can hold it: what it is, its fields exactly, and its code's fingerprint."""
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = {field.name: describe(getattr(thing, field.name)) for field in dataclasses.fields(thing)}
        methods = [each.__code__ for each in vars(type(thing)).values() if isinstance(each, types.FunctionType)]
        return {"class": type(thing).__qualname__, "code": _fingerprint(methods), **fields}
    if hasattr(thing, "__array__"):
        return np.asarray(thing).tolist()
    if isinstance(thing, (list, tuple)):
        return [describe(each) for each in thing]
    if callable(thing):
        name = getattr(thing, "__qualname__", "<lambda>")
        if "<lambda>" in name:
            way_out = "a run that is stored must say what it is"
            raise BadInput("metric", thing, "a function with a name of its own", way_out)
        code = getattr(thing, "__code__", None)
        return f"{thing.__module__}.{name}" + (f"@{_fingerprint([code])}" if code is not None else "")
    return thing


def _fingerprint(codes: Iterable[types.CodeType]) -> str:
    """Return a digest of code, so that a function written anew is not taken for the one that ran."""
    total = hashlib.sha256()

    def add(code: types.CodeType) -> None:
        total.update(code.co_code + repr((code.co_names, code.co_varnames)).encode())
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                add(constant)
            elif not isinstance(constant, frozenset):
                total.update(repr(constant).encode())

    for code in codes:
        add(code)
    return total.hexdigest()[:12]


def canonical(config: dict[str, Any]) -> str:
    """Return the one JSON text of a configuration."""
    return json.dumps(config, sort_keys=True, indent=1, default=describe) + "\n"


def _write_whole(path: pathlib.Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _first_difference(before: str, now: str) -> str:
    for old, new in zip(before.splitlines(), now.splitlines(), strict=False):
        if old != new:
            return f"it was made with {old.strip()} and this run has {new.strip()}"
    return "it was made with other settings"
