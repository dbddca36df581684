"""Formulas as MathML in the page itself: no script, no font and no picture is asked for from outside.

Sphinx's own renderer loads a script from a server; docutils, which Sphinx stands on, turns LaTeX into MathML. A
formula that it cannot read is a warning, and the build makes warnings errors.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

__all__ = ["setup", "to_mathml"]

LOG = logging.getLogger(__name__)


def to_mathml(latex: str, *, block: bool) -> str:
    """Return the formula as a ``math`` element.

    Brackets of a fixed size are let grow by themselves, which is how MathML does it.
    """
    plain = re.sub(r"\\(?:[Bb]igg?[lrm]?|middle)(?![A-Za-z])", "", latex)
    return tex2mathml(plain, as_block=block)


def _render(translator: Any, node: Any, block: bool) -> str:
    try:
        return to_mathml(node.astext(), block=block)
    except MathError as error:
        LOG.warning("no MathML for %r: %s", node.astext(), error, location=node)
        return translator.encode(node.astext())


def _inline(translator: Any, node: Any) -> None:
    translator.body.append(_render(translator, node, False))
    raise nodes.SkipNode


def _block(translator: Any, node: Any) -> None:
    translator.body.append(f'<div class="math">{_render(translator, node, True)}</div>\n')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, Any]:
    """Offer the renderer under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
