"""From votes to labels.

To add one, write ``rules/<kind>.py`` with one final subclass of `Rule`. The exam in
``tests/exams/test_rules.py`` finds it by its file.
"""

from abc import abstractmethod

import polars as pl

from affekt.parts import Part


class Rule(Part):
    """From votes to a probability and a decision for every question and emotion voted on."""

    family = "rules"

    @abstractmethod
    def decide(self, votes: pl.DataFrame) -> pl.DataFrame:
        """Give one row (schema `affekt.tables.DECISIONS`) a question and emotion in the votes.

        ``votes`` has schema `affekt.tables.VOTES`; the order of its rows cannot matter.
        """

    def needs(self) -> int | None:
        """Votes a question must have before this rule can decide; None when any number will do."""
        return None
