"""Who answers questions: three verbs, all of them idempotent.

To add one, write ``crowd/<kind>.py`` with one final subclass of `Crowd`. The exam in
``tests/exams/test_crowd.py`` finds it by its file.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from affekt.parts import Part

if TYPE_CHECKING:
    from affekt.journal.votes import Votes


class Crowd(Part):
    """Who answers questions.

    The journal belongs to the caller and is the only memory: a crowd that must remember writes
    there.
    """

    family = "crowd"
    is_simulated: ClassVar[bool] = False  # no person answers; said wherever the votes are shown

    @abstractmethod
    def ask(self, journal: "Votes", questions: pl.DataFrame) -> None:
        """Put questions (schema `affekt.tables.QUESTIONS`) to the crowd; asking twice asks once."""

    @abstractmethod
    def answers(self, journal: "Votes") -> None:
        """Bring new votes into the journal; a vote already there is not counted again."""

    @abstractmethod
    def close(self, journal: "Votes", questions: pl.DataFrame) -> None:
        """Ask no more about these questions; closing twice closes once."""

    def witness(self) -> str:
        """Digest of the files the votes are read from, or ``""``; see `Stage.witness`."""
        return ""

    def about(self) -> Mapping[str, Any]:
        """Facts about the workers for the manifest: JSON values, no identities; ``{}`` if none."""
        return {}

    def advice(self, journal: "Votes") -> str:
        """Give the end of a sentence: what has to happen before open questions can be decided."""
        return "run again when more people have answered"
