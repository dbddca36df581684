"""What made a record: versions, commit, device, settings, wall time; no name of a user or a host."""

from __future__ import annotations

import importlib.metadata
import pathlib
import platform
import subprocess
import sys
from typing import Any

import jax

from sims.flags import flag

__all__ = ["PACKAGES", "SCHEMA", "git_state", "manifest", "versions"]

#: Raised when a reader of old records would misread a new one.
SCHEMA = 1

PACKAGES = ("jax", "jaxlib", "numpy", "scipy", "sympy", "mpmath", "matplotlib", "tailfade")


def manifest(config: dict[str, Any], *, seeds: int, wall_seconds: float) -> dict[str, Any]:
    """Return the description of a finished run as JSON can hold it.

    >>> manifest({}, seeds=1, wall_seconds=0.5)["schema"]
    1
    """
    devices = jax.local_devices()
    return {
        "schema": SCHEMA,
        "argv": [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]],
        "config": config,
        "git": git_state(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "versions": versions(),
        "device": {"platform": devices[0].platform, "kind": devices[0].device_kind, "count": len(devices)},
        "x64": bool(flag("jax_enable_x64")),
        "prng": "threefry2x32",
        "jax_threefry_partitionable": bool(flag("jax_threefry_partitionable")),
        "seeds": seeds,
        "wall_seconds": round(wall_seconds, 3),
    }


def versions() -> dict[str, str | None]:
    """Return the installed version of each package that results depend on; None where it is missing."""
    found: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = None
    return found


def git_state() -> dict[str, Any] | None:
    """Return commit and whether the tree differs from it; None outside a git checkout."""
    root = pathlib.Path(__file__).resolve().parents[1]

    def ask(*words: str) -> str:
        answer = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=True, timeout=20
        )
        return answer.stdout.strip()

    try:
        return {"commit": ask("rev-parse", "HEAD"), "dirty": bool(ask("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return None
