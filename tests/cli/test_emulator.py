"""The marketplace as a command: it says where it is, keeps its state, and ends when told to."""

import json
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests import patience
from tests.cli.run import AFFEKT, affekt


def started(*words: str) -> subprocess.Popen[str]:
    line = [*AFFEKT, "amt-emulator", *words]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told(process: subprocess.Popen[str]) -> dict[str, object]:
    """Read the document that the command prints before it waits."""
    assert process.stdout
    lines = iter(process.stdout.readline, "}\n")
    return dict(json.loads("".join(lines) + "}"))


@pytest.mark.slow
def test_it_runs_until_it_is_interrupted_and_keeps_its_state(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    process = started("--port", "0", "--json", "--seed", "5", "--state", str(state))
    try:
        address = told(process)["address"]
        assert httpx.get(f"{address}/worker").status_code == 200
        process.send_signal(signal.SIGINT)
        _, trouble = process.communicate(timeout=patience.SECONDS)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "interrupted" in trouble
    assert json.loads(state.read_text())["seed"] == 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--host", "0.0.0.0"), 4, "127.0.0.1 or ::1 only"),
        (("--faults", "wind=1"), 2, "the fault 'wind=1'"),
    ],
)
def test_what_cannot_be_is_told(words: tuple[str, ...], code: int, said: str) -> None:
    """I15."""
    process = started("--port", "0", *words)
    _, trouble = process.communicate(timeout=patience.SECONDS)
    assert (process.returncode, said in trouble) == (code, True)


@pytest.mark.slow
def test_a_replay_is_one_command(tmp_path: Path) -> None:
    """C2."""
    small = ["--items", "80", "--candidates", "60", "--quiet"]
    ended = affekt("replay", "paper", "out", *small, cwd=tmp_path)
    assert (ended.code, "fear: kept" in ended.out) == (0, True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "replay.csv", "replay.json", "replay.md",
    ]  # fmt: skip
