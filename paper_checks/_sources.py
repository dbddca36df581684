"""What a verdict depends on besides its parameters: every source file, every installed package, the machine's kind.

Evidence is answered from a journal only if all of it is the same to the byte, so a changed formula, sampler or
engine is never answered with what its predecessor gave, committed or not.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.metadata
import importlib.util
import os
import pathlib
import platform
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from hashlib import sha256
from types import ModuleType
from typing import Any

__all__ = ["source_digest", "surroundings"]

ROOT = pathlib.Path(__file__).resolve().parents[1]

#: The rooms whose code can change a number of a verdict.
ROOMS = ("groundwork", "paper_checks", "sims", "theory")


def source_digest(package: ModuleType | None = None) -> str:
    """Return the SHA-256 of the bytes of all sources: the rooms, a package of claims, and what it imports.

    Files are taken whole, whatever their kind. What a claim of a package of one's own imports is followed
    as far as it is written in an import statement and not installed.

    >>> len(source_digest()), source_digest() == source_digest()
    (64, True)
    """
    files = {f"{room}/{name}": file for room in ROOMS for name, file in _tree(ROOT / room)}
    if package is not None:
        own = {f"{package.__name__}:{name}": file for place in package.__path__ for name, file in _tree(place)}
        files |= own | dict(_imported(own.values(), {package.__name__.partition(".")[0], *ROOMS}))
    total = sha256()
    for name, file in sorted(files.items()):
        # An editor's file may be gone by now; a source that is gone is another state of the sources.
        with contextlib.suppress(FileNotFoundError):
            total.update(f"{name}\0".encode() + sha256(file.read_bytes()).digest())
    return total.hexdigest()


def surroundings() -> dict[str, Any]:
    """Return what the numbers may depend on besides the sources; the count of devices is none of it.

    >>> sorted(surroundings())
    ['device', 'flags', 'packages', 'python']
    """
    import jax

    from sims.flags import flag

    device = jax.devices()[0]
    flags = ("jax_enable_x64", "jax_threefry_partitionable", "jax_default_matmul_precision", "jax_default_prng_impl")
    packages = sorted({f"{each.name}=={each.version}" for each in importlib.metadata.distributions()})
    return {
        "python": [platform.python_implementation(), platform.python_version(), platform.machine()],
        "packages": packages,
        "device": [device.platform, device.device_kind],
        "flags": [*(str(flag(name)) for name in flags), os.environ.get("XLA_FLAGS", "")],
    }


def _tree(place: str | pathlib.Path) -> Iterator[tuple[str, pathlib.Path]]:
    """Yield (name, file) of a folder, without what Python compiles and what begins with a dot."""
    root = pathlib.Path(place)
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != "__pycache__" and not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                file = pathlib.Path(folder) / name
                yield str(file.relative_to(root)), file


def _imported(files: Iterable[pathlib.Path], known: set[str]) -> Iterator[tuple[str, pathlib.Path]]:
    """Yield the files of modules that these files import, and those they import in turn, unless installed."""
    waiting = [file for file in files if file.suffix == ".py"]
    while waiting:
        for name in sorted(_top_names(waiting.pop()) - known - sys.stdlib_module_names):
            known.add(name)
            for label, file in _files_of(name):
                yield f"{name}:{label}", file
                if file.suffix == ".py":
                    waiting.append(file)


def _top_names(file: pathlib.Path) -> set[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def _files_of(name: str) -> list[tuple[str, pathlib.Path]]:
    """Return the files of a module that lies outside the installed packages, whose versions say enough."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        return []
    installed = [pathlib.Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib", "stdlib")]
    places = [pathlib.Path(place) for place in spec.submodule_search_locations or ()]
    file = pathlib.Path(spec.origin) if spec.origin and not places else None
    if file is not None and file.is_file():
        places, found = [file.parent], [(file.name, file)]
    else:
        found = [pair for place in places for pair in _tree(place)]
    return [] if any(place.is_relative_to(home) for place in places for home in installed) else found
