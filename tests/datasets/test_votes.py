"""Votes: shares, and the emotion that has most."""

import pytest

from affekt.datasets._votes import counted

NAMES = ("awe", "fear", "joy")


def test_shares_are_in_the_order_of_the_taxonomy_and_sum_to_one() -> None:
    found = counted({"joy": 6, "awe": 3, "fear": 3}, NAMES)
    assert (found.emotion, found.shares) == ("joy", (0.25, 0.25, 0.5))


@pytest.mark.parametrize("awe", [0.3, 0.1 + 0.2])
def test_what_differs_by_rounding_only_is_a_tie(awe: float) -> None:
    assert counted({"awe": awe, "fear": 0.3, "joy": 0.1}, NAMES).emotion is None


def test_one_vote_more_decides_among_a_thousand() -> None:
    assert counted({"awe": 500, "fear": 499, "joy": 1}, NAMES).emotion == "awe"
