"""Speed as ratios measured side by side in one process: ``python -m benchmarks [NAME …]``.

A file here with a function ``cases()`` is found by its name. Everything is float64, so goals that hold for float32
alone have no place here, and neither has anything timed by the wall clock: two processes, a cold start.

Apart from speed, ``python -m benchmarks.calibration`` counts how often the verdict engine errs.
"""
