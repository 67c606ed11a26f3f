"""More than half."""

import polars as pl
import pytest

from affekt.rules.majority import Majority
from affekt.tables import VOTES


def ballot(yes: int, no: int) -> pl.DataFrame:
    felt = [True] * yes + [False] * no
    rows = [("q", f"worker-{n}", "awe", one, None) for n, one in enumerate(felt)]
    return pl.DataFrame(rows, schema=VOTES.types(), orient="row")


@pytest.mark.parametrize(("yes", "no", "kept"), [(1, 0, 1), (3, 2, 1), (2, 3, 0), (0, 1, 0)])
def test_more_than_half_keep(yes: int, no: int, kept: int) -> None:
    assert Majority().decide(ballot(yes, no))["is_label"].item() == bool(kept)


def test_a_tie_is_no_majority() -> None:
    assert Majority().decide(ballot(2, 2))["is_label"].item() is False


def test_a_tie_keeps_when_the_plan_says_so() -> None:
    assert Majority(ties="yes").decide(ballot(2, 2))["is_label"].item() is True


def test_any_number_of_votes_will_do() -> None:
    assert Majority().needs() is None
