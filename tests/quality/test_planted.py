"""Crowds in which it is known who does not look."""

import polars as pl
import pytest

from affekt.quality import EVENTS, Deed, Proposal, checked, findings, propose
from affekt.simulation import Known, crowd_of
from tests.quality.crowds import START, crowd, kinds


def flagged(people: dict[str, str], seed: int, prevalence: float) -> tuple[int, int]:
    """Give how many spammers and how many honest people are proposed for anything at all."""
    told = {
        one.worker for one in propose(findings(crowd(people, seed=seed, prevalence=prevalence)))
    }
    spam = {worker for worker, kind in people.items() if kind != "honest"}
    return len(told & spam), len(told - spam)


def test_spammers_are_found_and_honest_people_left_alone() -> None:
    """C29, section 16: recall ≥ 0.9 at ≤ 2 % honest flagged, 100 votes and 10 gold each."""
    found, wronged = flagged(kinds(60, 0.2), seed=2016, prevalence=0.35)
    assert found >= 0.9 * 12
    assert wronged <= 0.02 * 48


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "spam_share", "prevalence"),
    [(50, 0.2, 0.35), (100, 0.1, 0.26), (100, 0.3, 0.26), (40, 0.1, 0.5)],
)
def test_spammers_are_found_in_crowds_of_many_kinds(
    n: int, spam_share: float, prevalence: float
) -> None:
    """C29, section 16; three crowds of each kind together."""
    people = kinds(n, spam_share)
    n_spam = sum(kind != "honest" for kind in people.values())
    counts = [flagged(people, seed, prevalence) for seed in range(3)]
    assert sum(found for found, _ in counts) >= 0.9 * 3 * n_spam
    assert sum(wronged for _, wronged in counts) <= 0.02 * 3 * (n - n_spam)


def simulated(known: Known) -> pl.DataFrame:
    """Give the votes of a simulated crowd as events."""
    gold = known.gold.select("question_id", gold_felt="felt")
    votes = known.votes.with_row_index("sequence")
    return checked(votes.join(gold, on="question_id", how="left").with_columns(
        image_id="question_id", is_gold=pl.col("gold_felt").is_not_null(), kind=pl.lit("vote"),
        state=pl.lit("counted"), at=pl.lit(START) + pl.duration(seconds=4 * pl.col("sequence")),
    ))  # fmt: skip


@pytest.mark.slow
def test_spammers_of_another_simulation_are_found_among_hasty_and_tired_people() -> None:
    """C29, section 16; the hasty and tired are not honest people in its sense."""
    spam = dict.fromkeys(["random", "always_yes", "always_no", "adversary"], 0.05)
    shares = {"honest": 0.5, "hasty": 0.1, "tired": 0.1, "duplicate": 0.1} | spam
    known = crowd_of(2016, shares, votes_each=100, gold_each=10)
    told = {one.worker for one in propose(findings(simulated(known)))}
    bad = set(known.people.filter(pl.col("kind").is_in(list(spam)))["worker"])
    honest = set(known.people.filter(kind="honest")["worker"])
    assert len(told & bad) >= 0.9 * len(bad)
    assert len(told & honest) <= 0.02 * len(honest)


def proposals(kind: str) -> list[Proposal]:
    people = {f"w{number:02}": "honest" for number in range(39)} | {"x": kind}
    return [one for one in propose(findings(crowd(people, seed=7))) if one.worker == "x"]


def test_reversed_answers_are_proposed_for_suspension_with_evidence() -> None:
    """C30."""
    told = {one.sign: one for one in proposals("adversary")}["informedness"]
    assert told.deed is Deed.SUSPEND
    assert "answers against what is known" in told.evidence
    assert "a middling worker has 0." in told.evidence
    assert told.p <= told.p_adjusted <= 0.05


@pytest.mark.parametrize("kind", ["always-yes", "always-no"])
def test_one_answer_always_is_proposed_for_exclusion(kind: str) -> None:
    """C30."""
    told = {one.sign: one for one in proposals(kind)}
    assert {told["informedness"].deed, told["yes share"].deed} == {Deed.EXCLUDE}
    assert "are expected on the same" in told["yes share"].evidence


def changed(events: pl.DataFrame, where: pl.Expr) -> pl.DataFrame:
    """Turn the answers of these rows round."""
    return checked(events.with_columns(felt=pl.col("felt") != where))


def test_somebody_who_stops_looking_half_way_is_proposed_for_a_look() -> None:
    """C29, C30: every second answer of the later half is turned round."""
    is_late = (pl.col("worker") == "w003") & (pl.col("sequence") > 2200)
    events = changed(crowd(kinds(20, 0), seed=1, each=200), is_late & (pl.col("sequence") % 2 == 0))
    told = {one.sign: one for one in propose(findings(events)) if one.worker == "w003"}
    assert told["drift"].deed is Deed.LOOK
    assert "agreement with what is known falls by" in told["drift"].evidence


def test_gold_that_is_missed_is_told_with_how_often_the_mark_misleads() -> None:
    """C28, C30."""
    is_hers = (pl.col("worker") == "w003") & pl.col("is_gold")
    told = propose(findings(changed(crowd(kinds(20, 0), seed=1), is_hers)))
    (gold,) = [one for one in told if one.sign == "gold"]
    assert (gold.worker, gold.deed) == ("w003", Deed.LOOK)
    assert "the mark is 7 of 10 (missed by 5.0% of good workers" in gold.evidence


def hurried(events: pl.DataFrame, worker: str) -> pl.DataFrame:
    is_one = pl.col("worker") == worker
    return events.with_columns(seconds=pl.when(is_one).then(0.4).otherwise("seconds"))


def test_a_hurried_worker_is_proposed_for_a_look_only() -> None:
    """C30."""
    events = checked(hurried(crowd(kinds(20, 0), seed=1), "w003"))
    (told,) = [one for one in propose(findings(events)) if one.sign == "speed"]
    assert (told.worker, told.deed) == ("w003", Deed.LOOK)
    assert "median time 0.4 s" in told.evidence


def skipping(events: pl.DataFrame, worker: str) -> pl.DataFrame:
    is_one = (pl.col("worker") == worker) & (pl.col("sequence") % 2 == 0)
    return events.with_columns(
        kind=pl.when(is_one).then(pl.lit("skip")).otherwise("kind"),
        felt=pl.when(~is_one).then("felt"),
    )


def test_skips_are_never_held_against_anybody() -> None:
    """C10."""
    events = checked(skipping(crowd(kinds(20, 0), seed=1), "w003"))
    assert "w003" not in {one.worker for one in propose(findings(events))}


def test_the_same_events_give_the_same_proposals() -> None:
    """I14."""
    events = crowd(kinds(20, 0.2), seed=4)
    mixed = checked(events.sample(fraction=1, shuffle=True, seed=5))
    assert propose(findings(mixed)) == propose(findings(events))


def test_nobody_is_proposed_where_nobody_is() -> None:
    assert propose(findings(EVENTS.empty())) == []
