import polars as pl

from affekt.quality import checked, counted, findings, propose, twins
from tests.quality.crowds import crowd, draw, kinds


def doubled(events: pl.DataFrame, worker: str, likeness: float) -> pl.DataFrame:
    """Let a second account of one person answer the same questions, mostly alike."""
    own = events.filter(pl.col("worker") == worker)
    alike = pl.Series([draw(1, "alike", at) < likeness for at in own["sequence"]])
    again = own.with_columns(
        worker=pl.lit("again"), sequence=pl.col("sequence") + 10**6,
        felt=pl.when(alike).then("felt").otherwise(~pl.col("felt")),
    )  # fmt: skip
    return checked(pl.concat([events, again]))


def test_two_accounts_of_one_person_are_told_with_evidence() -> None:
    """C29."""
    events = doubled(crowd(kinds(20, 0), seed=12, each=200), "w003", 0.97)
    told = [one for one in propose(findings(events)) if one.sign == "same person"]
    assert [one.worker for one in told] == ["again", "w003"]
    assert "may be one person with again: " in told[1].evidence


def test_two_who_always_say_yes_are_no_twins() -> None:
    """C29: they agree as two people of that habit do."""
    people = {f"w{number:02}": "honest" for number in range(16)} | {
        "x": "always-yes",
        "y": "always-yes",
    }
    found = twins(counted(crowd(people, seed=3, each=200)))
    assert found.filter(pl.col("p_adjusted") <= 0.05).is_empty()


def test_pairs_with_few_questions_in_common_are_not_compared() -> None:
    assert twins(counted(crowd(kinds(100, 0), seed=1, each=10, gold=0))).is_empty()
