"""How far a mean is from the truth, 0."""

from __future__ import annotations

from jaxtyping import Array, Float

__all__ = ["estimate", "square_error"]


def square_error(world, theta) -> Float[Array, ""]:
    r"""Return :math:`\theta_g^2`."""
    return (theta - world) ** 2


def estimate(world, theta) -> Float[Array, ""]:
    r"""Return :math:`\theta_g`."""
    return theta
