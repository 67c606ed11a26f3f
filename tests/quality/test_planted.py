"""Crowds in which it is known who does not look."""

import polars as pl
import pytest

from affekt.quality import EVENTS, Deed, Proposal, checked, findings, propose
from tests.quality.crowds import crowd, kinds


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
