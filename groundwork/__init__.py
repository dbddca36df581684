"""What every room stands on: one error type, the checks of arguments, discovery. No mathematics.

The rooms may not import one another freely (a closed form that could borrow from its sampler would prove
nothing), yet all of them must refuse bad input in the same words. What they share for that is here, and it
imports nothing of the project.
"""
