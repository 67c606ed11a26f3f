"""The commands on a campaign that runs, as somebody who looks after it meets them."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from affekt import templates
from affekt.exports import read_export
from affekt.journal.votes import FILE
from tests.cli import run
from tests.cli.run import Command

VOTES = Path("work/journal") / FILE


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a simulated crowd has answered everything."""
    folder = tmp_path_factory.mktemp("asked")
    templates.write(folder / "plan.toml", "tiny")
    text = (folder / "plan.toml").read_text().replace("per_emotion = 8", "per_emotion = 2")
    (folder / "plan.toml").write_text(text)
    ran = run.affekt("build", "plan.toml", "--to", "verify", "--quiet", cwd=folder)
    assert ran.code == 0, ran.err
    return folder


@pytest.fixture
def project(asked: Path, affekt: Command) -> Command:
    """``affekt WORDS`` in a folder of its own that is equal to that one."""
    shutil.copytree(asked, Path(), dirs_exist_ok=True)
    return affekt


def changed(statement: str) -> None:
    with closing(sqlite3.connect(VOTES)) as votes:
        votes.execute(statement)
        votes.commit()


def test_where_nobody_was_asked_there_is_nothing_to_look_after(affekt: Command) -> None:
    templates.write(Path("plan.toml"), "tiny")
    ran = affekt("crowd", "status", "plan.toml")
    assert ran.code == 2
    assert "run `affekt build` first" in ran.err
    assert not VOTES.exists()


@pytest.mark.slow
def test_the_books_of_a_campaign_add_up(project: Command) -> None:
    """C27, I6."""
    ran = project("crowd", "verify-books", "plan.toml")
    assert ran.code == 0, ran.err
    assert ran.out == "the books add up\n"


@pytest.mark.slow
def test_every_difference_in_the_books_is_told_and_the_command_fails(project: Command) -> None:
    """C27, I6."""
    changed("UPDATE items SET yes = yes + 1 WHERE id <= 2")
    ran = project("crowd", "verify-books", "plan.toml", "--json")
    assert ran.code == 1
    assert [one["what"] for one in json.loads(ran.out)] == ["I6", "I6"]


@pytest.mark.slow
def test_status_counts_votes_and_decisions_by_emotion(project: Command) -> None:
    """C62."""
    told = json.loads(project("crowd", "status", "plan.toml", "--json").out)
    emotions = told["emotions"]
    assert told["state"] == "open"
    assert told["votes"] == sum(one["votes"] for one in emotions)
    assert all(one["decided"] == one["n_questions"] for one in emotions)
    assert told["open_leases"] == 0


@pytest.mark.slow
def test_an_export_holds_every_vote_and_reads_back(project: Command) -> None:
    """C64."""
    ran = project("crowd", "export", "plan.toml", "-o", "published", "--json")
    assert ran.code == 0, ran.err
    with closing(sqlite3.connect(VOTES)) as votes:
        (n,) = votes.execute("SELECT count(*) FROM votes").fetchone()
    assert read_export(Path("published")).votes.height == n


@pytest.mark.slow
def test_an_export_tells_both_labels_of_every_question(project: Command) -> None:
    """C64."""
    project("crowd", "export", "plan.toml", "-o", "published")
    labels = pl.read_parquet("published/labels.parquet")
    kept = labels["decision"] == "keep"
    assert labels["at_least"].to_list() == kept.to_list()
    assert labels["two_sided"].is_between(0, 1).all()


@pytest.mark.slow
def test_two_exports_of_one_campaign_are_equal(project: Command) -> None:
    """I14."""
    project("crowd", "export", "plan.toml", "-o", "one")
    project("crowd", "export", "plan.toml", "-o", "two")
    assert Path("one/manifest.json").read_bytes() == Path("two/manifest.json").read_bytes()


@pytest.mark.slow
def test_workers_are_shown_with_their_evidence(project: Command) -> None:
    """C29, C30."""
    told = json.loads(project("crowd", "workers", "plan.toml", "--json").out)
    assert {"worker", "votes", "agreement", "agreement_low"} <= set(told["workers"][0])
    assert isinstance(told["proposals"], list)


@pytest.mark.slow
def test_gold_is_added_once_and_leaves_labels_and_export_alone(project: Command) -> None:
    """C28, I8."""
    project("crowd", "export", "plan.toml", "-o", "before")
    with closing(sqlite3.connect(VOTES)) as votes:
        (image,) = votes.execute("SELECT min(image_id) FROM items").fetchone()
    Path("known.csv").write_text(f"image_id,emotion,truth\n{image},awe,awe\n{image},fear,awe\n")
    for _ in range(2):
        assert project("crowd", "gold", "plan.toml", "known.csv").code == 0
    with closing(sqlite3.connect(VOTES)) as votes:
        found = votes.execute("SELECT gold FROM items WHERE gold IS NOT NULL ORDER BY id")
        assert found.fetchall() == [(1,), (0,)]
    project("crowd", "export", "plan.toml", "-o", "after")
    assert Path("after/labels.csv").read_bytes() == Path("before/labels.csv").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("emotion,truth\n", "image_id or file are needed"),
        ("image_id,emotion,truth\nx,awe,awe\n", "line 2: image_id is 'x'"),
        ("image_id,emotion,truth\nx,awe,bliss\n", "line 2: truth is 'bliss'"),
        ("file,emotion,truth\nnone.jpg,awe,awe\n", "none.jpg: cannot be read"),
    ],
)
def test_gold_that_is_not_understood_is_told(table: str, said: str, project: Command) -> None:
    Path("known.csv").write_text(table)
    ran = project("crowd", "gold", "plan.toml", "known.csv")
    assert ran.code in (2, 5)
    assert said in ran.err


@pytest.mark.slow
def test_links_are_as_many_as_asked_for_and_only_their_hashes_are_kept(project: Command) -> None:
    """C65."""
    words = ("-n", "3", "--public-url", "https://study.example.org/", "--json")
    links = json.loads(project("crowd", "invite", "plan.toml", *words).out)
    assert len({one["link"] for one in links}) == 3
    secret = links[0]["link"].removeprefix("https://study.example.org/w/")
    assert secret.encode() not in VOTES.read_bytes()


@pytest.mark.slow
def test_a_pause_and_its_end_are_on_record(project: Command) -> None:
    """I11."""
    assert project("crowd", "pause", "plan.toml", "--why", "moving").out == "campaign: paused\n"
    assert project("crowd", "resume", "plan.toml", "--why", "moved").out == "campaign: open\n"
    with closing(sqlite3.connect(VOTES)) as votes:
        found = votes.execute("SELECT action, why FROM audit ORDER BY id").fetchall()
    assert found == [("set paused", "moving"), ("set open", "moved")]


@pytest.mark.slow
def test_a_closed_campaign_stays_closed(project: Command) -> None:
    assert project("crowd", "close", "plan.toml", "--why", "enough").out == "campaign: closed\n"
    ran = project("crowd", "resume", "plan.toml", "--why", "more")
    assert ran.code == 4
    assert "the campaign is closed" in ran.err


@pytest.mark.slow
def test_a_move_without_a_reason_is_refused(project: Command) -> None:
    """I11."""
    ran = project("crowd", "pause", "plan.toml", "--why", " ")
    assert ran.code == 2
    assert "say --why" in ran.err


@pytest.mark.slow
def test_an_archive_restores_to_a_campaign_of_equal_exports(project: Command) -> None:
    """C27."""
    project("crowd", "export", "plan.toml", "-o", "before")
    assert project("crowd", "archive", "plan.toml", "campaign.zip").code == 0
    for one in VOTES.parent.glob(f"{FILE}*"):
        one.unlink()
    assert project("crowd", "restore", "plan.toml", "campaign.zip").code == 0
    project("crowd", "export", "plan.toml", "-o", "after")
    assert Path("before/manifest.json").read_bytes() == Path("after/manifest.json").read_bytes()


@pytest.mark.slow
def test_nothing_is_restored_over_a_campaign(project: Command) -> None:
    """C27."""
    project("crowd", "archive", "plan.toml", "campaign.zip")
    ran = project("crowd", "restore", "plan.toml", "campaign.zip")
    assert ran.code == 4
    assert "restore to an empty database" in ran.err


@pytest.mark.slow
def test_a_backup_lies_beside_the_file(project: Command) -> None:
    """C27."""
    told = json.loads(project("crowd", "backup", "plan.toml", "--json").out)
    assert Path(told["backup"]).exists()


@pytest.mark.slow
def test_a_worker_is_given_all_that_is_kept_and_taken_out(project: Command) -> None:
    """C70."""
    (made,) = json.loads(project("crowd", "invite", "plan.toml", "--json").out)
    name = made["worker"]
    told = json.loads(project("crowd", "access", "plan.toml", name).out)
    assert told["person"]["pseudonym"] == name
    assert project("crowd", "erase", "plan.toml", name, "--why", "asked to be").code == 0
    told = json.loads(project("crowd", "access", "plan.toml", name).out)
    assert told["person"]["state"] == "closed"


@pytest.mark.slow
def test_nobody_unknown_is_erased(project: Command) -> None:
    ran = project("crowd", "erase", "plan.toml", "w000", "--why", "asked to be")
    assert ran.code == 4
    assert "no worker 'w000'" in ran.err


@pytest.mark.slow
def test_who_people_are_is_due_to_be_erased_behind_the_end(project: Command) -> None:
    """C70: nothing is erased before that."""
    before = project("crowd", "erase-due", "plan.toml").out
    assert before == (
        "erased: 0 people; is erased 90 days after the campaign is closed; kept of 0 people\n"
    )
    project("crowd", "close", "plan.toml", "--why", "enough")
    told = json.loads(project("crowd", "erase-due", "plan.toml", "--json").out)
    assert (told["erased"], told["owed"], told["days"]) == (0, 0, 90)
    assert told["due_at"] - told["ended_at"] == 90 * 24 * 3600 * 1_000_000
    assert (
        "who people are: is due to be erased at 20" in project("crowd", "status", "plan.toml").out
    )
