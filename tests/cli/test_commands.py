"""The command line as a user meets it: sentences, exit codes, JSON."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests import patience
from tests.cli.run import AFFEKT, affekt
from tests.rights import needs_rights

pytestmark = pytest.mark.slow

VOTES = 'crowd = { kind = "csvfile", path = "votes.csv" }'


def plan(folder: Path, *changes: tuple[str, str]) -> Path:
    """The tiny plan, changed."""
    assert affekt("new", "plan.toml", "--template", "tiny", cwd=folder).code == 0
    path = folder / "plan.toml"
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path


def test_an_unknown_template_names_the_known_ones(tmp_path: Path) -> None:
    ran = affekt("new", "--template", "tiney", cwd=tmp_path)
    assert ran.code == 2
    assert "did you mean 'tiny'" in ran.err


def test_a_wrong_plan_is_exit_2_with_all_its_problems(tmp_path: Path) -> None:
    """B01, C9."""
    plan(tmp_path, ("seed", "sede"), ('"simulated"', '"simulatd"'))
    ran = affekt("check", "plan.toml", cwd=tmp_path)
    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) == 2
    assert "Traceback" not in ran.err
    as_json = affekt("check", "plan.toml", "--json", cwd=tmp_path)
    assert [one["key"] for one in as_json.document["error"]["problems"]] == [
        "sede",
        "verify.crowd.kind",
    ]


def test_wrong_words_on_the_command_line_are_exit_2(tmp_path: Path) -> None:
    """C9."""
    assert affekt("bild", cwd=tmp_path).code == 2
    assert affekt("build", cwd=tmp_path).code == 2
    assert affekt("parts", "features", "texture_x", cwd=tmp_path).code == 2


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """C4."""
    plan(tmp_path)
    ran = affekt("build", "plan.toml", "--dry-run", "--json", cwd=tmp_path)
    assert ran.code == 0
    told = {step["name"]: step["text"] for step in ran.document}
    assert "320 votes" in told["verify"]
    assert not (tmp_path / "work").exists()


def test_waiting_for_votes_is_exit_3_and_is_remembered(tmp_path: Path) -> None:
    """C9, C5."""
    plan(tmp_path, ('crowd = "simulated"', VOTES))
    (tmp_path / "votes.csv").write_text("image_id,emotion,worker,answer\n")
    ran = affekt("build", "plan.toml", cwd=tmp_path)
    assert ran.code == 3
    assert "questions" in ran.err
    states = {
        step["name"]: step["state"]
        for step in affekt("status", "plan.toml", "--json", cwd=tmp_path).document
    }
    assert (states["sample"], states["verify"], states["decide"]) == ("done", "waiting", "open")


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    """B14."""
    process = subprocess.Popen(
        [*AFFEKT, "parts", "--json"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=patience.SECONDS)
    assert process.returncode == 0
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err


def test_output_without_a_terminal_has_no_control_codes(tmp_path: Path) -> None:
    """B15, C8."""
    ran = affekt("parts", cwd=tmp_path, TERM="dumb", COLUMNS="40", NO_COLOR="1")
    assert ran.code == 0
    assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_a_second_interrupt_stops_at_once_and_the_next_run_goes_on(
    tmp_path: Path, first: signal.Signals
) -> None:
    """B12, C10."""
    plan(tmp_path, ("per_emotion = 8, photographs", "per_emotion = 40, photographs"))
    process = subprocess.Popen(
        [*AFFEKT, "build", "plan.toml"], cwd=tmp_path, stderr=subprocess.PIPE
    )
    while not list(tmp_path.glob("work/products/collect-*")):
        time.sleep(0.02)
    process.send_signal(first)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=patience.SECONDS)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert affekt("build", "plan.toml", cwd=tmp_path).code == 0


def test_an_interrupt_is_exit_130_and_the_next_run_goes_on(tmp_path: Path) -> None:
    """B12, C10."""
    plan(tmp_path, ("per_emotion = 8, photographs", "per_emotion = 40, photographs"))
    process = subprocess.Popen(
        [*AFFEKT, "build", "plan.toml"], cwd=tmp_path, stderr=subprocess.PIPE
    )
    while not (tmp_path / "work" / "products").is_dir():
        time.sleep(0.02)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=patience.SECONDS)
    assert process.returncode == 130
    assert time.monotonic() - began < 30
    assert b"run the same command again" in err
    assert affekt("build", "plan.toml", cwd=tmp_path).code == 0


def test_two_builds_at_once_are_told_apart(tmp_path: Path) -> None:
    """B13."""
    plan(tmp_path, ("per_emotion = 8, photographs", "per_emotion = 40, photographs"))
    first = subprocess.Popen(
        [*AFFEKT, "build", "plan.toml"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    lock = tmp_path / "work" / "lock"
    while not (lock.exists() and lock.stat().st_size):
        time.sleep(0.02)
    second = affekt("build", "plan.toml", cwd=tmp_path)
    first.communicate(timeout=patience.SECONDS)
    assert second.code == 4
    assert f"process {first.pid}" in second.err


@needs_rights
def test_a_read_only_project_is_exit_5(tmp_path: Path) -> None:
    """B09."""
    plan(tmp_path)
    (tmp_path / "work").mkdir(mode=0o500)
    ran = affekt("build", "plan.toml", cwd=tmp_path)
    assert ran.code == 5


def test_doctor_finds_a_sound_machine_and_a_damaged_journal(tmp_path: Path) -> None:
    """C13, B19."""
    assert affekt("doctor", "work", cwd=tmp_path).code == 0
    journal = tmp_path / "work" / "journal"
    journal.mkdir(parents=True)
    (journal / "votes.db").write_bytes(b"no database at all" * 100)
    ran = affekt("doctor", "work", "--json", cwd=tmp_path)
    assert ran.code == 5
    assert any(one["name"] == "votes" and one["remedy"] for one in ran.document)
