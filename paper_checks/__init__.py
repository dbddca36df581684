"""Claims of the papers, one file a paper, and the engine that gives each its verdict.

A module `<author><year>.py` exports `CLAIMS`; modules with a leading underscore are the engine. Nothing is
imported here, so that listing the claims stays cheap.
"""
