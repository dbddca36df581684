r"""Schaeffer et al. 2025, section 4.1: data accumulate and each model is fitted on a random part of them.

For a Gaussian there is a theory. With q the mean square of a row of the pool of N rows, w the mean product of two
different ones and u = q - w, a part of n rows drawn without replacement has the same q and w, its model has

.. math:: E(\mu_g - \mu)^2 = q/n + (1 - 1/n) w, \qquad E\sigma_g^2 = u\,(n - 1)/(n - c),

and n draws from it join the pool. Whether the loss settles is then decided by the divisor of the variance alone:
divided by n (c = 0) u falls to a positive limit and the risk is bounded; divided by n - 1 (c = 1), as in section 2.1,

.. math:: E\sigma_g^2 = \sigma^2 \prod_{k=2}^{g} \Bigl(1 + \frac{k - 3}{k (nk - 1)}\Bigr) \to \infty
   \quad\text{like } g^{1/n}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from paper_checks._claim import Assumption, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._moments_subsample import Drawn, subsampled_moment
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._watched import Watched

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
POINTS: tuple[Point, ...] = ({"n": 6, "g": 4, "sigma": 1.0},)
DOMAIN = {"n": (2, None), "g": (1, None), "sigma": "sigma > 0"}
TWO = Assumption("n >= 2", lambda point: point["n"] >= 2)
SAYS = (
    r"\text{This \emph{accumulate-subsample} paradigm \dots: while test loss appears to stabilize, no analytic theory "
    r"has been proven in this case to date.}"
)
SOURCE = Source(document="schaeffer2025", where="section 4.1")
BIBTEX = """@misc{schaeffer2025,
  author = {Schaeffer, Rylan and Kazdan, Joshua and Arulandu, Alvan Caleb and Koyejo, Sanmi},
  title = {Position: Model Collapse Does Not Mean What You Think},
  year = {2025}, eprint = {2503.03150}, archivePrefix = {arXiv}
}"""


def _watched(metric: str, c: int, slips: tuple[Mutant, ...]) -> Watched:
    def raw(point: Point, power: int) -> Fraction:
        drawn = Drawn(n=point["n"], c=c)
        powers = (2 * power, 0) if metric == "mean_square_error" else (0, power)
        return Fraction(point["sigma"]) ** (2 * power) * subsampled_moment(drawn, point["g"], *powers)

    return Watched(
        process=f"gaussian(sigma={{sigma}}, estimator={'unbiased' if c else 'mle'})",
        workflow="subsample(accumulate)",
        metric=metric,
        raw=raw,
        points=POINTS,
        because="mean products of rows of the pool follow an exact recursion",
        slips=slips,
        planted=("estimator swapped",),
    )


def symbols() -> tuple[Any, ...]:
    """Return n, g, sigma, a running index, and the pool's moments q and w."""
    import sympy

    n, g, k = sympy.symbols("n g k", integer=True, positive=True)
    q, w = sympy.symbols("q w")
    return n, g, sympy.Symbol("sigma", positive=True), k, q, w


def unbiased() -> Any:
    """Return E sigma_g^2 for the divisor n - 1.

    >>> unbiased()
    sigma**2*Product(1 + (k - 3)/(k*(k*n - 1)), (k, 2, g))
    """
    import sympy

    n, g, sigma, k, *_ = symbols()
    return sigma**2 * sympy.Product(1 + (k - 3) / (k * (n * k - 1)), (k, 2, g))


def mle() -> Any:
    """Return E sigma_g^2 for the divisor n.

    >>> mle()
    sigma**2*(n - 1)*Product(1 - (3*n - 1)/(k*n*(k*n - 1)), (k, 2, g))/n
    """
    import sympy

    n, g, sigma, k, *_ = symbols()
    return sigma**2 * (n - 1) / n * sympy.Product(1 - (3 * n - 1) / (n * k * (n * k - 1)), (k, 2, g))


def _pool(c: int, size: Any) -> tuple[Any, Any]:
    """Return q and w after the draws have joined, from those before in a pool of ``size`` rows.

    A part of n rows has mean square q and mean product w, so its model has E M^2 = q/n + (1 - 1/n) w and E v = (q - w)
    (n - 1)/(n - c); the mean of the pool times M is q/N + (1 - 1/N) w whatever the part.
    """
    n, *_, q, w = symbols()
    square = q / n + (1 - 1 / n) * w
    spread = (q - w) * (n - 1) / (n - c)
    with_old = q / size + (1 - 1 / size) * w
    joined = size + n
    pairs = size * (size - 1) * w + 2 * size * n * with_old + n * (n - 1) * square
    return (size * q + n * (square + spread)) / joined, pairs / (joined * (joined - 1))


def _step(c: int) -> tuple[Any, ...]:
    """Return u' and u times the factor of the generation that the pool k n - n becomes k n."""
    n, _, _, k, q, w = symbols()
    new_q, new_w = _pool(c, n * (k - 1))
    factor = 1 + (k - 3) / (k * (n * k - 1)) if c else 1 - (3 * n - 1) / (n * k * (n * k - 1))
    return new_q - new_w, (q - w) * factor


def _conserved() -> tuple[Any, ...]:
    n, _, _, k, q, _ = symbols()
    return _pool(0, n * (k - 1))[0], q


def _error() -> tuple[Any, ...]:
    """Return E (mu_g - mu)^2 + E sigma_g^2 of the MLE, and q."""
    n, *_, q, w = symbols()
    return q / n + (1 - 1 / n) * w + (q - w) * (n - 1) / n, q


def _by_steps(c: int) -> tuple[Any, ...]:
    n, g, sigma, *_ = symbols()
    if c:
        return unbiased(), g, lambda v, g: v * (1 + (g - 3) / (g * (n * g - 1))), sigma**2
    return mle(), g, lambda v, g: v * (1 - (3 * n - 1) / (n * g * (n * g - 1))), sigma**2 * (n - 1) / n


def _falls() -> tuple[Any, ...]:
    """Return E sigma_{g-1}^2 - E sigma_g^2 over the former, as the sentence would have it from some g on."""
    import sympy

    n = symbols()[0]
    late = sympy.Symbol("g", integer=True, positive=True)
    return -(late - 3) / (late * (n * late - 1)), {late: 12, n: 2}


def _grows() -> tuple[Any, ...]:
    """Return the k-th factor less 1 + 1/(n (k + 4)), k >= 12; Bernoulli: 1 + 1/(n m) >= ((m + 1)/m)^(1/n)."""
    import sympy

    n, *_ = symbols()
    k = sympy.Symbol("k", integer=True, positive=True)
    return (k - 3) / (k * (n * k - 1)) - 1 / (n * (k + 4)), {k: 12, n: 2}


def _not_faster() -> tuple[Any, ...]:
    """Return 1 + 1/(n k) less the k-th factor: the product is at most exp(H_g/n)."""
    import sympy

    n, *_ = symbols()
    k = sympy.Symbol("k", integer=True, positive=True)
    return 1 / (n * k) - (k - 3) / (k * (n * k - 1)), {k: 2, n: 2}


def _unbounded() -> tuple[Any, ...]:
    """Return (16/(g + 5))^r, r = 1/n, its variable, and 0: the reciprocal of what the factors from 12 to g exceed."""
    import sympy

    g, rate = symbols()[1], sympy.Symbol("r", positive=True)
    return (16 / (g + 5)) ** rate, g, sympy.Integer(0)


def _positive() -> tuple[Any, ...]:
    """Return the k-th factor of the MLE, which is positive."""
    import sympy

    n, *_ = symbols()
    k = sympy.Symbol("k", integer=True, positive=True)
    return 1 - (3 * n - 1) / (n * k * (n * k - 1)), {k: 2, n: 2}


def _roots() -> tuple[Any, Any, Any]:
    """Return a + b and the two roots: n^2 k^2 - n k - 3 n + 1 = n^2 (k - r+)(k - r-), with r+ + r- = 1/n."""
    import sympy

    n, *_ = symbols()
    root = sympy.sqrt(12 * n - 3)
    return n, (1 + root) / (2 * n), (1 - root) / (2 * n)


def _factored() -> tuple[Any, ...]:
    k = symbols()[3]
    n, plus, minus = _roots()
    return 1 - (3 * n - 1) / (n * k * (n * k - 1)), (k - plus) * (k - minus) / (k * (k - 1 / n))


def _gammas() -> tuple[Any, ...]:
    """Return the product as a ratio of gamma functions in s = 1/n and the distance h of the roots from s/2."""
    import sympy

    g = symbols()[1]
    s, h = sympy.symbols("s h", positive=True)
    plus, minus = s / 2 + h, s / 2 - h
    closed = sympy.gamma(g + 1 - plus) * sympy.gamma(g + 1 - minus) * sympy.gamma(2 - s)
    closed /= sympy.gamma(2 - plus) * sympy.gamma(2 - minus) * sympy.gamma(g + 1) * sympy.gamma(g + 1 - s)
    return closed, g, lambda v, g: v * (g - plus) * (g - minus) / (g * (g - s)), sympy.Integer(1)


def _settles() -> tuple[Any, ...]:
    """Return the logarithm of what depends on g at n = 7 (s = 1/7, roots 5/7 and -4/7), its variable, and 0."""
    import sympy

    g = symbols()[1]
    above = [g + sympy.Rational(2, 7), g + sympy.Rational(11, 7)]
    below = [g + 1, g + sympy.Rational(6, 7)]
    return sum(map(sympy.loggamma, above)) - sum(map(sympy.loggamma, below)), g, sympy.Integer(0)


def _repository(c: int) -> Iterator[tuple[str, Any, Fraction]]:
    """Yield gaussian.variance_mean and gaussian.mean_mse, as this repository computes them, against the recursion."""
    from theory.quantity import find

    for n, g in ((2, 3), (6, 4), (10, 2)):
        words = {"n": n, "g": g, "estimator": "unbiased" if c else "mle", "workflow": "subsample"}
        for name, powers in (("gaussian.variance_mean", (0, 1)), ("gaussian.mean_mse", (2, 0))):
            yield (
                f"{name}, n = {n}, g = {g}",
                find(name).evaluate(words),
                subsampled_moment(Drawn(n=n, c=c), g, *powers),
            )


def _products(c: int) -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the product against the recursion of the mean products of rows."""
    for n in (2, 3, 7):
        product = Fraction(1) if c else 1 - Fraction(1, n)
        for g in range(1, 7):
            if g > 1:
                last = n * g
                product *= 1 + Fraction(g - 3, g * (last - 1)) if c else 1 - Fraction(3 * n - 1, last * (last - 1))
            yield f"n = {n}, g = {g}", product, subsampled_moment(Drawn(n=n, c=c), g, 0, 1)


def _limit(point: Point) -> float:
    """Return the large-g limit of E (mu_g - mu)^2 for the divisor n."""
    from theory.quantity import find

    words = {"n": point["n"], "workflow": "subsample", "estimator": "mle"}
    return point["sigma"] ** 2 * (1 - find("gaussian.variance_mean_limit").evaluate(words))


SPREAD = _watched("variance", 1, (Mutant(name="sigma^2, as under replacement", value=lambda p: p["sigma"] ** 2),))
ERROR = _watched("mean_square_error", 0, (Mutant(name="the limit in its place", value=_limit),))

CLAIMS = (
    Claim(
        id="schaeffer2025.subsample",
        title="With the divisor n the loss of a subsampled Gaussian settles, and there is a theory of it",
        source=SOURCE,
        says=SAYS,
        relation="limit",
        formula=mle,
        domain=DOMAIN,
        assumptions=(TWO,),
        checks=(
            ERROR.mean("error", "E (mu_g - mu)^2 of a fit on n of the g n rows, divisor n", delta=0.05),
            ERROR.spread("error-spread", "the variance of (mu_g - mu)^2", delta=0.15),
        ),
        proofs=(
            Identity(statement="q does not change when draws join the pool", sides=_conserved),
            Identity(statement="u' = u (1 - (3n - 1)/(nk (nk - 1)))", sides=lambda: _step(0)),
            Induction(statement="E sigma_g^2 as a product", parts=lambda: _by_steps(0), least={"n": 2}),
            Identity(statement="E (mu_g - mu)^2 + E sigma_g^2 = q = sigma^2", sides=_error),
            Inequality(statement="every factor is positive, so 0 < E sigma_g^2 < sigma^2", parts=_positive),
            Identity(statement="the factor is (k - r+)(k - r-)/(k (k - 1/n))", sides=_factored),
            Induction(
                statement="its product is a ratio of gamma functions, r = 1/(2n) +- h",
                parts=_gammas,
                least={"s": (0, 1), "h": (0, 1)},
            ),
            Limit(statement="the logarithm of the part that depends on g tends to 0 (n = 7)", parts=_settles),
        ),
        enumerations=(
            Enumeration(statement="the product is the mean over all parts of the pool", cases=lambda: _products(0)),
            Enumeration(
                statement="gaussian.variance_mean, gaussian.mean_mse (subsample)", cases=lambda: _repository(0)
            ),
        ),
        tags=("gaussian", "subsample", "mle"),
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
    Claim(
        id="schaeffer2025.subsample-unbiased",
        title="With the divisor n - 1 of section 2.1 the loss does not stabilise: it grows like g^(1/n)",
        source=SOURCE,
        says=SAYS,
        relation="equal",
        exact=unbiased,
        domain=DOMAIN,
        assumptions=(TWO,),
        checks=(
            SPREAD.mean("variance", "E sigma_g^2 of a fit on n of the g n rows, divisor n - 1", of="exact", delta=0.04),
            SPREAD.spread("variance-spread", "the variance of sigma_g^2", of="exact", delta=0.15),
        ),
        proofs=(
            Inequality(statement="E sigma_g^2 <= E sigma_{g-1}^2 from g = 12 on", parts=_falls, strict=False),
            Identity(statement="u' = u (1 + (k - 3)/(k (nk - 1)))", sides=lambda: _step(1), of="exact"),
            Induction(statement="E sigma_g^2 as a product", parts=lambda: _by_steps(1), least={"n": 2}, of="exact"),
            Inequality(statement="factor k >= 1 + 1/(n (k + 4)) from k = 12 on", parts=_grows, of="exact"),
            Inequality(statement="factor k <= 1 + 1/(n k)", parts=_not_faster, of="exact"),
            Limit(
                statement="so sigma^2/E sigma_g^2 <= const ((12 + 4)/(g + 5))^(1/n) -> 0", parts=_unbounded, of="exact"
            ),
        ),
        enumerations=(
            Enumeration(
                statement="the product is the mean over all parts of the pool", cases=lambda: _products(1), of="exact"
            ),
            Enumeration(
                statement="gaussian.variance_mean, gaussian.mean_mse (subsample)",
                cases=lambda: _repository(1),
                of="exact",
            ),
        ),
        uses=("schaeffer2025.subsample",),
        tags=("gaussian", "subsample"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
