"""Simulated workers of every kind, who tire, drift, skip, err together, or follow real votes."""

from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from affekt.crowd.simulated import Simulated
from affekt.errors import DiskTrouble, TableError
from affekt.journal.votes import FILE, Votes
from affekt.measures.intervals import wilson
from affekt.policies.curtailed import Curtailed
from affekt.rules.at_least import AtLeast
from affekt.simulation import KINDS, crowd_of
from affekt.taxonomy import MIKELS8
from tests.crowd.asked import questions

HEAD = "question_id,worker,felt,truth"
NOBODY = dict.fromkeys(KINDS, 0.0)
MIXED = {**NOBODY, "honest": 0.5, "tired": 0.3, "adversary": 0.1, "duplicate": 0.1}


def crowd(**given: object) -> Simulated:
    return Simulated.model_validate(
        {"seed": 7, "taxonomy": MIKELS8, "candidates": 60, "pass_at": 0, **MIXED, **given}
    )


def votes_of(one: Simulated, asked: pl.DataFrame, folder: Path) -> pl.DataFrame:
    with Votes(folder / FILE, one.digest()) as journal:
        one.ask(journal, asked)
        one.answers(journal)
        return journal.votes().sort("question_id", "worker")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"shared_mistakes": 0.1},
        {"drift": "sine", "drift_size": 1.0},
        {"drift": "walk", "drift_size": 0.1},
        {"skips": 0.2},
    ],
    ids=str,
)
def test_acceptance_holds_for_every_crowd_that_can_tell(
    tmp_path: Path, given: dict[str, object]
) -> None:
    """C32, C52."""
    asking = crowd(candidates=300, acceptance={"awe": 0.4}, **given)
    kept = AtLeast().decide(votes_of(asking, questions("awe", 800), tmp_path))["is_label"]
    low, high = wilson(int(kept.sum()), kept.len(), 0.999)
    assert low <= 0.4 <= high


def test_people_who_tire_and_drift_answer_alike_whatever_else_is_asked(tmp_path: Path) -> None:
    """I14."""
    moving = crowd(drift="walk", skips=0.1)
    (tmp_path / "part").mkdir()
    everything = votes_of(moving, questions("awe", 60), tmp_path)
    part = votes_of(moving, questions("awe", 60)[::-3], tmp_path / "part")
    assert part.equals(everything.join(part, on="question_id", how="semi"))


def test_people_who_tire_answer_otherwise_than_those_who_do_not(tmp_path: Path) -> None:
    asked = questions("awe", 400, "awe")
    for name in ("fresh", "tired"):
        (tmp_path / name).mkdir()
    fresh = votes_of(crowd(**{**NOBODY, "honest": 1.0}), asked, tmp_path / "fresh")
    tired = votes_of(crowd(**{**NOBODY, "tired": 1.0}), asked, tmp_path / "tired")
    assert fresh["felt"].mean() == pytest.approx(0.90, abs=0.03)
    assert tired["felt"].mean() == pytest.approx(0.90 - 0.4 * 0.7 / 2, abs=0.03)
    assert tired["seconds"].mean() == pytest.approx(4.2 * (1 - 0.6 / 2), abs=0.3)


def test_both_accounts_of_one_person_count_as_workers_and_agree(tmp_path: Path) -> None:
    two = crowd(**{**NOBODY, "duplicate": 1.0}, candidates=2)
    votes = votes_of(two, questions("awe", 50), tmp_path).group_by("question_id")
    agreed = votes.agg(pl.col("worker").n_unique(), pl.col("felt").n_unique())
    assert set(agreed["worker"]) == {2}
    assert set(agreed["felt"]) == {1}


def test_whoever_skips_a_question_is_replaced(tmp_path: Path) -> None:
    """C10."""
    skipping = crowd(skips=0.5)
    votes = votes_of(skipping, questions("awe", 50), tmp_path)
    person = {one.token: one for one in skipping.workers()}
    assert votes.height == 250
    assert not any(
        person[worker].passes_over(question)
        for question, worker in votes.select("question_id", "worker").iter_rows()
    )


def test_a_mistake_that_everybody_shares_is_kept(tmp_path: Path) -> None:
    """C32."""
    asked = questions("awe", 300, "fear")
    sure = crowd(**{**NOBODY, "honest": 1.0}, shared_mistakes=0.2)
    assert AtLeast().decide(votes_of(sure, asked, tmp_path))["is_label"].mean() == pytest.approx(
        0.2, abs=0.07
    )


def test_only_as_many_votes_come_as_there_are_places(tmp_path: Path) -> None:
    """C17."""
    asking, asked = crowd(), questions("awe", 10)
    everything = votes_of(asking, asked, tmp_path)
    (tmp_path / "waves").mkdir()
    with Votes(tmp_path / "waves" / FILE, "three, then more", policy=Curtailed()) as journal:
        asking.ask(journal, asked)
        asking.answers(journal)
        first = journal.votes()
        asking.answers(journal)
        second = journal.votes()
    assert set(first.group_by("question_id").len()["len"]) == {3}
    assert second.head(first.height).equals(first)
    assert set(second.group_by("question_id").len()["len"]) <= {3, 4}
    assert second.join(everything, on=everything.columns, how="anti").is_empty()


@pytest.fixture(scope="module")
def recorded() -> str:
    """CSV of the votes of honest and random people, with their truth."""
    known = crowd_of(1, {"honest": 0.5, "random": 0.5}, people=40, votes_each=100)
    truth = known.truth.select("question_id", truth="felt")
    return known.votes.join(truth, on="question_id").write_csv()


def fitted_to(folder: Path, text: str) -> Simulated:
    (folder / "recorded.csv").write_text(text)
    fitted = {"written": "recorded.csv", "base": str(folder)}
    return crowd(**{**NOBODY, "honest": 1.0}, candidates=200, fitted=fitted)


def test_honest_people_may_follow_recorded_votes(tmp_path: Path, recorded: str) -> None:
    following = fitted_to(tmp_path, recorded)
    votes = votes_of(following, questions("awe", 600, "awe"), tmp_path)
    assert votes["felt"].mean() == pytest.approx((0.9 + 0.5) / 2, abs=0.03)
    assert {one.kind for one in following.workers()} == {"honest"}


def test_other_recorded_votes_make_another_campaign(tmp_path: Path, recorded: str) -> None:
    one = fitted_to(tmp_path, recorded).witness()
    other = fitted_to(tmp_path, recorded[: recorded.rindex("question-")]).witness()
    assert "" != one != other != ""
    assert crowd().witness() == ""


@pytest.mark.parametrize("yes", ["yes", "1", "TRUE", " ja "])
@pytest.mark.parametrize("truth", ["yes", "0.9", "1"])
def test_answers_and_truth_may_be_written_in_several_ways(
    tmp_path: Path, yes: str, truth: str
) -> None:
    text = f"{HEAD},seconds\na,w,{yes},{truth},\nb,w,no,no,2.5\n"
    assert len(fitted_to(tmp_path, text).workers()) == 200


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD[:-6] + "\na,w,yes\n", r"recorded\.csv: lacks the columns \['truth'\]"),
        (HEAD + "\n", r"recorded\.csv: has no votes; needed are question_id"),
        ("", r"recorded\.csv: cannot be read as CSV"),
        (HEAD + "\na,w,yes,1.5\n", r"vote 1: truth is '1\.5'; write yes"),
        (HEAD + "\na,w,no,1\na,v,0.5,1\n", r"vote 2: felt is '0\.5'; write yes or"),
        (HEAD + "\na,w,yes,\n", r"vote 1: truth is None; write yes"),
        (HEAD + "\na,w,yes,nan\n", r"vote 1: truth is 'nan'; write yes"),
        (HEAD + ",seconds\na,w,yes,no,-1\n", r"vote 1: seconds is '-1'; write"),
        (HEAD + ",seconds\na,w,yes,no,long\n", r"vote 1: seconds is 'long'; write"),
    ],
)  # fmt: skip
def test_recorded_votes_that_cannot_be_understood_are_told(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(TableError, match=sentence):
        fitted_to(tmp_path, text).workers()


def test_recorded_votes_that_are_not_there_are_told(tmp_path: Path) -> None:
    missing = fitted_to(tmp_path, "")
    (tmp_path / "recorded.csv").unlink()
    with pytest.raises(DiskTrouble, match=r"recorded\.csv: cannot be read .*; name a CSV file"):
        missing.witness()


def test_recorded_votes_need_honest_people_to_follow_them(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="fitted is for honest people, but honest = 0"):
        crowd(**{**NOBODY, "random": 1.0}, fitted="votes.csv")
