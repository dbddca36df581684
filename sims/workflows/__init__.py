"""The workflows, one a file, found by discovery: what enters the corpus, and how much each sample in it counts."""
