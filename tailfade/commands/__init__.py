"""The commands, one a file: ``NAME`` and ``run``."""
