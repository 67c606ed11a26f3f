"""The plan: one TOML file as one frozen value, or every problem in it at once.

A section is a stage, a key is one of its settings, and the part that owns the setting checks it.
``seed`` and ``taxonomy`` are handed down to every part that has such a setting and was given none;
a data set calls the second ``emotions``.
"""

from affekt.plan.explanations import explain
from affekt.plan.file import read
from affekt.plan.results import Explained, Mapped, Result
from affekt.plan.seen import seen
from affekt.plan.shapes import (
    NOT_BUILT,
    STEPS,
    WEAK,
    Bench,
    Build,
    Entry,
    Plan,
    Weak,
)

__all__ = [
    "NOT_BUILT",
    "STEPS",
    "WEAK",
    "Bench",
    "Build",
    "Entry",
    "Explained",
    "Mapped",
    "Plan",
    "Result",
    "Weak",
    "explain",
    "read",
    "seen",
]
