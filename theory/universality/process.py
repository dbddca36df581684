"""The sequential Gaussian process behind the universal ratios, for any reference law.

Scores W_T(g) = n^(-1/2) sum X'(T(Y_g) - A'(X theta_0)) and errors W_Theta(g) = n^(1/2)(fit_g - theta_0). Under the
reference law all data are real; then the pairs tend to a jointly Gaussian sequence, the scores independent with the
information I as covariance. When generation g is drawn from fit g - 1 the limit is
    W_T(g) = W_T^ref(g) + I W_Theta(g - 1),  W_Theta(0) = 0,
    W_Theta(g) ~ the reference law of W_Theta^ref(g) given W_T^ref(1..g) = W_T(1..g), W_Theta^ref(1..g-1) =
    W_Theta(1..g-1).
Equation (10) of arulandu2024 prints an equals sign for the plus, and lets the second line end in "= W_T(1)".
`printed_defect` says what the first would force, `drift_defect` proves the plus.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.checks import choice, count, covariance
from groundwork.errors import BadInput
from theory.symbols import domain

__all__ = ["drift_defect", "printed_defect", "reference", "sequential"]


def reference(workflow: str, generations: int, information: Any = 1.0) -> np.ndarray:
    """Return Cov of (W_T^ref(1..G), W_Theta^ref(1..G)) when every generation is real, shape (2 G d, 2 G d).

    W_Theta^ref(g) is I^-1 times: W_T^ref(g) (replace); the mean of W_T^ref(1..g) (accumulate); that mean plus a
    subsample's own noise of covariance (1 - 1/g) I (subsample) or I (subsample_replacement).

    >>> reference("accumulate", 2)[2:, :2]
    array([[1. , 0. ],
           [0.5, 0.5]])
    """
    workflow = choice("workflow", workflow, domain("workflow").options)
    G = count("generations", generations)
    score = _information(information)
    weights = np.eye(G) if workflow == "replace" else np.tril(np.ones((G, G))) / np.arange(1, G + 1)[:, None]
    own = np.zeros(G)
    if workflow.startswith("subsample"):
        own = np.ones(G) if workflow == "subsample_replacement" else 1 - 1 / np.arange(1, G + 1)
    inverse = np.linalg.inv(score)
    cross = np.kron(weights, np.eye(len(score)))
    errors = np.kron(weights @ weights.T + np.diag(own), inverse)
    return np.block([[np.kron(np.eye(G), score), cross.T], [cross, errors]])


def sequential(reference: np.ndarray, information: Any = 1.0) -> np.ndarray:
    """Return Cov of (W_T(1..G), W_Theta(1..G)) when fit g - 1 generates generation g, shape (2 G d, 2 G d).

    ``reference`` is the covariance of the same vector under real data: of `reference`, or of any other estimator.
    Its scores must be independent from one generation to the next, with the information as their covariance.

    >>> sequential(reference("accumulate", 2))[2:, 2:]
    array([[1.  , 1.  ],
           [1.  , 1.25]])
    """
    score = _information(information)
    d = len(score)
    law = np.asarray(reference, dtype=np.float64)
    if law.ndim != 2 or law.shape[0] != law.shape[1] or law.shape[0] % (2 * d) or not law.size:
        raise BadInput("reference", law.shape, f"a square matrix of 2 G d rows, d = {d}")
    G = len(law) // (2 * d)
    if not np.allclose(law[: G * d, : G * d], np.kron(np.eye(G), score), rtol=1e-9, atol=1e-12):
        raise BadInput("reference", "its scores", "independent, each with the information as covariance")
    rows = np.zeros((len(law), len(law)))  # each variable as a combination of independent standard normals
    for g in range(G):
        scores, errors = slice(g * d, (g + 1) * d), slice((G + g) * d, (G + g + 1) * d)
        rows[scores, scores] = _root(score)
        if g:
            rows[scores] += score @ rows[(G + g - 1) * d : (G + g) * d]
        past = [*range((g + 1) * d), *range(G * d, (G + g) * d)]
        # An error may be a function of the scores: then the past is degenerate, and any solution will do.
        slope = law[errors, past] @ np.linalg.pinv(law[np.ix_(past, past)], rcond=1e-10, hermitian=True)
        left = law[errors, errors] - slope @ law[past, errors]
        rows[errors] = slope @ rows[past]
        rows[errors, errors] += _root(left)
    return rows @ rows.T


def _information(value: Any) -> np.ndarray:
    return covariance("information", [value] if isinstance(value, (int, float)) else value)


def _root(matrix: np.ndarray) -> np.ndarray:
    """Return a square root of a positive semidefinite matrix, its rounding errors below zero dropped."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return vectors * np.sqrt(np.where(values > 1e-12 * max(1.0, values.max()), values, 0.0))


def drift_defect() -> Any:
    """Return lim sqrt(n) [A'(theta_0 + w/sqrt(n)) - A'(theta_0)] - A''(theta_0) w, the sympy number 0.

    E T(Y) = A'(theta) in an exponential family, so that the mean of the score of data drawn at theta_0 + w/sqrt(n)
    tends to I w: the term that the printed equation lost. For any smooth A, at any theta_0; a row X enters through
    theta -> X theta alone.

    >>> drift_defect()
    0
    """
    import sympy

    t, w, theta = sympy.symbols("t w theta_0", real=True)
    mean = sympy.Function("A")(theta).diff(theta)
    moved = sympy.Function("A")(theta + t * w).diff(t) / w
    # t = 1/sqrt(n): the difference quotient at t = 0 is the derivative there.
    return sympy.simplify(moved.diff(t).subs(t, 0).doit() - mean.diff(theta) * w)


def printed_defect(generations: int = 3, information: Any = 1.0) -> np.ndarray:
    """Return Var W_T^ref(g) - Var(I W_Theta(g-1)) for g = 1, …, G, accumulating, shape (G, d, d).

    As printed, W_T^ref(g) = I W_Theta(g - 1), and these would all vanish. At g = 1, where W_Theta(0) = 0, the
    information itself would be 0; afterwards I would be I H with H = sum_{k < g} 1/k^2, which is above 1 from g = 3.

    >>> printed_defect(3).ravel()
    array([ 1.  ,  0.  , -0.25])
    """
    score = _information(information)
    d, G = len(score), count("generations", generations)
    law = sequential(reference("accumulate", G, score), score)
    found = [score]
    for g in range(1, G):
        before = slice((G + g - 1) * d, (G + g) * d)
        found.append(score - score @ law[before, before] @ score)
    return np.array(found)
