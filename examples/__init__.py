"""Whole uses of affekt, to be read and run."""
