"""`affekt crowd aggregate` on tables of votes."""

from pathlib import Path

import polars as pl
import pytest

from tests.cli.run import affekt

pytestmark = pytest.mark.slow
VOTES = "task,worker,label\n1,a,yes\n1,b,yes\n1,c,no\n2,a,no\n2,b,yes\n3,a,no\n"


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    (tmp_path / "votes.csv").write_text(VOTES)
    return tmp_path / "votes.csv"


def test_labels_of_real_votes_are_those_of_the_readme(shared_data: Path, tmp_path: Path) -> None:
    """C36."""
    rte = shared_data / "crowd-votes" / "rte"
    words = ("--rule", "majority", "--truth", rte / "truth.csv", "--json")
    told = affekt("crowd", "aggregate", rte / "votes.csv", *words, cwd=tmp_path).document
    assert told["truth"]["accuracy"] == 0.91875
    assert told["ties"] == {"rule": "lowest", "tasks": 65}
    alpha = told["agreement"][1]
    assert alpha["statistic"] == "krippendorff_alpha"
    assert alpha["low"] < 0.2415 < alpha["high"]


def test_labels_workers_and_agreement_are_written_twice(votes: Path, tmp_path: Path) -> None:
    """C33, C64."""
    ran = affekt("crowd", "aggregate", votes, "--rule", "majority", "-o", "out", cwd=tmp_path)
    assert ran.code == 0, ran.err
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    stems = ("agreement", "labels", "workers")
    assert names == [f"{stem}{end}" for stem in stems for end in (".csv", ".parquet")]
    labels = pl.read_parquet(tmp_path / "out" / "labels.parquet")
    assert labels["label"].to_list() == ["yes", "no", "no"]
    assert labels["is_tied"].to_list() == [False, True, False]
    assert labels["share_yes"].to_list() == [pytest.approx(2 / 3), 0.5, 0.0]
    assert pl.read_csv(tmp_path / "out" / "labels.csv").columns == labels.columns


def test_what_was_written_is_not_written_over(votes: Path, tmp_path: Path) -> None:
    assert affekt("crowd", "aggregate", votes, "-o", "out", cwd=tmp_path).code == 0
    again = affekt("crowd", "aggregate", votes, "-o", "out", cwd=tmp_path)
    assert again.code == 2
    assert "is not written over" in again.err


def test_a_person_is_told_ties_empty_tasks_and_what_was_left_out(
    votes: Path, tmp_path: Path
) -> None:
    """C33, C34."""
    votes.write_text(VOTES + "4,a,\n3,a,no\n")
    ran = affekt("crowd", "aggregate", votes, "--ties", "none", cwd=tmp_path)
    assert "tied by majority: 1, decided by the rule 'none'" in ran.out
    assert "tasks without votes: 1; with a single one: 1" in ran.out
    assert "rows left out: blank 1, repeated 1" in ran.out


def test_three_labels_are_too_many_for_two_sided(tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text("task;worker;label\n1;a;x\n1;b;y\n2;a;z\n")
    ran = affekt("crowd", "aggregate", "votes.csv", cwd=tmp_path)
    assert ran.code == 2
    assert "these votes have 3: x, y, z; use --rule dawid_skene" in ran.err


@pytest.mark.parametrize(
    ("text", "said", "code"),
    [
        ("task,worker\n1,a\n", "lacks the columns ['label']", 1),
        ("", "is no table", 1),
        (None, "cannot be read", 5),
    ],
)
def test_what_is_no_table_of_votes_is_told(
    text: str | None, said: str, code: int, tmp_path: Path
) -> None:
    name = tmp_path / "votes.csv"
    name.write_text(text) if text is not None else None
    ran = affekt("crowd", "aggregate", name, cwd=tmp_path)
    assert ran.code == code
    assert said in ran.err


def test_labels_in_order_get_ordinal_and_interval_agreement(votes: Path, tmp_path: Path) -> None:
    """C35."""
    words = ("--labels", "no,yes", "--json")
    told = affekt("crowd", "aggregate", votes, *words, cwd=tmp_path).document
    names = [one["statistic"] for one in told["agreement"]]
    assert names[-2:] == ["krippendorff_alpha_ordinal", "krippendorff_alpha_interval"]


def test_a_label_named_twice_is_refused(votes: Path, tmp_path: Path) -> None:
    ran = affekt("crowd", "aggregate", votes, "--labels", "no,no", cwd=tmp_path)
    assert ran.code == 2
    assert "give each label once" in ran.err


def test_each_question_has_its_own_agreement(tmp_path: Path) -> None:
    """C35."""
    rows = "".join(f"{task},{w},true,{q}\n" for task in "12" for w in "ab" for q in ("awe", "fear"))
    (tmp_path / "votes.csv").write_text("question_id,worker,felt,emotion\n" + rows)
    words = ("--labels", "false,true", "--json")
    told = affekt("crowd", "aggregate", "votes.csv", *words, cwd=tmp_path).document
    assert [one["question"] for one in told["agreement"]][::6] == [None, "awe", "fear"]
    assert told["tasks"] == 4
