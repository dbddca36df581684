"""The journal of a run: evidence that was found is kept, and answers when exactly the same is asked again.

One fsynced line for each finished check (its outcomes at all points, with what became of its mutants) and for the
proofs of each claim. A check takes seconds, so nothing finer is kept. The key of a line is a digest of everything that
its content depends on: the bytes of all sources, the versions, the kind of the device, the parameters, alpha, seed and
budget. Since numbers depend on nothing else, not on blocks, order or interruption, a kept answer is the answer.

A line that was cut off by a kill, or that is not what was written, is dropped. The file may be deleted at any time.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from paper_checks._evidence import Evidence
from paper_checks._outcome import Status
from paper_checks._pack import pack, unpack
from paper_checks._seeds import digest
from paper_checks._sources import source_digest, surroundings

__all__ = ["Journal", "Kept"]

_KEY = re.compile(rb'\{"key":"([0-9a-f]{64})",')


@dataclass(frozen=True)
class Kept:
    """Evidence, the digest of its content, and whether it was answered from the journal.

    The digest is that of everything but the time it took, so it is the same wherever the bits are.
    """

    evidence: tuple[Any, ...]
    sha256: str
    reused: bool


class Journal:
    """A file of evidence; without a file nothing is kept. ``fresh`` asks for everything anew and keeps that.

    >>> import tempfile
    >>> step = Evidence(statement="1 = 1", kind="identity", answer="shown", grade="proved", tool="integers")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     journal = Journal(pathlib.Path(folder, "journal.jsonl"))
    ...     [journal.recall(journal.key("a claim"), lambda: [step]).reused for _ in range(2)]
    [False, True]
    """

    def __init__(
        self, file: pathlib.Path | None = None, package: ModuleType | None = None, *, fresh: bool = False
    ) -> None:
        """Open the journal, whose file need not be there, for claims of a package."""
        self.file, self.package, self.fresh = file, package, fresh
        self._sources = source_digest(package) if file else ""
        self._setting = {"sources": self._sources, **surroundings()} if file else {}
        self._lines = _indexed(file) if file else {}

    def key(self, what: str, **facts: Any) -> str:
        """Return the key of a piece of evidence: what it is about, and every parameter that it depends on."""
        return digest([self._setting, what, facts])

    def has(self, key: str) -> bool:
        """Return whether a line with this key is there, whole or not."""
        return key in self._lines

    def recall(self, key: str, make: Callable[[], Sequence[Any]]) -> Kept:
        """Return the evidence that is kept under a key, or make it now and keep it."""
        found = None if self.fresh else self._read(key)
        if found is not None:
            return found
        evidence = tuple(make())
        try:
            packed = pack(tuple(replace(each, seconds=0.0) for each in evidence))
        except TypeError:
            return Kept(evidence, "", reused=False)
        total = digest(packed)
        if self.file and all(_final(each) for each in evidence) and source_digest(self.package) == self._sources:
            seconds = [float(each.seconds).hex() for each in evidence]
            seal = digest([key, total, seconds])
            line = {"key": key, "seal": seal, "sha256": total, "seconds": seconds, "evidence": packed}
            self._append(key, line)
        return Kept(evidence, total, reused=False)

    def _read(self, key: str) -> Kept | None:
        if self.file is None or key not in self._lines:
            return None
        start, length = self._lines[key]
        try:
            with self.file.open("rb") as lines:
                lines.seek(start)
                line = json.loads(lines.read(length))
            sealed = digest([line["key"], line["sha256"], line["seconds"]]) == line["seal"]
            if line["key"] != key or not sealed or digest(line["evidence"]) != line["sha256"]:
                return None
            evidence, seconds = unpack(line["evidence"]), [float.fromhex(each) for each in line["seconds"]]
            timed = tuple(replace(each, seconds=s) for each, s in zip(evidence, seconds, strict=True))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None
        return Kept(timed, line["sha256"], reused=True)

    def _append(self, key: str, line: Mapping[str, Any]) -> None:
        if self.file is None:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps(line, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"
        with self.file.open("a+b", buffering=0) as journal:
            # A line cut off by a kill stays unreadable for ever, but must not swallow the next one.
            end = journal.seek(0, os.SEEK_END)
            if end:
                journal.seek(end - 1)
                data = data if journal.read(1) == b"\n" else b"\n" + data
            journal.write(data)
            os.fsync(journal.fileno())
            self._lines[key] = (journal.tell() - len(data.lstrip(b"\n")), len(data.lstrip(b"\n")))


def _indexed(file: pathlib.Path) -> dict[str, tuple[int, int]]:
    """Return where the last whole line of each key begins, and how long it is."""
    found: dict[str, tuple[int, int]] = {}
    if not file.is_file():
        return found
    start = 0
    with file.open("rb") as lines:
        for line in lines:
            named = _KEY.match(line)
            if named and line.endswith(b"\n"):
                found[named[1].decode()] = (start, len(line))
            start += len(line)
    return found


def _final(evidence: Any) -> bool:
    """Return whether the same question would be answered the same way: an error or a tool's "unsure" may pass."""
    if isinstance(evidence, Evidence):
        return evidence.answer != "unsure"
    return evidence.status is not Status.ERROR
