"""The processes, one a file, found by discovery: a family of models that is fitted to data and makes data."""
