"""Build, verify, publish and benchmark data sets of what pictures make people feel."""

__version__ = "0.1.0"
