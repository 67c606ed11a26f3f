"""What a run leaves behind in the project: JSON lines, rotated."""

import json
import logging
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import click

from affekt import __version__
from affekt.fetch.secrets import hide
from affekt.foreign import clean


@dataclass
class _State:
    """Where this process logs, and whether it has printed its result."""

    path: Path | None = None
    printed: bool = False


LOG = _State()
logging.getLogger("affekt").addHandler(logging.NullHandler())
logging.getLogger("affekt").propagate = False  # what the user must read is printed by `exits`


class _JsonLines(logging.Formatter):
    """One JSON object a record, without the keys that were used."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "text": _told(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = _told(self.formatException(record.exc_info))
        return in_json(line)


def _told(text: str) -> str:
    return clean(hide(text), None, keep=" \n")


def in_json(value: Any, **how: Any) -> str:
    r"""Give a value as JSON in which an escape stands for what a terminal would obey.

    It reads back as it was.

    >>> print(in_json("f\u00fcr\x9b2J"))
    "für\u009b2J"
    """
    text = json.dumps(value, ensure_ascii=False, **how)
    return "".join(
        one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text
    )


def start(project: Path) -> None:
    """Log into the project's ``logs`` folder; where that cannot be written, log nowhere."""
    try:
        (project / "logs").mkdir(parents=True, exist_ok=True)
        path = project / "logs" / "affekt.jsonl"
        handler = RotatingFileHandler(path, maxBytes=5_000_000, backupCount=5, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(_JsonLines())
    logging.raiseExceptions = (
        False  # a disk too full for a line of the log is told by the work itself
    )
    root = logging.getLogger("affekt")
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    LOG.path = path
    logging.getLogger(__name__).info("affekt %s %s", __version__, " ".join(sys.argv[1:]))


def tell() -> None:
    """Say where the log of this run is, when there is one."""
    if LOG.path:
        click.echo(clean(f"log: {LOG.path}", None, keep=" "), err=True)
