"""Formulas as text: read as Python would read them, refused where they are no formula, and never run."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from groundwork.errors import BadInput
from paper_checks._evaluate import evaluator
from theory import forms
from theory._tokens import LENGTH
from theory.reading import FUNCTIONS, SYMBOLS, TERMS, read
from theory.symbols import symbol

N, G, SIGMA = symbol("n"), symbol("g"), symbol("sigma")
K = forms.index("k")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sigma^2*d*g/(n-d-1)", SIGMA**2 * symbol("d") * G / (N - symbol("d") - 1)),
        ("-n**2", -(N**2)),
        ("2**-1", sympy.Rational(1, 2)),
        ("2**3**2", sympy.Integer(512)),
        ("1 - 2 - 3", sympy.Integer(-4)),
        ("8/4/2", sympy.Integer(1)),
        ("--n", N),
        ("0.1", sympy.Rational(1, 10)),
        ("2.5e-3*n", N / 400),
        ("σ**2*π", sympy.pi * SIGMA**2),
        ("E**2 + e", sympy.E**2 + sympy.E),
        ("c4(n)**g", forms.c4(N) ** G),
        ("harmonic(g, 2)", forms.harmonic2(G)),
        ("harmonic(g)", sympy.Sum(1 / K, (K, 1, G))),
        ("Sum(1/k**2, k, 1, g)", forms.harmonic2(G)),
        ("Product(1 - 1/(n*k**2), k, 1, g)", sympy.Product(1 - 1 / (N * K**2), (K, 1, G))),
        ("min(n, g) + max(n, g, 3)", sympy.Min(N, G) + sympy.Max(N, G, 3)),
        ("psi(n/2) - digamma(n/2)", sympy.Integer(0)),
        ("zeta(2)", sympy.pi**2 / 6),
        ("binomial(n, 2)*factorial(3)", 6 * sympy.binomial(N, 2)),
        ("ln(n) + log(g) + loggamma(n) + erf(1/n)",
         sympy.log(N) + sympy.log(G) + sympy.loggamma(N) + sympy.erf(1 / N)),
        ("sqrt(n)*exp(-g/n)*gamma(n)", sympy.sqrt(N) * sympy.exp(-G / N) * sympy.gamma(N)),
    ],
)  # fmt: skip
def test_what_is_read(text: str, expected: Any) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("__import__('os').system('false')", "\"'\" at column 12"),
        ("n.__class__", "'.' at column 2"),
        ("(lambda: n)()", "':' at column 8"),
        ("[n for n in (1,)]", "'[' at column 1"),
        ("n[0]", "'[' at column 2"),
        ("n == g", "'=' at column 3"),
        ("n; g", "';' at column 2"),
        ("f'{n}'", "\"'\" at column 2"),
        ("n\x00", "'\\x00' at column 2"),
        ("eval(n)", "'eval' at column 1 is no function"),
        ("sigm**2", "'sigm' at column 1 is no symbol: did you mean sigma?"),
        ("workflow*n", "'workflow' at column 1 is no symbol"),
        ("gama(n)", "did you mean gamma?"),
        ("gamma*n", "write gamma(…)"),
        ("2 n", "'n' at column 3 needs an operator"),
        ("2e", "'e' at column 2 needs an operator"),
        ("n +* g", "'*' at column 4 is no value"),
        ("(n", "'(' at column 1 is never closed"),
        ("n)", "')' at column 2 is one too many"),
        ("sqrt(n g)", "'g' at column 8 stands where the bracket of column 5 should close"),
        ("n +", "its end is missing a value"),
        ("", "for example"),
        ("   ", "for example"),
        ("sqrt(n, g)", "takes 1 arguments, not 2"),
        ("min()", "takes 1 to 9 arguments, not 0"),
        ("9**9**9**9", "has an exponent beyond 100"),
        ("(((9**99)**99)**99)", "makes a number that is too large"),
        ("((n**90)**90)", "has an exponent beyond 100"),
        ("2**n**n", "stacks one fast growing function"),
        ("exp(exp(n))", "stacks one fast growing function"),
        ("gamma(factorial(n))", "stacks one fast growing function"),
        ("gamma((n**90 + 1)**90)", "has a degree beyond 100"),
        ("factorial(10**9)", "has a number beyond 1000"),
        ("gamma(500000)", "has a number beyond 1000"),
        ("binomial(10**5, 10**4)", "has a number beyond 1000"),
        ("harmonic(10**9)", "has a number beyond 1000"),
        ("harmonic(g/2)", "needs a whole number"),
        ("Sum(1/i, i, 1, 10**6)", f"has more than {TERMS} terms"),
        ("Sum(1/i, i, 1, g/2)", "is no whole number"),
        ("Sum(1/i, i, 1, n**n)", "stacks one fast growing function"),
        ("Sum(1/i, 2, 1, g)", "is written Sum(term, i, first, last)"),
        ("Sum(1/i, pi, 1, g)", "'pi' at column 10 is a symbol already"),
        ("1e999999", "an exponent beyond 300"),
        ("1" * 41, "has more than 40 digits"),
        ("1/(n - n)", "divides by zero"),
        ("0**-1", "divides by zero"),
        ("log(0)", "makes a value that is not finite"),
        ("zeta(1)", "makes a value that is not finite"),
        ("sqrt(-1)", "real values"),
        ("(" * 1000 + "n" + ")" * 999, "opens a level beyond 40"),
        ("-" * 1999 + "(", "is missing a value"),
        ("(" * 10**5 + "n" + ")" * 10**5, f"at most {LENGTH} characters"),
        (None, "for example"),
        (7, "for example"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_what_is_refused(text: Any, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_symbols_of_a_loop_are_the_only_ones() -> None:
    assert read("Sum(1/k, k, 1, g)", ("n", "g")) == read("harmonic(g)", ("n", "g"))
    with pytest.raises(BadInput, match="'d' at column 3 is not among the symbols here: n, g"):
        read("n*d", ("n", "g"))
    with pytest.raises(BadInput, match="'g' at column 10 is a symbol already"):
        read("Sum(1/g, g, 1, n)", ("n", "g"))


def test_an_index_of_a_sum_is_not_captured() -> None:
    nested = read("Sum(harmonic(k), k, 1, 3)")
    assert float(evaluator(nested, [])({})) == pytest.approx(1 + 3 / 2 + 11 / 6)


def test_every_function_can_be_evaluated() -> None:
    for name, (counts, _, _) in FUNCTIONS.items():
        arguments = ", ".join(["n", "g"][: counts[-1]] if counts[-1] <= 2 else ["n", "g"])
        value = evaluator(read(f"{name}({arguments})"), ["n", "g"])({"n": 7, "g": 3})
        assert sympy.Float(value).is_finite, name


def test_every_symbol_is_read_as_itself() -> None:
    plain = [name for name in SYMBOLS if name not in ("E", "e")]
    assert [read(name) for name in plain] == [symbol(name) for name in plain]


#: Pairs of a formula and what Python makes of it in exact fractions, at n = 7 and g = 3.
_LEAVES = st.sampled_from([("n", "F(7)"), ("g", "F(3)"), ("1", "F(1)"), ("12", "F(12)"), ("0.5", "F('0.5')")])
_PAIRS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", " - ", " + "]), inner).map(
            lambda each: (each[0][0] + each[1] + each[2][0], each[0][1] + each[1] + each[2][1])
        ),
        inner.map(lambda each: (f"({each[0]})", f"({each[1]})")),
        inner.map(lambda each: (f"-{each[0]}", f"-{each[1]}")),
        st.tuples(inner, st.sampled_from(["**2", "**-1", "**0"])).map(
            lambda each: (f"({each[0][0]}){each[1]}", f"({each[0][1]}){each[1]}")
        ),
    ),
    max_leaves=10,
)


@given(_PAIRS)
def test_python_is_the_oracle(pair: tuple[str, str]) -> None:
    """Signs, powers and brackets mean what they mean in Python."""
    text, exact = pair
    try:
        expected = eval(exact, {"F": Fraction})
    except ZeroDivisionError:
        return
    value = evaluator(read(text), ["n", "g"])({"n": 7, "g": 3})
    assert abs(float(value) - float(expected)) <= 1e-12 * max(1.0, abs(float(expected)))


def test_reading_draws_on_no_evaluator() -> None:
    """The words that would run a text do not occur in the two files that read one."""
    import inspect

    import theory._tokens
    import theory.reading

    for module in (theory.reading, theory._tokens):
        source = inspect.getsource(module)
        assert not any(word in source for word in ("eval(", "exec(", "sympify(", "parse_expr", 'compile("', "S("))
