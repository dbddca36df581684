"""The processes, the workflows, and the engine that runs them: a model-data loop is one of each and a metric.

``trajectories`` returns every path, ``summary`` streams moments and histograms, ``hitting_times`` waits for an
event. Whatever the number of seeds, the block size, the order, the devices or the processes, a path is a
function of (root, seed id) alone, to the bit.
"""
