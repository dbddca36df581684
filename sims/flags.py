"""What jax is set to."""

from __future__ import annotations

from typing import Any

import jax

__all__ = ["flag"]


def flag(name: str) -> Any:
    """Return the value of a configuration option of jax.

    >>> flag("jax_default_prng_impl")
    'threefry2x32'
    """
    # An attribute, which type checkers do not know; ``jax.config.read`` refuses the options that can be scoped.
    return getattr(jax.config, name)
