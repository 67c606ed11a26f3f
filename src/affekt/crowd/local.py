"""People who answer on the project's own site, `affekt serve`; their votes are in the journal."""

from typing import TYPE_CHECKING, Any

import polars as pl
from pydantic import Field

from affekt.campaign.settings import Asking
from affekt.crowd import Crowd
from affekt.parts import Place

if TYPE_CHECKING:
    from affekt.journal.votes import Votes


class Local(Crowd):
    """A site of one's own: people open a personal link and answer picture by picture.

    `affekt build` puts the questions and stops with exit code 3; `affekt serve` with the same plan
    shows them to people; once they have answered, `affekt build` goes on.

    What people see is part of the campaign: another ``asking.question``, ``asking.words`` or
    ``asking.answers`` is another campaign. All other settings may be changed while it runs.
    """

    seed: int
    asking: Asking = Field(Asking(), description="how people are asked; see below")
    pool: Place | None = Field(
        None, description="pictures of the test: a folder with one folder for each emotion"
    )
    contact: str = Field("", description="whom people can ask, shown on their pages")

    def identity(self) -> dict[str, Any]:
        """Give what people see: question and words in each language, and the kind of answer."""
        seen: dict[str, Any] = {
            "question": dict(self.asking.question),
            "answers": self.asking.answers,
        }
        if self.asking.words:
            seen["words"] = {one: dict(own.emotions) for one, own in self.asking.words.items()}
        return {"kind": self.kind(), "version": self.version, **seen}

    def ask(self, journal: "Votes", questions: pl.DataFrame) -> None:
        journal.ask(questions)

    def answers(self, journal: "Votes") -> None:
        """Votes are in the journal already; the site puts them there one by one."""

    def close(self, journal: "Votes", questions: pl.DataFrame) -> None:
        journal.close(questions["question_id"])

    def advice(self, journal: "Votes") -> str:
        missing = int(journal.open_questions()["places"].sum())
        return (
            f"`affekt serve` with this plan is where people answer; at least {missing:,} votes are "
            "missing. Run again when they have come in"
        )
