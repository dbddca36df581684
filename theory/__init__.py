"""Closed forms, recursions, exact enumerations and proofs, in one alphabet (``theory.symbols``).

Generation g = 1 is the model fitted on real data. Nothing here draws a random number, and nothing here
knows the samplers that the closed forms are held against.
"""
