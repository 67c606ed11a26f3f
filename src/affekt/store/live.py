"""How far a stage has come, told to other processes by a small file beside its scratch."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from affekt.fetch.news import FORECAST, WAITING
from affekt.stage import Progress

NAME = "live.json"
EVERY_S = 1.0


def telling(folder: Path, watch: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Give a watch that tells one who asks, and leaves a note in a folder.

    That is at most once a second, but at once where somebody is waited for or no longer.
    """
    told, news = -EVERY_S, None

    def watching(progress: Progress) -> None:
        nonlocal told, news
        now = time.monotonic()
        newest = [progress.tallies.get(kind) for kind in (WAITING, FORECAST)]
        if now - told >= EVERY_S or newest != news:
            told, news = now, newest
            _leave(progress, folder / NAME)
        watch(progress)

    return watching


def _leave(progress: Progress, path: Path) -> None:
    """Write beside and rename; a note that a crash loses costs nothing, so none is forced out."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps({**progress._asdict(), "at": at}), encoding="utf-8")
    beside.replace(path)


def sentence(note: dict[str, Any]) -> str:
    """Give how far it is and as of when, from the note.

    >>> sentence({"done": 1200, "total": 5000, "failures": 3, "at": "2026-01-02T03:04:05+00:00"})
    '1,200 of 5,000, 3 failed, as of 2026-01-02 03:04:05 UTC'
    """
    text = f"{note['done']:,}" + (f" of {note['total']:,}" if note.get("total") else "")
    text += f", {note['failures']:,} failed" if note.get("failures") else ""
    return f"{text}, as of {note['at'][:19].replace('T', ' ')} UTC"
