"""A site of one's own: what belongs to the campaign, and what may change while it runs."""

from pathlib import Path

import pytest

from affekt.campaign.settings import Asking, Care, Pay
from affekt.crowd.local import Local
from affekt.journal.votes import FILE, Votes
from affekt.parts import Place
from tests.crowd.asked import questions

HERE = Local(seed=1)


@pytest.mark.parametrize(
    "changed",
    [
        Local(seed=2),
        Local(seed=1, pool=Place(written="pool")),
        Local(seed=1, contact="Ann"),
        Local(seed=1, asking=Asking(batch=5, pay=Pay(per_batch=1), care=Care(per_day=10))),
    ],
)
def test_what_people_do_not_see_may_change_while_they_answer(changed: Local) -> None:
    assert changed.digest() == HERE.digest()


@pytest.mark.parametrize(
    "asking", [Asking(question={"en": "Is it {emotion}?"}), Asking(answers="tick_all")]
)
def test_another_question_is_another_campaign(asking: Asking) -> None:
    assert Local(seed=1, asking=asking).digest() != HERE.digest()


def test_its_advice_names_the_command_and_counts_the_votes_missing(tmp_path: Path) -> None:
    with Votes(tmp_path / FILE, "local") as journal:
        HERE.ask(journal, questions("awe", 4))
        said = HERE.advice(journal)
    assert "affekt serve" in said
    assert "at least 20 votes are missing" in said
