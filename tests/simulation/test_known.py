"""A crowd of which everything is known: who is what, and what is felt."""

import polars as pl
import pytest

from affekt.simulation import crowd_of
from affekt.simulation.known import Known
from affekt.tables import VOTES

SHARES = {"honest": 0.6, "random": 0.2, "adversary": 0.1, "duplicate": 0.1}


@pytest.fixture(scope="module")
def known() -> Known:
    return crowd_of(5, SHARES, people=40, votes_each=100, gold_each=12, shared_mistakes=0.1)


def test_votes_follow_the_contract(known: Known) -> None:
    assert VOTES.conform(known.votes, "crowd_of").height == 40 * 112


def test_everybody_gives_as_many_votes_as_asked_for(known: Known) -> None:
    assert set(known.votes.group_by("worker").len()["len"]) == {112}


def test_everybody_answers_as_much_gold_as_asked_for_half_of_it_felt(known: Known) -> None:
    """C28."""
    on_gold = known.votes.join(known.gold, on="question_id", suffix="_true").group_by("worker")
    counts = on_gold.agg(pl.len(), pl.col("felt_true").sum())
    assert set(counts["len"]) == {12}
    assert set(counts["felt_true"]) == {6}


def test_every_other_question_has_five_different_workers(known: Known) -> None:
    plain = known.votes.join(known.gold, on="question_id", how="anti").group_by("question_id")
    assert set(plain.agg(pl.col("worker").n_unique())["worker"]) == {5}


def test_gold_lies_at_random_places_between_the_others(known: Known) -> None:
    """C13."""
    numbered = known.votes.with_columns(nth=pl.int_range(pl.len()).over("worker"))
    places = numbered.join(known.gold, on="question_id").group_by("worker").agg("nth")["nth"]
    assert places.list.sort().n_unique() == 40
    assert places.explode().mean() == pytest.approx(111 / 2, abs=8)


def test_rates_of_each_kind_are_those_of_its_people(known: Known) -> None:
    seen = known.votes.join(known.truth, on="question_id", suffix="_true")
    on_felt = seen.filter("looks_felt").join(known.people, on="worker").group_by("kind")
    rates = on_felt.agg(pl.col("felt").mean(), pl.col("sensitivity").mean()).sort("kind")
    assert rates["felt"].to_list() == pytest.approx(rates["sensitivity"].to_list(), abs=0.07)


def test_duplicates_are_told_by_the_person_behind_them(known: Known) -> None:
    pairs = known.people.filter(pl.col("kind") == "duplicate")
    assert pairs["worker"].n_unique() == 4
    assert pairs["person"].n_unique() == 2


def test_shared_mistakes_are_told_and_gold_has_none(known: Known) -> None:
    """C32."""
    mistaken = known.truth.filter(pl.col("looks_felt") & ~pl.col("felt"))
    assert mistaken.height / known.truth.filter(~pl.col("felt")).height == pytest.approx(
        0.1, abs=0.05
    )
    assert mistaken.join(known.gold, on="question_id").is_empty()


def test_the_same_seed_gives_the_same_votes() -> None:
    """I14."""
    one, again, other = [
        crowd_of(seed, SHARES, people=10, votes_each=5, gold_each=2).votes for seed in (1, 1, 2)
    ]
    assert one.equals(again)
    assert not one.equals(other)


def test_people_left_over_in_a_round_sit_it_out() -> None:
    known = crowd_of(1, SHARES, people=12, votes_each=10, gold_each=2)
    plain = known.votes.join(known.gold, on="question_id", how="anti")
    assert set(plain.group_by("question_id").len()["len"]) == {5}
    assert plain.height == 10 * 10


def test_gold_alone_tells_most_spammers_from_most_honest_people() -> None:
    """K of section 16: what quality control is to find is in the votes."""
    spam = {"random": 0.1, "always_yes": 0.1, "always_no": 0.1, "adversary": 0.1}
    known = crowd_of(3, {"honest": 0.6, **spam}, people=100)
    on_gold = known.votes.join(known.gold, on="question_id", suffix="_true")
    right = on_gold.group_by("worker").agg((pl.col("felt") == pl.col("felt_true")).mean())
    told = known.people.join(right, on="worker").with_columns(low=pl.col("felt") < 0.75)
    rates = told.group_by(honest=pl.col("kind") == "honest").agg(pl.col("low").mean())
    assert rates.filter(~pl.col("honest"))["low"].item() >= 0.9
    assert rates.filter("honest")["low"].item() <= 0.1
