"""What a run leaves behind in the project: JSON lines, rotated."""

import json
import logging
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

import click

from affekt import __version__
from affekt.fetch.secrets import hide


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
            "text": hide(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = hide(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


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
    words = [one for one in sys.argv[1:] if one.isprintable()]
    logging.getLogger(__name__).info("affekt %s %s", __version__, " ".join(words))


def tell() -> None:
    """Say where the log of this run is, when there is one."""
    if LOG.path:
        click.echo(f"log: {LOG.path}", err=True)
