"""Simulated workers: their votes do not depend on order, and their acceptance is what was asked."""

from math import comb
from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from affekt.crowd.simulated import Simulated
from affekt.journal.votes import FILE, Votes
from affekt.measures.intervals import wilson
from affekt.policies.fixed import Fixed
from affekt.rules.at_least import AtLeast
from affekt.simulation import KINDS, score
from affekt.simulation.items import SUBMITTED_KEPT
from affekt.taxonomy import MIKELS8
from tests.crowd.asked import questions

ONLY_HONEST = {name: float(name == "honest") for name in KINDS}


def crowd(**settings: object) -> Simulated:
    return Simulated.model_validate({"seed": 2016, "taxonomy": MIKELS8, **settings})


def votes_of(one: Simulated, asked: pl.DataFrame, folder: Path, quota: int = 5) -> pl.DataFrame:
    with Votes(folder / FILE, one.digest(), policy=Fixed(votes=quota)) as journal:
        one.ask(journal, asked)
        one.answers(journal)
        return journal.votes().sort("question_id", "worker")


def test_table_2_of_the_paper_adds_up() -> None:
    """F1, F3, E8."""
    submitted = sum(asked for asked, _ in SUBMITTED_KEPT.values())
    kept = sum(strong for _, strong in SUBMITTED_KEPT.values())
    positive = sum(SUBMITTED_KEPT[e.name][1] for e in MIKELS8.emotions if e.valence == 1)
    assert (submitted, kept, submitted * 5) == (90_000, 23_308, 450_000)
    assert round(100 * kept / submitted, 2) == 25.90
    assert round(100 * positive / kept, 1) == 70.5
    assert round(11_000 * 1_032 / 13_000) == 873  # F4: without the further 2,000 fear pictures
    assert min(strong for _, strong in SUBMITTED_KEPT.values()) == 1_032


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """2,000 questions an emotion, answered by five simulated workers each, three YES keep."""
    asked = pl.concat([questions(emotion, 2_000) for emotion in MIKELS8.names])
    votes = votes_of(crowd(), asked, tmp_path_factory.mktemp("acceptance"))
    return AtLeast().decide(votes)


@pytest.mark.parametrize("emotion", MIKELS8.names)
def test_acceptance_is_that_of_the_paper(decided: pl.DataFrame, emotion: str) -> None:
    """F: the paper's rate lies in the interval of ours; 99.9 %, for eight are looked at."""
    submitted, kept = SUBMITTED_KEPT[emotion]
    ours = decided.filter(pl.col("emotion") == emotion)["is_label"]
    low, high = wilson(int(ours.sum()), ours.len(), 0.999)
    assert low <= kept / submitted <= high


@pytest.mark.slow
def test_every_question_has_five_different_workers(decided: pl.DataFrame) -> None:
    """E2."""
    assert decided["votes"].to_list() == [5] * 16_000


def test_the_qualification_test_stops_guessing_and_lets_four_in_ten_through() -> None:
    """D6."""

    def passes(skill: float) -> float:
        return sum(comb(20, n) * skill**n * (1 - skill) ** (20 - n) for n in range(10, 21))

    assert passes(1 / 8) == pytest.approx(5e-5, rel=0.1)
    assert [round(100 * passes(skill), 1) for skill in (0.3, 0.4, 0.5, 0.6)] == [
        4.8,
        24.5,
        58.8,
        87.2,
    ]


def test_about_as_many_pass_as_in_the_paper_and_nobody_else_votes(tmp_path: Path) -> None:
    """D4, D5, E3."""
    passed = {worker.token for worker in crowd().workers()}
    votes = votes_of(crowd(), questions("awe", 400), tmp_path)
    assert 190 <= len(passed) <= 260
    assert set(votes["worker"]) <= passed
    assert all(score(worker, 20) >= 10 for worker in crowd().workers())


def test_tokens_say_that_nobody_is_behind_them(tmp_path: Path) -> None:
    votes = votes_of(crowd(), questions("awe", 5), tmp_path)
    assert votes["worker"].str.starts_with("simulated-").all()
    assert crowd().is_simulated
    assert crowd().about()["is_simulated"] is True


def test_the_summary_counts_every_candidate_once() -> None:
    about = crowd().about()
    assert sum(about["tested_by_kind"].values()) == sum(about["scores"].values()) == 1000
    assert sum(about["passed_by_kind"].values()) == about["passed"]


def test_a_vote_does_not_depend_on_the_other_questions(tmp_path: Path) -> None:
    asked = questions("awe", 40)
    for name in ("all", "part"):
        (tmp_path / name).mkdir()
    everything = votes_of(crowd(), asked, tmp_path / "all")
    part = votes_of(crowd(), asked[::-3], tmp_path / "part")
    assert part.equals(everything.join(part, on="question_id", how="semi"))


def test_more_votes_leave_the_first_ones_as_they_were(tmp_path: Path) -> None:
    for name in ("five", "nine"):
        (tmp_path / name).mkdir()
    five = votes_of(crowd(), questions("awe", 10), tmp_path / "five")
    nine = votes_of(crowd(), questions("awe", 10), tmp_path / "nine", quota=9)
    assert nine.height == 90
    assert five.join(nine, on=five.columns, how="anti").is_empty()


def test_known_truth_decides_what_is_felt(tmp_path: Path) -> None:
    asked = pl.concat([questions("awe", 200, "awe"), questions("fear", 200, "awe")])
    votes = votes_of(crowd(**ONLY_HONEST), asked, tmp_path)
    felt = votes.group_by("emotion").agg(pl.col("felt").mean()).sort("emotion")["felt"].to_list()
    assert felt == pytest.approx([0.90, 0.05], abs=0.04)


@pytest.mark.parametrize(("kind", "felt"), [("always_yes", True), ("always_no", False)])
def test_some_workers_always_say_the_same(tmp_path: Path, kind: str, felt: bool) -> None:
    only = {name: float(name == kind) for name in KINDS}
    votes = votes_of(crowd(**only), questions("awe", 30), tmp_path)
    assert set(votes["felt"]) == {felt}


def test_random_workers_say_yes_to_half(tmp_path: Path) -> None:
    only = {name: float(name == "random") for name in KINDS}
    votes = votes_of(crowd(**only, pass_at=0), questions("awe", 400), tmp_path)
    assert votes["felt"].mean() == pytest.approx(0.5, abs=0.04)


def test_too_few_workers_give_as_many_votes_as_there_are_and_advice(tmp_path: Path) -> None:
    few = crowd(candidates=3, pass_at=0)
    votes = votes_of(few, questions("awe", 4), tmp_path)
    assert votes.height == 12
    with Votes(tmp_path / FILE, few.digest()) as journal:
        assert "only 3 of 3 simulated candidates" in few.advice(journal)


def test_nobody_who_passes_is_no_error(tmp_path: Path) -> None:
    assert votes_of(crowd(candidates=1, pass_at=20), questions("awe", 4), tmp_path).is_empty()


def test_acceptance_may_be_set_an_emotion(tmp_path: Path) -> None:
    votes = votes_of(crowd(acceptance={"awe": 0.8}), questions("awe", 1_000), tmp_path)
    assert AtLeast().decide(votes)["is_label"].mean() == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"honest": 0.9}, r"honest = 0\.9, hasty = 0\.25.* sum to 1\.77; make them sum to 1"),
        ({"pass_at": 21}, r"pass_at = 21 is more than test_questions = 20"),
        ({"acceptance": {"feer": 0.1}}, r"unknown emotion 'feer'; did you mean 'fear'"),
        ({"acceptance": {"fear": 1.1}}, r"acceptance of 'fear' is 1\.1; 0 to 1 is allowed"),
    ],
)
def test_settings_that_contradict_are_refused_with_both_names(
    settings: dict[str, object], sentence: str
) -> None:
    """B02."""
    with pytest.raises(ValidationError, match=sentence):
        crowd(**settings)
