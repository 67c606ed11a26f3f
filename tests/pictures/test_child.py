"""The child's side of the pipe, spoken to in this process."""

import json
import resource
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from affekt.pictures.child import ANSWER, REQUEST, UNLIMITED, allow, answer, serve, warm
from affekt.pictures.upright import Bounds
from tests import nasty

ROOT = Path(__file__).parents[2]
BOUNDS = Bounds(1_000_000, 5_000)


def spoken(*questions: tuple[bytes, int, bytes]) -> list[tuple[bytes, dict[str, Any], bytes]]:
    """Give the answers to some requests: mark, values, bytes."""
    frames = b"".join(REQUEST.pack(verb, at, len(data)) + data for verb, at, data in questions)
    answers = BytesIO()
    serve(BytesIO(frames), answers, BOUNDS, 60.0)
    answers.seek(0)
    told = []
    while head := answers.read(ANSWER.size):
        mark, n_text, n_body = ANSWER.unpack(head)
        told.append((mark, json.loads(answers.read(n_text)), answers.read(n_body)))
    return told


def test_every_request_gets_one_answer_in_order() -> None:
    data = nasty.jpeg()
    told = spoken((b"f", 0, data), (b"p", UNLIMITED, data), (b"f", 0, data[:-2]), (b"t", 8, data))
    assert [mark for mark, _, _ in told] == [b"+", b"+", b"-", b"+"]
    assert [len(body) for _, _, body in told] == [0, 96 * 72 * 3, 0, 8 * 6 * 3]
    assert told[2][1]["reason"] == "truncated"


def test_half_a_request_is_the_end() -> None:
    answers = BytesIO()
    serve(BytesIO(REQUEST.pack(b"f", 0, 10)[:5]), answers, BOUNDS, 60.0)
    assert answers.getvalue() == b""


def test_rebuilding_answers_a_file_and_its_size() -> None:
    ((mark, values, body),) = spoken((b"r", 1_728, nasty.png()))
    assert (mark, values) == (b"+", {"format": "PNG", "width_px": 48, "height_px": 36})
    assert body.startswith(nasty.PNG_MAGIC)


def test_running_out_of_memory_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def starve(*_: object) -> None:
        raise MemoryError

    for place in ("JpegImagePlugin.JpegImageFile.load", "Image.Image.tobytes"):
        with monkeypatch.context() as context:
            context.setattr(f"PIL.{place}", starve)
            mark, told = answer(b"p", UNLIMITED, nasty.jpeg(), BOUNDS)
        assert (mark, told.values["reason"]) == (b"-", "decode-error")


def test_time_is_allowed_and_taken_back() -> None:
    allow(60.0)
    assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] != resource.RLIM_INFINITY
    allow(None)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY


LOCKED = """
import os, socket, sys
from affekt.pictures.child import lock
print(lock(512))
for attempt in (
    lambda: open("/etc/hostname"),
    lambda: socket.socket(),
    lambda: os.unlink(sys.argv[1]),
    lambda: os.rename(sys.argv[1], sys.argv[1] + "2"),
    lambda: os.mkdir(sys.argv[1] + "3"),
    lambda: os.truncate(sys.argv[1], 0),
    lambda: os.execv(sys.executable, [sys.executable, "--version"]),
    lambda: bytearray(2_000_000_000),
):
    try:
        attempt()
        print("done")
    except OSError as refused:
        print("refused")
    except MemoryError:
        print("no memory")
"""


@pytest.mark.slow
def test_a_locked_child_can_touch_nothing(tmp_path: Path) -> None:
    """X3, B49: no file, no socket, no name, no program, no memory beyond the limit."""
    victim = tmp_path / "victim"
    victim.write_text("here")
    told = subprocess.run(
        [sys.executable, "-c", LOCKED, str(victim)], capture_output=True, text=True, check=True
    )
    has_landlock, file, socket, *names, memory = told.stdout.splitlines()
    assert (file, socket, memory) == ("refused", "refused", "no memory")
    assert set(names) == {"refused"} or has_landlock == "False"


CRAMPED = """
import ctypes, resource
from affekt.pictures.decode import Decoders
from tests import nasty
# Whoever runs the tests: what this process starts may not raise a limit again.
ctypes.CDLL(None).prctl(24, 24)
resource.setrlimit(resource.RLIMIT_AS, (900_000_000,) * 2)
with Decoders(workers=1) as decoders:
    print(decoders.facts(nasty.jpeg()).format)
"""


@pytest.mark.slow
def test_where_the_system_gives_less_the_child_takes_less() -> None:
    """B80: a limit below its own cannot be raised, and is no reason to die."""
    told = subprocess.run(
        [sys.executable, "-c", CRAMPED], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (told.stdout, told.stderr) == ("JPEG\n", "")


def test_warming_up_reads_every_format() -> None:
    warm(BOUNDS)
