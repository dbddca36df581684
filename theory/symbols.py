"""The one alphabet: what every parameter means, which values it may take, and its sympy symbol.

The domains are plain data, so that a listing, a completion and the test strategies can read them without
importing sympy; `symbol` and `sequence` build the sympy objects late.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np

from groundwork.checks import choice, count, covariance, number, simplex, vector
from groundwork.errors import BadInput, suggestion

__all__ = ["ALPHABET", "Domain", "Kind", "domain", "latex_names", "sequence", "symbol"]

Kind = Literal["integer", "schedule", "real", "reals", "choice", "simplex", "vector", "covariance"]


@dataclass(frozen=True)
class Domain:
    """The meaning and the allowed values of one parameter; ``check`` returns a clean value or refuses.

    Kinds: an integer; a schedule (an integer, or a list of one per generation); a real; reals (a number,
    or a list of one per generation); a choice among words; a simplex; a vector; a covariance
    (positive definite; where ``low`` is 0 it may be singular).
    """

    name: str
    meaning: str
    kind: Kind
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    options: tuple[str, ...] = ()
    reason: str = ""

    def check(self, value: Any) -> Any:
        """Return the value in its clean type (int, float, str, list or array).

        >>> domain("sigma").check(2)
        2.0
        """
        if self.kind == "choice":
            return choice(self.name, value, self.options)
        if self.kind == "simplex":
            return simplex(self.name, value)
        if self.kind == "covariance":
            return self._covariance(value)
        if self.kind == "vector":
            return self._vector(value)
        if self.kind in ("schedule", "reals") and _is_list(value):
            if len(value) == 0:
                raise BadInput(self.name, value, "a number, or a list with one per generation")
            return [self._scalar(entry) for entry in value]
        return self._scalar(value)

    def _covariance(self, value: Any) -> np.ndarray:
        value = [value] if isinstance(value, (int, float)) and value is not True else value
        try:
            return covariance(self.name, value)
        except BadInput as refusal:
            if self.low < 0 or "eigenvalue" not in refusal.way_out:
                raise
        array = np.asarray(value, dtype=np.float64)
        matrix = np.diag(array) if array.ndim == 1 else array
        smallest = float(np.linalg.eigvalsh(matrix)[0])
        # A zero eigenvalue comes out as a rounding error of the largest.
        if smallest < -1e-12 * float(np.abs(matrix).max()):
            allowed = "a symmetric positive semidefinite matrix"
            raise BadInput(self.name, value, allowed, f"its smallest eigenvalue is {smallest:.3g}")
        return matrix

    def _vector(self, value: Any) -> np.ndarray:
        array = vector(self.name, [value] if isinstance(value, (int, float)) and value is not True else value)
        for entry in array:
            self._scalar(float(entry))
        return array

    def _scalar(self, value: Any) -> int | float:
        if self.kind in ("integer", "schedule"):
            if math.isfinite(self.high):
                return count(self.name, value, least=int(self.low), most=int(self.high), way_out=self.reason)
            return count(self.name, value, least=int(self.low), way_out=self.reason)
        return number(
            self.name,
            value,
            low=self.low,
            high=self.high,
            open_low=self.open_low,
            open_high=self.open_high,
            way_out=self.reason,
        )


def _is_list(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 1
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _integer(name: str, meaning: str, low: int) -> Domain:
    return Domain(name, meaning, "integer", low)


_ENTRIES = (
    _integer("g", "generation; g = 1 is the model fitted on real data", 1),
    _integer("h", "another generation", 1),
    Domain("n", "samples a generation contributes; a list gives n_1, …, n_g", "schedule", 1),
    _integer("n1", "samples of the first generation", 2),
    _integer("n_real", "real samples in a fit", 1),
    _integer("n_syn", "synthetic samples in a fit", 0),
    _integer("d", "dimension, or number of features", 1),
    _integer("axis", "rank of a principal direction, the largest first", 1),
    _integer("N", "number of atoms, all equally likely", 1),
    _integer("m", "size of a subsample", 1),
    _integer("k", "number of labels regenerated in a step, or rank at which a tail is cut", 0),
    _integer("W", "blocks in the sliding window", 1),
    _integer("K", "number of mixture components", 1),
    Domain("sigma", "standard deviation of the real data, or of the label noise", "real", 0),
    Domain("lam", "factor on the variance of synthetic draws: at most 1, no bias", "real", 0, 1, open_low=True),
    Domain("eps", "threshold on a standard deviation", "real", 0, open_low=True),
    Domain("power", "exponent of a growing sample size", "real", 1, open_low=True),
    Domain("p", "a probability, or a share", "real", 0, 1),
    Domain("f", "fraction of the corpus drawn", "real", 0, 1, open_low=True),
    Domain("r", "factor by which the corpus grows each generation", "real", 1, open_low=True),
    Domain("alpha", "exponent of the weight of the newest block", "real", 0),
    Domain("L", "derivative of the map from a fit to the next one", "real"),
    Domain("mu", "mean of the real data", "real"),
    Domain("rate", "mean of the Poisson law", "real", 0, open_low=True),
    Domain("x", "a point of the real line", "real"),
    Domain("v2", "quadratic coefficient of the variance as a function of the mean", "real"),
    Domain("psi", "ratio m/d of random features to input dimensions", "real", 0, open_low=True),
    Domain("c", "strength of a multiplicative error: factor 1 + c/i at step i", "real", -1),
    Domain("ridge", "ridge penalty", "real", 0),
    Domain("signal", "squared norm of the true coefficients", "real", 0),
    Domain("gram", "eigenvalues of the Gram matrix X'X/n", "vector", 0),
    Domain("w", "true coefficients", "vector"),
    Domain("cov", "covariance of the real data", "covariance"),
    Domain(
        "workflow",
        "what a generation is trained on",
        "choice",
        options=("replace", "accumulate", "subsample", "subsample_replacement"),
    ),
    Domain("beta", "exponent of a power law i^-beta", "real", 1, open_low=True),
    Domain("kappa", "implicit ridge: kappa - ridge = kappa df1(kappa)/n", "real", 0),
    _integer("n0", "rows of a synthetic hop, or draws of a first stage", 1),
    Domain("sigma0", "standard deviation of the label noise in a synthetic hop", "real", 0),
    Domain("sigma1", "standard deviation of the label noise of real rows", "real", 0),
    Domain("sigma2", "standard deviation of the label noise of synthetic rows", "real", 0),
    Domain("delta", "covariance of the shift between the synthetic and the true coefficients", "covariance", 0),
    Domain("p2", "share of synthetic rows", "real", 0, 1),
    Domain("c2", "squared size of the synthetic shift, tr(cov delta)", "real", 0),
    Domain("estimator", "divisor of the variance", "choice", options=("unbiased", "mle")),
    Domain("design", "the same rows in every generation, or new ones", "choice", options=("fixed", "fresh")),
    Domain(
        "family",
        "exponential family whose variance is quadratic in its mean",
        "choice",
        options=("bernoulli", "binomial", "poisson", "normal", "exponential", "gamma", "negbin", "secant"),
    ),
)

#: Every parameter by its name.
ALPHABET: dict[str, Domain] = {entry.name: entry for entry in _ENTRIES}

_LATEX = {"lam": r"\lambda", "sigma": r"\sigma", "eps": r"\varepsilon", "alpha": r"\alpha", "n_real": "n_r"}
_LATEX |= {
    "n_syn": "n_s",
    "n1": "n_1",
    "power": "q",
    "ridge": r"\lambda_{\mathrm{ridge}}",
    "signal": r"\|w\|^2",
    "kappa": r"\kappa",
    "n0": "n_0",
    "sigma0": r"\sigma_0",
    "sigma1": r"\sigma_1",
    "sigma2": r"\sigma_2",
    "beta": r"\beta",
    "delta": r"\Delta",
    "p2": "p_2",
    "c2": "c^2",
}


def domain(name: str, **changes: Any) -> Domain:
    """Return the domain of a parameter, narrowed or widened by the given fields.

    >>> domain("n", low=4, reason="the mean is infinite otherwise").check(3)
    Traceback (most recent call last):
    groundwork.errors.BadInput: n = 3: allowed is an integer >= 4; the mean is infinite otherwise
    """
    if name not in ALPHABET:
        raise BadInput("name", name, "a parameter of the alphabet", suggestion(name, ALPHABET))
    return replace(ALPHABET[name], **changes)


@cache
def symbol(name: str) -> Any:
    """Return the sympy symbol of a parameter, with the assumptions its domain implies.

    >>> symbol("g").is_positive, symbol("sigma").is_nonnegative
    (True, True)
    """
    import sympy

    entry = domain(name)
    whole = entry.kind in ("integer", "schedule")
    above = entry.low > 0 or (entry.low == 0 and entry.open_low)
    return sympy.Symbol(
        name,
        real=True,
        **({"integer": True} if whole else {}),
        **({"positive": True} if above else {"nonnegative": True} if entry.low == 0 else {}),
    )


@cache
def sequence(name: str) -> Any:
    """Return the sympy sequence of a parameter that may differ from one generation to the next.

    >>> sequence("n")[1]
    n[1]
    """
    import sympy

    whole = domain(name).kind in ("integer", "schedule")
    return sympy.IndexedBase(name, real=True, positive=True, integer=whole or None)


def latex_names() -> dict[Any, str]:
    r"""Return how each symbol is printed in LaTeX.

    >>> latex_names()[symbol("lam")]
    '\\lambda'
    """
    return {symbol(name): text for name, text in _LATEX.items()}
