"""How jax is set up before the first simulation: float64, one device a core, a bounded compilation cache."""

from __future__ import annotations

import contextlib
import os
import pathlib

__all__ = ["cache_folder", "prepare"]

#: The compilation cache never grows beyond this.
CACHE_BYTES = 512 * 2**20


def cache_folder() -> pathlib.Path:
    """Return the folder of compiled programs: under ``XDG_CACHE_HOME``, or ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return pathlib.Path(base).expanduser() / "tailfade" / "jax"


def prepare() -> None:
    """Set what the user has not set: an environment variable or an earlier ``jax.config.update`` wins."""
    import jax

    from sims.flags import flag

    if "JAX_ENABLE_X64" not in os.environ:
        jax.config.update("jax_enable_x64", True)
    if "JAX_NUM_CPU_DEVICES" not in os.environ and flag("jax_num_cpu_devices") < 1:
        # Small programs run faster on one device a core than on one device with a pool of threads. Where jax has
        # already started its devices they serve as well.
        with contextlib.suppress(RuntimeError):
            jax.config.update("jax_num_cpu_devices", _cores())
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ and flag("jax_compilation_cache_dir") is None:
        jax.config.update("jax_compilation_cache_dir", str(cache_folder()))
        jax.config.update("jax_compilation_cache_max_size", CACHE_BYTES)
        # The default of one second would leave out nearly every program of this project.
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
