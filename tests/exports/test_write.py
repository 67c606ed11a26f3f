import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from affekt.cells import from_csv
from affekt.errors import DiskTrouble, Refused, TableError, UsageError
from affekt.exports import FILES, read_export, write_export
from tests.exports.small import CAMPAIGN, events, item, items, workers
from tests.quality.small import deed


def written(folder: Path, **other: Any) -> Path:
    tables: dict[str, Any] = {"votes": events(), "items": items(), "workers": workers()}
    tables["campaign"] = CAMPAIGN
    write_export(folder / "export", **(tables | other))
    return folder / "export"


def rows(folder: Path, name: str) -> list[dict[str, str | None]]:
    return [dict(row) for row in from_csv((folder / name).read_text())[1]]


def test_every_file_is_written_and_named_in_the_manifest(tmp_path: Path) -> None:
    """C64."""
    folder = written(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, "manifest.json"])
    assert sorted(manifest["files"]) == sorted(FILES)
    assert manifest["campaign"] == CAMPAIGN


def test_a_vote_tells_answer_times_policy_and_state(tmp_path: Path) -> None:
    """C64."""
    votes = rows(written(tmp_path), "votes.csv")
    assert votes[0] == {
        "question_id": "q1", "image_id": "image of q1", "emotion": "fear", "worker": "ann",
        "answer": "yes", "seconds": "4.2", "at": "2026-11-02T09:00:00.000000Z", "sequence": "0",
        "policy": "curtailed 3 of 5", "state": "counted", "was_covered": None,
    }  # fmt: skip
    assert [vote["answer"] for vote in votes] == ["yes", "yes", "no", "no", "skip", "yes"]
    assert votes[5]["state"] == "late"


def test_a_vote_tells_whether_its_picture_was_covered_first(tmp_path: Path) -> None:
    """C58."""
    told = events().with_columns(was_covered=pl.col("worker") == "ann")
    folder = written(tmp_path, votes=told)
    votes = read_export(folder).votes
    assert dict(votes.select("worker", "was_covered").unique().iter_rows()) == {
        "ann": True, "ben": False, "cem": False,
    }  # fmt: skip
    assert {one["was_covered"] for one in rows(folder, "votes.csv")} == {"true", "false"}


def test_the_three_forms_of_votes_hold_the_same(tmp_path: Path) -> None:
    """C64."""
    folder = written(tmp_path)
    lines = [json.loads(line) for line in (folder / "votes.jsonl").read_text().splitlines()]
    table = pl.read_parquet(folder / "votes.parquet")
    assert table["sequence"].to_list() == [line["sequence"] for line in lines]
    as_text = [
        {key: None if one is None else str(one) for key, one in line.items()} for line in lines
    ]
    assert as_text == rows(folder, "votes.csv")


def test_labels_are_counted_anew_from_counted_votes(tmp_path: Path) -> None:
    """C64, I6: the late vote and the skip on q2 do not count."""
    first, second = rows(written(tmp_path), "labels.csv")
    assert [first[name] for name in ("votes", "votes_yes", "decision", "posterior")] == [
        "3", "2", "keep", "0.75",
    ]  # fmt: skip
    assert first["share"] == "0.6666666666666666"
    assert [second[name] for name in ("votes", "votes_yes", "share")] == ["1", "0", "0.0"]


def test_a_question_without_votes_has_no_share(tmp_path: Path) -> None:
    more = pl.concat(
        [items(), item("q3", decision="waiting", posterior=None)], how="vertical_relaxed"
    )
    told = rows(written(tmp_path, items=more), "labels.csv")[2]
    assert (told["votes"], told["share"], told["posterior"]) == ("0", None, None)


def test_gold_is_in_no_file(tmp_path: Path) -> None:
    """I8: neither the question nor the vote on it, nor in any count."""
    folder = written(tmp_path)
    assert not any(b"gold" in (folder / name).read_bytes() for name in FILES if "sheet" not in name)
    assert json.loads((folder / "datasheet.json").read_text())["votes"]["counted"] == 4


def test_leaving_all_gold_out_changes_no_byte(tmp_path: Path) -> None:
    """I8."""
    (tmp_path / "bare").mkdir()
    bare = written(
        tmp_path / "bare",
        votes=events().filter(~pl.col("is_gold")), items=items().filter(~pl.col("is_gold")),
    )  # fmt: skip
    folder = written(tmp_path)
    assert [(folder / name).read_bytes() for name in FILES] == [
        (bare / name).read_bytes() for name in FILES
    ]


def test_a_worker_table_is_safe_in_a_spreadsheet(tmp_path: Path) -> None:
    assert "ben,1,'=1+1" in (written(tmp_path) / "workers.csv").read_text()


def test_the_triple_of_crowd_kit_holds_counted_votes(tmp_path: Path) -> None:
    """C64."""
    lines = (written(tmp_path) / "crowdkit.csv").read_text().splitlines()
    assert lines == [
        "task,worker,label",
        "q1:fear,ann,yes", "q1:fear,ben,yes", "q1:fear,cem,no", "q2:fear,ann,no",
    ]  # fmt: skip


def test_label_studio_gets_votes_as_annotations_and_labels_as_predictions(tmp_path: Path) -> None:
    """C64."""
    first, second = json.loads((written(tmp_path) / "label-studio.json").read_text())
    assert first["data"]["question"] == "Do you feel fear seeing this image?"
    assert [one["result"][0]["value"]["choices"] for one in first["annotations"]] == [
        ["yes"], ["yes"], ["no"],
    ]  # fmt: skip
    assert second["predictions"][0]["score"] == 0.125
    assert second["predictions"][0]["result"][0]["value"] == {"choices": ["no"]}


def test_the_data_sheet_tells_consent_pay_agreement_and_precision(tmp_path: Path) -> None:
    """C64, C40: raw agreement is 1 of 3 pairs; one cent in 4.2 s is 8.57 an hour."""
    sheet = json.loads((written(tmp_path) / "datasheet.json").read_text())
    assert sheet["consent"]["version"] == "2026-11"
    assert sheet["pay"]["per_hour_at_75th_percentile"] == "8.57"
    assert "under the floor of 9.00 USD" in sheet["pay"]["warning"]
    assert sheet["agreement"]["questions"] == 1
    assert sheet["agreement"]["raw"] == pytest.approx(1 / 3, abs=1e-6)
    assert sheet["precision_by_emotion"]["fear"] == {
        "kept": 1, "with_posterior": 1, "expected": 0.75,
    }  # fmt: skip


def test_a_name_cannot_break_out_of_the_data_sheet(tmp_path: Path) -> None:
    folder = written(tmp_path, campaign={"name": "<b>x</b>\n# Big | bad"})
    page = (folder / "datasheet.md").read_text()
    assert page.splitlines()[0] == r"# Data sheet: \<b\>x\</b\> \# Big \| bad"


def test_the_data_sheet_says_when_nobody_answered(tmp_path: Path) -> None:
    page = (written(tmp_path, campaign={"is_simulated": True}) / "datasheet.md").read_text()
    assert "No person answered" in page
    assert "## Consent" not in page


def test_equal_tables_in_another_order_give_equal_bytes(tmp_path: Path) -> None:
    """I14."""
    (tmp_path / "mixed").mkdir()
    mixed = written(
        tmp_path / "mixed",
        votes=events().reverse(), items=items().reverse(), workers=workers().reverse(),
        campaign=dict(reversed(CAMPAIGN.items())),
    )  # fmt: skip
    folder = written(tmp_path)
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == [
        path.read_bytes() for path in sorted(mixed.iterdir())
    ]


@pytest.mark.parametrize("identity", ["A1B2C3D4E5F6G7", "5f0a" * 6, "ann@example.org"])
def test_an_identity_instead_of_a_pseudonym_is_refused(tmp_path: Path, identity: str) -> None:
    """I13."""
    wrong = workers().with_columns(worker=pl.col("worker").replace("ann", identity))
    with pytest.raises(Refused, match="give a pseudonym") as refusal:
        written(tmp_path, workers=wrong)
    assert identity not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_what_must_never_leave_is_looked_for_in_every_file(tmp_path: Path) -> None:
    """I13, C70: here somebody wrote a marketplace's id into a worker's note."""
    wrong = workers().with_columns(note=pl.lit("same as AXYZ"))
    with pytest.raises(Refused, match=r"workers\.csv would hold an id") as refusal:
        written(tmp_path, workers=wrong, never=["AXYZ", "", "other"])
    assert "AXYZ" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_a_secret_in_the_configuration_is_refused(tmp_path: Path) -> None:
    """C69."""
    with pytest.raises(Refused, match=r"'provider.options.api_token'"):
        written(tmp_path, campaign={"provider": {"options": [{"api_token": "x"}]}})


def test_an_export_overwrites_nothing(tmp_path: Path) -> None:
    written(tmp_path)
    with pytest.raises(Refused, match="is there already"):
        written(tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskTrouble, match="cannot be written"):
        written(tmp_path / "file")


def test_what_a_killed_export_left_does_not_stay(tmp_path: Path) -> None:
    (tmp_path / ".export.part").mkdir()
    (tmp_path / ".export.part" / "old.csv").write_text("old")
    assert not (written(tmp_path) / "old.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"votes": events().drop("policy")}, "lacks the column 'policy'"),
        ({"items": items().head(1)}, "3 votes are on questions that are no items"),
        ({"items": items().with_columns(decision=pl.lit("yes"))}, "decision = 'yes'"),
        ({"items": items().with_columns(posterior=pl.lit(1.5))}, "posterior = 1.5"),
        (
            {"items": items().with_columns(is_gold=pl.lit(value=True))},
            "say of item and votes alike",
        ),
        ({"workers": workers().drop("worker")}, "`worker` and columns of text"),
        ({"workers": workers().with_columns(pl.col("votes").implode())}, r"leave out \['votes'\]"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(TableError, match=told):
        written(tmp_path, **wrong)


@pytest.mark.parametrize(
    ("campaign", "told"),
    [
        ({"name": object()}, "cannot be written as JSON"),
        ({"share": float("nan")}, "cannot be written as JSON"),
        ({"pay": {"per_batch": "much", "batch_size": 10}}, "`per_batch` must be an amount"),
        ({"consent": "yes"}, "`consent` of the campaign is 'yes'"),
    ],
)
def test_a_wrong_configuration_is_refused(
    tmp_path: Path, campaign: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        written(tmp_path, campaign=campaign)


def test_a_campaign_without_anything_is_exported_too(tmp_path: Path) -> None:
    nothing = {"votes": events().head(0), "items": items().head(0), "workers": workers().head(0)}
    folder = written(tmp_path, **nothing, campaign={})
    assert (folder / "labels.csv").read_text().count("\n") == 1
    assert json.loads((folder / "datasheet.json").read_text())["agreement"]["raw"] is None


def test_a_time_without_a_measure_is_an_empty_cell(tmp_path: Path) -> None:
    one = deed(0, "q1", "ann", felt=True, seconds=None).with_columns(policy=pl.lit("fixed 5"))
    assert rows(written(tmp_path, votes=one), "votes.csv")[0]["seconds"] is None
