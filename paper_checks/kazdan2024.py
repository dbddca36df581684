r"""Kazdan et al. 2024 on accumulated data, a Gaussian refitted on all samples so far: the risk stays bounded.

With pools :math:`N_k = N_{k-1} + n_k` a fit moves the mean by :math:`n_k/N_k` of the error of the new batch and
multiplies the variance by a factor of mean :math:`1 - n_k/(N_k (N_k - c))`, c = 1 (unbiased) or 0 (MLE). So

.. math:: E(\mu_g - \mu)^2 = \sum_k E\sigma_{k-1}^2 \, n_k/N_k^2 \le \sigma^2 (2/n_1 - 1/N_g) < 2 \sigma^2/n_1

for every schedule, and for the MLE with equal batches the product of the factors is a ratio of gamma functions that
tends to :math:`\sin(\pi/\sqrt n)/(\pi/\sqrt n)`. The original was not read; the published code divides by n.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate
from typing import Any

from paper_checks._claim import Assumption, Claim, Source
from paper_checks._means import mean_checks
from paper_checks._moments_pooled import Corpus, pooled_moment
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._simulated import paths
from paper_checks._watched import Watched

__all__ = ["CLAIMS", "sizes"]

Point = Mapping[str, Any]
POINTS: tuple[Point, ...] = ({"n": 10, "g": 4, "sigma": 1.0}, {"n": 4, "g": 3, "sigma": 1.5})
GROWING: tuple[Point, ...] = (
    {"n": 4, "g": 4, "sigma": 1.0, "rule": "sizes=[4, 1, 1, 1]", "estimator": "mle"},
    {"n": 4, "g": 4, "sigma": 1.5, "rule": "factor=3", "estimator": "unbiased"},
)
DOMAIN = {"n": (2, None), "g": (1, None), "sigma": "sigma > 0"}
TWO = Assumption("n >= 2", lambda point: point["n"] >= 2)
BIBTEX = """@misc{kazdan2024,
  author = {Kazdan, Joshua and Schaeffer, Rylan and Dey, Apratim and Gerstgrasser, Matthias and Rafailov, Rafael and
            Donoho, David L. and Koyejo, Sanmi},
  title = {Collapse or Thrive? Perils and Promises of Synthetic Data in a Self-Generating World},
  year = {2024}, eprint = {2410.16713}, archivePrefix = {arXiv}
}"""


def sizes(point: Point) -> tuple[int, ...]:
    """Return the sizes of the batches that the point's rule gives, as the simulated schedule has them.

    >>> sizes({"n": 6, "g": 3, "rule": "factor=3"})
    (6, 18, 54)
    """
    kind, _, value = point["rule"].partition("=")
    if kind == "sizes":
        listed = [int(each) for each in value.strip("[]").split(",")]
        return tuple(listed[min(k, len(listed) - 1)] for k in range(point["g"]))
    step = (lambda k: (k + 1) ** int(value)) if kind == "power" else (lambda k: int(value) ** k)
    return tuple(point["n"] * step(k) for k in range(point["g"]))


def _clock(batches: tuple[int, ...]) -> float:
    """Return the sum of n_k/N_k^2, the error if every model had the variance of the real data."""
    return sum(size / pool**2 for size, pool in zip(batches, accumulate(batches), strict=True))


def _raw(point: Point, power: int) -> Fraction:
    """Return E (mu_g - mu)^(2 power) on accumulated data."""
    corpus = Corpus(rows=tuple((size, 0) for size in sizes(point)), keeps=True, c=int(point["estimator"] == "unbiased"))
    return Fraction(point["sigma"]) ** (2 * power) * pooled_moment(corpus, 2 * power, 0)


ERROR = Watched(
    process="gaussian(sigma={sigma}, estimator={estimator})",
    workflow="schedule(accumulate, {rule})",
    metric="mean_square_error",
    raw=_raw,
    points=GROWING,
    because="means and scatters of a pool are polynomials in independent normals and chi-squares",
    planted=("estimator swapped",),
    slips=(
        Mutant(name="the first batch alone", value=lambda p: p["sigma"] ** 2 / p["n"]),
        Mutant(name="no spread is lost", value=lambda p: p["sigma"] ** 2 * _clock(sizes(p))),
    ),
)
_replaced = paths(ERROR.process, "replace", ERROR.metric, n="n", generations=4, at="g")
BOUND = Watched(
    process=ERROR.process,
    workflow=ERROR.workflow,
    metric=ERROR.metric,
    raw=_raw,
    points=GROWING,
    because=ERROR.because,
    steps=(),
    planted=(),
    slips=(
        Mutant(name="sigma^2/n_1", value=lambda p: p["sigma"] ** 2 / p["n"]),
        Mutant(name="2 sigma^2/N_g", value=lambda p: 2 * p["sigma"] ** 2 / sum(sizes(p))),
        Mutant(name="2 sigma^2/(2 n_1 - 1)", value=lambda p: 2 * p["sigma"] ** 2 / (2 * p["n"] - 1)),
        Mutant(name="data replaced", sampler=_replaced),
    ),
)


def symbols() -> tuple[Any, ...]:
    """Return n, g, sigma, a running index, and a = 1/sqrt(n)."""
    import sympy

    n, g, k = sympy.symbols("n g k", integer=True, positive=True)
    return n, g, sympy.Symbol("sigma", positive=True), k, sympy.Symbol("a", positive=True)


def variance() -> Any:
    """Return the exact E sigma_g^2 of the MLE on accumulated data.

    >>> variance()
    sigma**2*Product(1 - 1/(k**2*n), (k, 1, g))
    """
    import sympy

    n, g, sigma, k, _ = symbols()
    return sigma**2 * sympy.Product(1 - 1 / (n * k**2), (k, 1, g))


def _ratio() -> Any:
    """Return the product as a ratio of gamma functions, with a = 1/sqrt(n)."""
    import sympy

    _, g, _, _, a = symbols()
    above = sympy.gamma(g + 1 - a) * sympy.gamma(g + 1 + a)
    return above / (sympy.gamma(1 - a) * sympy.gamma(1 + a) * sympy.gamma(g + 1) ** 2)


def _pooling() -> tuple[Any, ...]:
    """Return both sides of the pooled scatter: a batch adds its own and P b/(P + b) of the squared distance."""
    import sympy

    pool, batch = sympy.symbols("P b", positive=True)
    w, x, m, y = sympy.symbols("W X m y")
    mean = (pool * m + batch * y) / (pool + batch)
    return w + x + pool * (m - mean) ** 2 + batch * (y - mean) ** 2, w + x + pool * batch / (pool + batch) * (
        y - m
    ) ** 2


def _factor(c: int) -> tuple[Any, ...]:
    """Return both sides of the mean factor: P - c kept, b - 1 from the batch, P/(P + b) from its mean."""
    import sympy

    pool, batch = sympy.symbols("P b", positive=True)
    size = pool + batch
    return (pool - c + batch - 1 + pool / size) / (size - c), 1 - batch / (size * (size - c))


def _moved() -> tuple[Any, ...]:
    """Return both sides of the step of the mean: the error e of the batch's mean enters with weight b/(P + b)."""
    import sympy

    pool, batch = sympy.symbols("P b", positive=True)
    m, e = sympy.symbols("m e")
    return (pool * m + batch * (m + e)) / (pool + batch), m + batch * e / (pool + batch)


def _shrinks(c: int) -> tuple[Any, ...]:
    """Return the mean factor, which is not negative, with pools of at least 2 rows."""
    import sympy

    pool, batch = sympy.Symbol("P", integer=True, positive=True), sympy.Symbol("b", integer=True, positive=True)
    size = pool + batch
    return 1 - batch / (size * (size - c)), {pool: 2, batch: 1}


def _telescopes() -> tuple[Any, ...]:
    """Return (2/n_1 - 1/N') - (2/n_1 - 1/N + b/N'^2), N' = N + b: the induction step of the bound."""
    import sympy

    pool, batch = sympy.Symbol("P", integer=True, positive=True), sympy.Symbol("b", integer=True, positive=True)
    size = pool + batch
    return 1 / pool - 1 / size - batch / size**2, {pool: 2, batch: 1}


def _first() -> tuple[Any, ...]:
    n, _, sigma, *_ = symbols()
    return sigma**2 / n, sigma**2 * (2 / n - 1 / n)


def _gammas() -> tuple[Any, ...]:
    _, g, _, _, a = symbols()
    return _ratio(), g, lambda v, g: v * (1 - a**2 / g**2), 1 - a**2


def _vanishing() -> tuple[Any, ...]:
    """Return the logarithm of the part of the ratio that depends on g, its variable, and 0."""
    import sympy

    _, g, _, _, a = symbols()
    log = sympy.loggamma
    return log(g + 1 - a) + log(g + 1 + a) - 2 * log(g + 1), g, sympy.Integer(0)


def _reflection() -> tuple[Any, ...]:
    import sympy

    a = symbols()[-1]
    left = sympy.expand_func(1 / (sympy.gamma(1 - a) * sympy.gamma(1 + a)))
    return sympy.gammasimp(left), sympy.sin(sympy.pi * a) / (sympy.pi * a)


def _error() -> tuple[Any, ...]:
    """Return E (mu_g - mu)^2 + E sigma_g^2 as sigma^2, its recursion being m + v n/(ng)^2 and v (1 - 1/(n g^2))."""
    import sympy

    n, g, *_ = symbols()
    m, v = sympy.symbols("m v")
    return m + v * n / (n * g) ** 2 + v * (1 - 1 / (n * g**2)), m + v


def _variance_steps() -> tuple[Any, ...]:
    n, g, sigma, *_ = symbols()
    return variance(), g, lambda v, g: v * (1 - 1 / (n * g**2)), sigma**2 * (1 - 1 / n)


def _risk() -> tuple[Any, ...]:
    """Return both sides of E W2^2 = 2 sigma (sigma - E sigma_g), which is at most 2 sigma^2."""
    import sympy

    sigma = symbols()[2]
    v, s = sympy.symbols("v s")
    return (sigma**2 - v) + (v + sigma**2 - 2 * sigma * s), 2 * sigma * (sigma - s)


def _repository() -> tuple[Any, ...]:
    from theory.quantity import find

    form = find("gaussian.variance_mean").form({"workflow": "accumulate", "estimator": "mle"})
    own = {symbol.name: symbol for symbol in symbols()}
    return form.xreplace({symbol: own[symbol.name] for symbol in form.free_symbols}), variance()


def _limit_of_theory() -> tuple[Any, ...]:
    import sympy

    from theory.quantity import find

    form = find("gaussian.variance_mean_limit").form({"workflow": "accumulate", "estimator": "mle"})
    n, _, _, _, a = symbols()
    root = form.xreplace(dict.fromkeys(form.free_symbols, n)).subs(n, 1 / a**2)
    return sympy.simplify(root), sympy.sin(sympy.pi * a) / (sympy.pi * a)


POOL = (
    Identity(statement="a batch adds its own scatter and P b/(P + b) (y - m)^2", sides=_pooling),
    Identity(statement="E F = 1 - b/(N N) for the MLE, N = P + b", sides=lambda: _factor(0)),
    Identity(statement="mu' = mu + (b/N) e, e the error of the batch's mean", sides=_moved),
)

CLAIMS = (
    Claim(
        id="kazdan2024.accumulate",
        title="On accumulated data the mean risk of a refitted Gaussian is bounded; its variance has a sine for limit",
        source=Source(document="schaeffer2025", where="section 4.1", second_hand="Kazdan et al. 2024"),
        says=r"\text{\dots showed mathematically that population risk diverge if data are replaced, but population "
        r"risk does not diverge if data instead accumulate}",
        relation="limit",
        formula=variance,
        domain=DOMAIN,
        assumptions=(TWO,),
        checks=(
            *mean_checks(
                "gaussian(estimator=mle)",
                "accumulate",
                "variance",
                points=POINTS,
                formula=variance,
                beside="spread",
                planted=("workflow swapped", "estimator swapped"),
                name="variance",
            ),
        ),
        proofs=(
            *POOL,
            Induction(statement="E sigma_g^2 = sigma^2 prod (1 - 1/(n k^2))", parts=_variance_steps, least={"n": 2}),
            Identity(statement="gaussian.variance_mean, as this repository writes it", sides=_repository),
            Identity(statement="E (mu_g - mu)^2 + E sigma_g^2 does not change", sides=_error),
            Identity(statement="so E W2^2 = 2 sigma (sigma - E sigma_g) <= 2 sigma^2", sides=_risk),
            Induction(
                statement="prod (1 - a^2/k^2) = G(g+1-a) G(g+1+a)/(G(1-a) G(1+a) G(g+1)^2)",
                parts=_gammas,
                least={"a": (0, 1)},
            ),
            Limit(statement="ln G(g+1-a) + ln G(g+1+a) - 2 ln G(g+1) -> 0", parts=_vanishing),
            Identity(statement="1/(G(1-a) G(1+a)) = sin(pi a)/(pi a)", sides=_reflection, least={"a": (0, 1)}),
            Identity(statement="gaussian.variance_mean_limit at a = 1/sqrt(n)", sides=_limit_of_theory),
        ),
        tags=("gaussian", "accumulate", "mle"),
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
    Claim(
        id="kazdan2024.any-growth",
        title="The error of an accumulated mean is below 2 sigma^2/n_1 however fast the data grow",
        source=Source(document="schaeffer2025", where="section 4.2", second_hand="Kazdan et al. 2024"),
        says=r"\text{when data \emph{accumulate} \dots the population risk will likely not diverge (in some cases, "
        r"with an additional requirement that the rate of AI data generation does not grow super-linearly)}",
        relation="upper",
        formula=lambda: 2 * symbols()[2] ** 2 / symbols()[0],
        domain=DOMAIN,
        assumptions=(TWO,),
        checks=(
            BOUND.mean(
                "bound",
                "E (mu_g - mu)^2 on accumulated data, below 2 sigma^2/n_1 for every schedule",
                side="upper",
                value=lambda p: 2 * p["sigma"] ** 2 / p["n"],
                watched_by="error-spread",
            ),
            ERROR.mean("error", "E (mu_g - mu)^2 on accumulated data", of="exact", delta=0.03),
            ERROR.spread("error-spread", "the variance of (mu_g - mu)^2", of="exact"),
        ),
        proofs=(
            *POOL,
            Identity(statement="E F = 1 - b/(N (N - 1)) for the unbiased fit", sides=lambda: _factor(1)),
            Inequality(statement="E F >= 0, so 0 <= E sigma_g^2 <= sigma^2 (MLE)", parts=lambda: _shrinks(0)),
            Inequality(statement="the same for the unbiased fit", parts=lambda: _shrinks(1)),
            Identity(statement="E (mu_1 - mu)^2 = sigma^2 (2/n_1 - 1/N_1)", sides=_first),
            Inequality(statement="2/n_1 - 1/N + b/N'^2 < 2/n_1 - 1/N', N' = N + b", parts=_telescopes),
        ),
        uses=("kazdan2024.accumulate",),
        tags=("gaussian", "accumulate", "bound"),
        bibtex=BIBTEX,
        expected="BOUND HOLDS",
    ),
)
