"""What a vocabulary loses: the number and the mass of the atoms that a fit does not see, by workflow.

Each atom alone is a two-type chain, so both are sums over atoms at any vocabulary size: the cost is one
small chain for all atoms together, then one weighted sum for each. A loss is for ever where a fit sees no
older data (replace) and where nothing real is added; a subsample, or fresh real data, can bring a word back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from groundwork.checks import count, number
from groundwork.errors import BadInput
from theory.discrete import _chain
from theory.discrete.collapse import ATOMS
from theory.quantity import quantity
from theory.symbols import domain

__all__ = [
    "lost_mass_mean",
    "lost_symbols_mean",
    "real_share_lost_mass_mean",
    "real_share_lost_symbols_mean",
    "zipf",
]

#: Numbers of a block of the table P(count = j), one row an atom.
_BLOCK = 2**22
_ONE_N = "every generation draws n from the pool of g n, so n is one number"


def zipf(N: int, exponent: float, shift: float = 0.0) -> np.ndarray:
    """Return the Zipf-Mandelbrot law p_i proportional to (i + shift)^-exponent, i = 1, …, N; shape (N,).

    >>> zipf(2, 1.0)
    array([0.66666667, 0.33333333])
    """
    N, exponent = count("N", N), number("exponent", exponent, low=0)
    shift = number("shift", shift, low=-1, open_low=True, way_out="i + shift is positive from i = 1 on")
    # Relative to the first atom, so that no power overflows.
    weights = ((1 + shift) / (np.arange(1, N + 1) + shift)) ** exponent
    return weights / weights.sum()


def _expect(values: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return E values(X) with X ~ Binomial(n, p), n = len(values) - 1, for each p in (0, 1)."""
    from scipy.special import gammaln

    n = len(values) - 1
    j = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(j + 1) - gammaln(n - j + 1)
    found = np.empty(len(p))
    rows = max(1, _BLOCK // (n + 1))
    for first in range(0, len(p), rows):
        block = p[first : first + rows, None]
        chances = np.exp(ways + j * np.log(block) + (n - j) * np.log1p(-block))
        found[first : first + rows] = chances @ values / chances.sum(axis=1)
    return found


def _gone(x: np.ndarray) -> np.ndarray:
    return (x == 0).astype(float)


def _replaced(p: np.ndarray, n: int | Sequence[int], g: int) -> np.ndarray:
    """Return P(count 0 in model g): one walk back on the lattice, then every atom enters it."""
    sizes = n if isinstance(n, Sequence) else None
    first = sizes[0] if sizes else n
    if g == 1:
        return _unseen(p, first)  # type: ignore[arg-type]
    _chain.check_size(n)
    lattice = np.arange(first + 1) / first  # type: ignore[operator]
    return _expect(_chain.backward(_gone, sizes[1:] if sizes else n, g - 1, lattice), p)


def _unseen(p: np.ndarray, draws: int) -> np.ndarray:
    return np.exp(draws * np.log1p(-p))


def _drawn(pool: int, n: int, replacement: bool) -> np.ndarray:
    """Return P(H = h | C = c), h of n draws from a pool with c copies of the atom; shape (pool + 1, n + 1)."""
    if replacement:
        return _chain.binomial(n, np.arange(pool + 1) / pool)
    from scipy.special import gammaln

    def ways(size: np.ndarray, part: np.ndarray) -> np.ndarray:
        possible = (part >= 0) & (part <= size)
        part = np.where(possible, part, 0)
        return np.where(possible, gammaln(size + 1) - gammaln(part + 1) - gammaln(size - part + 1), -np.inf)

    c, h = np.arange(pool + 1)[:, None], np.arange(n + 1)[None, :]
    chances = np.exp(ways(c, h) + ways(pool - c, n - h) - ways(np.array(pool), np.array(n)))
    return chances / chances.sum(axis=1, keepdims=True)


def _subsampled(p: np.ndarray, n: int, g: int, replacement: bool) -> np.ndarray:
    """Return P(count 0 in the n draws of fit g), walking back on the copies in the pool."""
    if n * g > _chain.LARGEST:
        allowed = f"an integer with g n <= {_chain.LARGEST}"
        raise BadInput("n", n, allowed, "the exact chain lives on the copies in the pool")
    values = _drawn(g * n, n, replacement)[:, 0] if g > 1 or replacement else _gone(np.arange(n + 1))
    step = _chain.kernel(n).T if g > 1 else None
    for k in range(g - 1, 0, -1):
        later = np.lib.stride_tricks.sliding_window_view(values, n + 1) @ step
        # The first fit without replacement sees its real points whole.
        values = later.diagonal() if k == 1 and not replacement else (_drawn(k * n, n, replacement) * later).sum(axis=1)
    return _expect(values, p)


def _losses(p: np.ndarray, n: int | Sequence[int], g: int, workflow: str) -> np.ndarray:
    if workflow == "replace":
        return _replaced(p, n, g)
    if workflow == "accumulate":
        # What the real data hold stays in the pool, and what they do not hold nothing brings in.
        return _unseen(p, n[0] if isinstance(n, Sequence) else n)
    if isinstance(n, Sequence):
        raise BadInput("n", n, "one number", _ONE_N)
    return _subsampled(p, n, g, workflow == "subsample_replacement")


def _over_atoms(p: Any, chance: Callable[[np.ndarray], np.ndarray], weighted: bool) -> float:
    """Return the sum over atoms of P(lost), or of p P(lost); equal atoms are computed once."""
    atoms, times = np.unique(np.asarray(p), return_counts=True)
    inside = (atoms > 0) & (atoms < 1)
    atoms, times = atoms[inside], times[inside]
    if not len(atoms):
        return 0.0
    return float((times * (atoms if weighted else 1) * chance(atoms)).sum())


_COUNT = r"x_{t+1} \sim \mathrm{Bin}(n, x_t)/n"
_FORMS = {
    "replace": r"P(x_g = 0 \mid x_0 = p_i),\quad " + _COUNT,
    "accumulate": r"(1 - p_i)^{n_1}",
    "subsample": r"P(H_g = 0),\quad H_k \mid C_k \sim \mathrm{Hyp}(kn, C_k, n),\; C_{k+1} - C_k \mid H_k"
    r" \sim \mathrm{Bin}(n, H_k/n),\; C_1 \sim \mathrm{Bin}(n, p_i),\; H_1 = C_1",
    "subsample_replacement": r"P(H_g = 0),\quad H_k \mid C_k \sim \mathrm{Bin}(n, C_k/(kn)),\; C_{k+1} - C_k"
    r" \mid H_k \sim \mathrm{Bin}(n, H_k/n),\; C_1 \sim \mathrm{Bin}(n, p_i)",
}


@quantity(
    formula=lambda workflow="replace": r"\sum_i " + _FORMS[workflow],
    source="derived here",
    domains={"p": ATOMS},
)
def lost_symbols_mean(p: Sequence[float], n: int | Sequence[int], g: int, workflow: str = "replace") -> Any:
    """Return the mean number of atoms of positive probability that fit g does not see, a float.

    Replace: the two-type chain of each atom. Accumulate: sum (1 - p_i)^n at every g, the loss of the real
    sample and no more. Subsample: the chain of the copies in the pool; such a loss need not last. Refit
    = empirical frequencies.

    >>> lost_symbols_mean([0.5, 0.5], 2, 1)
    0.5
    """
    return _over_atoms(p, lambda atoms: _losses(atoms, n, g, workflow), weighted=False)


@quantity(
    formula=lambda workflow="replace": r"\sum_i p_i\, " + _FORMS[workflow],
    source="derived here",
    domains={"p": ATOMS},
)
def lost_mass_mean(p: Sequence[float], n: int | Sequence[int], g: int, workflow: str = "replace") -> Any:
    """Return the mean real probability of the atoms that fit g does not see, a float.

    The atoms and the workflows of `lost_symbols_mean`, each weighed by its probability.

    >>> lost_mass_mean([0.5, 0.5], 2, 1)
    0.25
    """
    return _over_atoms(p, lambda atoms: _losses(atoms, n, g, workflow), weighted=True)


_SHARE = {
    "p": ATOMS,
    "g": domain("g", low=0, meaning="synthetic steps after the real-only fit"),
    "design": domain("design", meaning="the same real draws in every fit, or new ones"),
}


def _share_form(weight: str, design: str) -> str:
    if design == "fixed":
        return rf"\sum_i {weight}(1 - p_i)^{{n_r}}"
    return rf"\sum_i {weight}P(x_g = 0),\quad x_{{t+1}} \sim \frac{{\mathrm{{Bin}}(n_r, p_i) + " + (
        r"\mathrm{Bin}(n_s, x_t)}{n_r + n_s},\quad x_0 \sim \mathrm{Bin}(n_r, p_i)/n_r"
    )


def _shared(p: np.ndarray, n_real: int, n_syn: int, g: int, design: str) -> np.ndarray:
    """Return P(count 0) after g steps of a fit on real draws and draws of the last model."""
    if g == 0 or design == "fixed":
        return _unseen(p, n_real)
    size = n_real + n_syn
    _chain.check_size(size)
    values = np.repeat(_gone(np.arange(size + 1))[None, :], len(p), axis=0)
    real = _chain.binomial(n_real, p)
    inner = _chain.binomial(n_syn, np.arange(size + 1) / size)
    for step in range(g):
        # E values(a + b) over a ~ Bin(n_real, p) for each b, then over b for each state.
        fresh = np.stack(
            [
                np.lib.stride_tricks.sliding_window_view(row, n_real + 1) @ law
                for row, law in zip(values, real, strict=True)
            ]
        )
        first = step == g - 1
        kernel = _chain.binomial(n_syn, np.arange(n_real + 1) / n_real) if first else inner
        values = fresh @ kernel.T
    return (real * values).sum(axis=1)


@quantity(
    formula=lambda design="fixed": _share_form("", design),
    source="derived here",
    domains=_SHARE,
)
def real_share_lost_symbols_mean(p: Sequence[float], n_real: int, n_syn: int, g: int, design: str = "fixed") -> Any:
    """Return the mean number of atoms missing when each fit sees n_real real and n_syn synthetic draws, a float.

    Fixed: the same real draws stay, so nothing that they hold is lost, and nothing else is found: sum (1
    - p_i)^n_real at every g. Fresh: new real draws each time, a chain for each atom, whose losses do not
    last. g counts synthetic steps after the real-only fit on n_real draws.

    >>> real_share_lost_symbols_mean([0.5, 0.5], 2, 2, 3)
    0.5
    """
    return _over_atoms(p, lambda atoms: _shared(atoms, n_real, n_syn, g, design), weighted=False)


@quantity(
    formula=lambda design="fixed": _share_form(r"p_i\,", design),
    source="derived here",
    domains=_SHARE,
)
def real_share_lost_mass_mean(p: Sequence[float], n_real: int, n_syn: int, g: int, design: str = "fixed") -> Any:
    """Return the mean real probability of the atoms missing when each fit sees real data too, a float.

    The loop of `real_share_lost_symbols_mean`, each atom weighed by its probability.

    >>> real_share_lost_mass_mean([0.5, 0.5], 2, 2, 3)
    0.25
    """
    return _over_atoms(p, lambda atoms: _shared(atoms, n_real, n_syn, g, design), weighted=True)
