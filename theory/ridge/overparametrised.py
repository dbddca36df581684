"""Min-norm least squares on fewer rows than features, any covariance: what n hops forget and what they blur."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.quantity import quantity
from theory.ridge.equivalents import equivalents, one_per_direction
from theory.ridge.risk import ROWS

__all__ = ["overparametrised_risk"]

#: A share of the first hop's weight below which later hops change no digit.
FORGOTTEN = 1e-22


def _risk() -> str:
    hop = (
        r"A_{j+1} = Q^2 A_j + \frac{\kappa^2\,\mathrm{cov}\,(\mathrm{cov}+\kappa)^{-2}}{n-\mathrm{df}_2(\kappa)}"
        r"\,\mathrm{tr}\, A_j\,\mathrm{cov}\,(\mathrm{cov}+\kappa)^{-2}"
    )
    noise = (
        r"\sigma^2 \sum_{j=0}^{g-1} \frac{\mathrm{tr}\, A_j\,\mathrm{cov}\,(\mathrm{cov}+\kappa)^{-2}}"
        r"{n-\mathrm{df}_2(\kappa)}"
    )
    where = r"Q = \mathrm{cov}\,(\mathrm{cov}+\kappa)^{-1}, \ A_0 = \mathrm{cov}, \ \mathrm{df}_1(\kappa) = n"
    return (
        rf"w^\top A_g w - 2 w^\top \mathrm{{cov}}\, Q^g w + w^\top \mathrm{{cov}}\, w + {noise}, \quad {where}, \ {hop}"
    )


@quantity(formula=_risk, source="derived here", status="asymptotic", domains=ROWS)
def overparametrised_risk(n: int, g: int, cov: Any, w: Any, sigma: float = 1.0) -> Any:
    """Return the excess risk of g min-norm fits, each on n < d fresh rows labelled by the last, a float.

    A fit is w' = P w + X^+ E with P the projector on the rows. E P A P has the equivalent Q^2 A + kappa^2 cov
    (cov + kappa)^-2 tr[A cov (cov + kappa)^-2]/(n - df2), with Q = cov (cov + kappa)^-1 and df1(kappa) = n:
    g such steps from A = cov weigh the signal, and the trace in each weighs the noise of one hop. Bounded
    in g; error O(1/d). With an identity covariance it is linear.overparametrised_risk with d - n - 1 -> d - n.

    >>> overparametrised_risk(2, 3, [1.0] * 4, [1.0, 0.0, 0.0, 0.0], sigma=0.0)
    0.875
    """
    d = len(cov)
    truth = one_per_direction("w", w, d)
    if n > d - 2:
        raise BadInput("n", n, f"at most d - 2 = {d - 2}", "the mean risk is infinite next to d; above use linear.risk")
    fit = equivalents(0.0, n, cov)
    spread, passing = fit.spectrum * fit.lost**2, fit.kept**2 / fit.spectrum
    # A_j = cov Q^2j + blur: the signal's share (1 - Q^g)^2 cov + blur is then a sum of positive terms.
    straight, blur, noise = fit.spectrum.copy(), np.zeros(d), 0.0
    for _ in range(g):
        passed = float(((straight + blur) * passing).sum()) / fit.room
        if passed <= FORGOTTEN * noise and ((straight + blur) <= FORGOTTEN * fit.spectrum).all():
            break
        noise += passed
        straight, blur = straight * fit.kept**2, blur * fit.kept**2 + spread * passed
    lost = -np.expm1(g * np.log1p(-fit.lost))
    return float((truth**2 * (fit.spectrum * lost**2 + blur)).sum()) + sigma**2 * noise
