"""How the pages are built: Sphinx, MyST and furo, formulas as MathML, and nothing fetched from anywhere."""

from __future__ import annotations

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE / "extensions")]

project = "tailfade"
author = "the tailfade developers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "mathml", "quantities"]
exclude_patterns = ["examples", "extensions"]
myst_enable_extensions = ["dollarmath"]
default_role = "code"

autodoc_member_order = "bysource"
autodoc_typehints = "none"

html_theme = "furo"
html_title = "tailfade"
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
