"""How far a fitted exponential law is from the real one."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["scale_error"]


def scale_error(world, theta) -> Float[Array, ""]:
    r"""Return :math:`(s_g/s - 1)^2`."""
    return jnp.expm1(theta - world) ** 2
