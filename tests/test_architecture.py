"""The arrows between the rooms, read from every import, those inside functions included."""

from __future__ import annotations

import ast
import pathlib
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
ROOMS = ("groundwork", "theory", "sims", "paper_checks", "figures", "tailfade")
OUTSIDE = {"tests", "demos", "docs", "benchmarks"}

#: What each room may not import: whole packages, or a dotted part of one.
FORBIDDEN = {
    "groundwork": {
        "theory",
        "sims",
        "paper_checks",
        "figures",
        "tailfade",
        "jax",
        "sympy",
        "scipy",
        "matplotlib",
    },
    "theory": {
        "sims",
        "paper_checks",
        "figures",
        "tailfade",
        "jax",
        "jaxlib",
        "jaxtyping",
        "matplotlib",
        "optax",
    },
    "sims": {"theory", "paper_checks", "figures", "tailfade", "sympy", "mpmath", "matplotlib", "scipy.stats"},
    "paper_checks": {"figures", "tailfade", "matplotlib"},
    "figures": {"sims", "paper_checks", "tailfade", "jax", "numpy.random", "random"},
    "tailfade": set(),
}


def imports(source: str) -> Iterator[str]:
    """Yield every dotted name that the source imports, ``from a import b`` as ``a.b``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def crossings(room: str, source: str) -> list[str]:
    """Return the imports that the room may not make."""
    walls = FORBIDDEN[room] | OUTSIDE
    return [name for name in imports(source) if any(name == wall or name.startswith(wall + ".") for wall in walls)]


@pytest.mark.parametrize("room", ROOMS)
def test_no_import_crosses_a_wall(room: str) -> None:
    for file in (ROOT / room).rglob("*.py"):
        assert crossings(room, file.read_text()) == [], f"{file.relative_to(ROOT)} imports across a wall"


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("theory", "import jax.numpy as jnp"),
        ("theory", "def f():\n    from sims.run import make_job"),
        ("sims", "from theory.gaussian import w2_mean"),
        ("sims", "from scipy import stats"),
        ("figures", "from numpy import random"),
        ("groundwork", "import theory"),
        ("paper_checks", "from tests.plain import gaussian"),
    ],
)
def test_the_walls_are_seen(room: str, line: str) -> None:
    assert crossings(room, line) != []


def test_every_package_is_a_room() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - OUTSIDE
    assert packages == set(ROOMS)


def test_no_module_is_long() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for room in (*ROOMS, *OUTSIDE)
        for file in (ROOT / room).rglob("*.py")
        if (lines := len(file.read_text().splitlines())) > 400
    }
    assert long == {}
