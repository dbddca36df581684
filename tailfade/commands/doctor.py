"""``tailfade doctor``: what is installed, on which devices it runs, and whether a run gives what it must."""

from __future__ import annotations

import importlib.util
from typing import Any

import typer

NAME = "doctor"

#: One module of each optional extra, by which its presence is known without importing it.
EXTRAS = {
    "certify": "flint",
    "vision": "sklearn",
    "hub": "datasets",
    "demos": "marimo",
    "docs": "sphinx",
    "bench": "numba",
    "results": "xarray",
}


def run(json: bool = typer.Option(False, "--json", help="One JSON document on stdout.")) -> int:
    """Say what is installed, on which devices it runs, and whether it computes what it must."""
    from tailfade.console import console, emit
    from tailfade.setup import cache_folder, prepare

    prepare()
    report = _examine(str(cache_folder()))
    if json:
        emit(report)
        return 0 if report["healthy"] else 4
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    for label, value in _lines(report):
        table.add_row(label, value)
    out = console()
    out.print(table)
    out.print("everything is as it should be" if report["healthy"] else "[red]something is wrong: see above")
    return 0 if report["healthy"] else 4


def _examine(cache: str) -> dict[str, Any]:
    import platform

    import jax

    from sims.flags import flag
    from sims.manifest import git_state, versions

    devices = jax.devices()
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "versions": versions(),
        "git": git_state(),
        "devices": [str(device) for device in devices],
        "x64": bool(flag("jax_enable_x64")),
        "compilation_cache": flag("jax_compilation_cache_dir") or cache,
        "extras": {extra: importlib.util.find_spec(module) is not None for extra, module in EXTRAS.items()},
    }
    report["check"] = _check() if report["x64"] else "x64 is off: set JAX_ENABLE_X64=1"
    report["healthy"] = report["check"] == "ok"
    return report


def _check() -> str:
    """Run the replace loop by two roads and hold both against the exact mean of the log scale."""
    import numpy as np

    from sims.processes.gaussian import Gaussian
    from sims.trajectories import trajectories
    from sims.workflows.replace import Replace
    from theory.gaussian import log_sd_mean, log_sd_variance

    n, g, seeds = 10, 3, 2048
    for road in ("chain", "samples"):
        paths = trajectories(Gaussian(), Replace(), "log_sd", seeds=seeds, n=n, generations=g, road=road)
        error = abs(paths[:, -1].mean() - log_sd_mean(n=n, g=g)) / np.sqrt(log_sd_variance(n=n, g=g) / seeds)
        # Eight standard errors of a mean of 2048 near-normal numbers: a sound machine fails once in 10^14 runs.
        if not error < 8:
            return f"the {road} road is {error:.1f} standard errors from the exact mean"
    return "ok"


def _lines(report: dict[str, Any]) -> list[tuple[str, str]]:
    git = report["git"]
    missing = [f"{extra} (make EXTRA={extra})" for extra, there in report["extras"].items() if not there]
    return [
        ("python", report["python"]),
        *[(package, version or "not installed") for package, version in report["versions"].items()],
        (
            "commit",
            "not a git checkout" if git is None else git["commit"][:12] + (" (changed)" if git["dirty"] else ""),
        ),
        ("devices", ", ".join(report["devices"])),
        ("float64", "on" if report["x64"] else "[red]off"),
        ("compiled programs", report["compilation_cache"]),
        ("optional extras", "all there" if not missing else "not installed: " + ", ".join(missing)),
        ("self-check", report["check"]),
    ]
