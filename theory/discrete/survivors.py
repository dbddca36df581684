"""What is left in model g: atoms, entropy, heterozygosity."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from theory import forms
from theory.discrete import _chain
from theory.discrete.collapse import ATOMS
from theory.numerics import mp, product
from theory.quantity import quantity
from theory.symbols import domain, sequence, symbol

__all__ = ["entropy_mean", "heterozygosity_mean", "loss_probability", "symbols_mean"]


@quantity(
    formula=lambda: r"\sum_i P(x_g > 0 \mid x_0 = p_i),\quad x_{t+1} \sim \mathrm{Bin}(n, x_t)/n",
    source="derived here",
    domains={"p": ATOMS},
)
def symbols_mean(p: Sequence[float], n: int | Sequence[int], g: int) -> Any:
    """Return the mean number of atoms that survive in model g, a float.

    >>> symbols_mean([0.5, 0.5], 2, 1)
    1.5
    """
    return _chain.backward(lambda x: (x > 0).astype(float), n, g, np.asarray(p)).sum()


@quantity(
    formula=lambda: r"\sum_i \mathrm{E}[-x_g \ln x_g \mid x_0 = p_i],\quad x_{t+1} \sim \mathrm{Bin}(n, x_t)/n",
    source="derived here",
    domains={"p": ATOMS},
)
def entropy_mean(p: Sequence[float], n: int | Sequence[int], g: int) -> Any:
    """Return the mean Shannon entropy of model g in nats, a float.

    >>> round(entropy_mean([0.5, 0.5], 2, 1), 12)  # ln(2)/2
    0.34657359028
    """
    from scipy.special import entr

    return _chain.backward(entr, n, g, np.asarray(p)).sum()


def _heterozygosity_mean(workflow: str = "replace", schedule: bool = False) -> Any:
    import sympy

    i, k = forms.index("i"), forms.index("k")
    atoms = sympy.Symbol("K", integer=True, positive=True)
    start = 1 - forms.add_up(sequence("p")[i] ** 2, (i, 1, atoms))
    if workflow == "replace":
        return start * forms.all_generations(lambda size: 1 - 1 / size, schedule)
    batch, pool = forms.pool(schedule, k)
    return start * forms.multiply(1 - batch / pool**2, (k, 1, symbol("g")))


@quantity(
    formula=_heterozygosity_mean,
    source="""Replace: the classical Wright-Fisher identity, used by Seddik et al. 2024 as cited by others.
    Accumulate: derived here.""",
    domains={"p": ATOMS, "workflow": domain("workflow", options=("replace", "accumulate"))},
)
def heterozygosity_mean(p: Sequence[float], n: int | Sequence[int], g: int, workflow: str = "replace") -> Any:
    """Return E (1 - sum p_g^2), a float.

    Replace: (1 - sum p^2) prod (1 - 1/n_j). Accumulate, with pools N_k: (1 - sum p^2) prod (1 -
    n_k/N_k^2), the factor of the Gaussian variance under the mle.

    >>> heterozygosity_mean([0.5, 0.5], 2, 2)
    0.125
    """
    ctx = mp()
    weights = [ctx.mpf(float(weight)) for weight in p]
    start = ctx.fsum(weight * (1 - weight) for weight in weights)
    if workflow == "replace":
        return start * product(lambda size: 1 - ctx.mpf(1) / size, n, g)
    if isinstance(n, Sequence):
        return start * ctx.fprod(1 - ctx.mpf(size) / pool**2 for size, pool in zip(n, accumulate(n), strict=True))
    if n == 1:
        return 0
    root = 1 / ctx.sqrt(n)
    return start * ctx.gammaprod([g + 1 - root, g + 1 + root], [1 - root, 1 + root, g + 1, g + 1])


@quantity(
    formula=lambda: r"P(x_g = 0 \mid x_0 = p),\quad x_{t+1} \sim \mathrm{Bin}(n, x_t)/n",
    source="derived here",
)
def loss_probability(p: float, n: int | Sequence[int], g: int) -> Any:
    """Return the probability that an atom of probability p has count 0 in model g, a float.

    >>> loss_probability(0.5, 2, 1)
    0.25
    """
    if g == 1:
        return (1 - mp().mpf(p)) ** (n if isinstance(n, int) else n[0])
    return min(_chain.backward(lambda x: (x == 0).astype(float), n, g, np.array([p]))[0], 1.0)
