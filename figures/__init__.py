"""Figures, one module each, drawn from closed forms and saved records; nothing here draws a random number."""
