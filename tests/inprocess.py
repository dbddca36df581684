"""The command line in this process, on packages of claims that a test writes: no second start of jax."""

from __future__ import annotations

import importlib
import pathlib
import sys
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from tailfade.cli import main


@dataclass
class Answer:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


class Desk:
    """A folder to work in, with a package of claims of its own that can be written anew."""

    def __init__(self, folder: pathlib.Path, patch: pytest.MonkeyPatch, streams: Any) -> None:
        self.folder, self.patch, self.streams = folder, patch, streams
        self.package = f"claims_{uuid.uuid4().hex}"
        (folder / self.package).mkdir()
        (folder / self.package / "__init__.py").write_text("")
        patch.chdir(folder)
        patch.syspath_prepend(str(folder))

    def write(self, text: str, name: str = "nobody1900") -> pathlib.Path:
        """Write a paper's file and forget what was imported of it."""
        file = self.folder / self.package / f"{name}.py"
        file.write_text(text)
        self.forget()
        return file

    def forget(self, *others: str) -> None:
        """Forget the modules of the package, as a new process would not have them."""
        for name in list(sys.modules):
            if name.split(".")[0] in (self.package, *others):
                del sys.modules[name]
        # Two writings within a second may have one size: Python must not take the compiled first one for the second.
        for cache in self.folder.rglob("__pycache__"):
            for file in cache.iterdir():
                file.unlink()
        importlib.invalidate_caches()

    def __call__(self, *words: str, own: bool = True) -> Answer:
        """Run a command, on the package of this desk."""
        more = ["--package", self.package] if own else []
        self.patch.setattr(sys, "argv", ["tailfade", *words, *more])
        self.streams.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        printed = self.streams.readouterr()
        return Answer(code, printed.out, printed.err)
