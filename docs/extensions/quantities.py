"""The directive ``quantities``: every closed form of theory/ as it describes itself."""

from __future__ import annotations

import inspect
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from mathml import to_mathml
from sphinx.util.docutils import SphinxDirective

__all__ = ["Quantities", "setup"]


class Quantities(SphinxDirective):
    """A list of quantities: name and parameters, first sentence, formula, exact or asymptotic, source."""

    def run(self) -> list[nodes.Node]:
        """Return one definition for each quantity of the registry."""
        from theory.quantity import find, names

        found = nodes.definition_list()
        for name in names():
            found += self._entry(find(name))
        return [found]

    def _entry(self, quantity: Any) -> nodes.Node:
        parameters = ", ".join(quantity.parameters)
        first = (inspect.getdoc(quantity.function) or "").split("\n\n")[0].replace("\n", " ")
        term = nodes.term("", "", nodes.literal("", f"{quantity.name}({parameters})"))
        return nodes.definition_list_item(
            "",
            term,
            nodes.definition(
                "",
                nodes.paragraph("", first.replace("`", "")),
                _formula(quantity),
                nodes.paragraph("", f"{quantity.status.capitalize()}; {quantity.source}"),
            ),
        )


def _formula(quantity: Any) -> nodes.Node:
    import sympy

    from theory.symbols import latex_names

    form = quantity.form()
    latex = form if isinstance(form, str) else sympy.latex(form, symbol_names=latex_names())
    try:
        to_mathml(latex, block=True)
    except MathError:
        # Printed as it stands: a reader of LaTeX loses nothing, and the page does not depend on this one command.
        return nodes.paragraph("", "", nodes.literal("", latex))
    return nodes.math_block(latex, latex, nowrap=True, number=None)


def setup(app: Any) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("quantities", Quantities)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
