"""How a command ends: one sentence, the documented exit code, and a log of what happened.

0 done · 1 failed or findings · 2 usage or plan · 3 not finished yet · 4 refused · 5 machine ·
130 interrupted
"""

import errno
import io
import logging
import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

import click

from affekt.cli import log
from affekt.cli.log import LOG, in_json
from affekt.errors import AffektError, DiskTrouble, NotYet, PlanError
from affekt.fetch.secrets import hide
from affekt.foreign import clean

INTERRUPTED = 130
_FULL = (errno.ENOSPC, errno.EDQUOT)
_NO_SPACE = "standard output: no space left; free some, or send it to another disk, and run again"


class Findings(Exception):
    """The command did its work and found something wrong; everything is printed already."""


def run(command: click.Group) -> None:
    """Run a command and end the process with its exit code."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, _interrupt)
    as_json, debug = "--json" in sys.argv, "--debug" in sys.argv
    out = sys.stdout
    try:
        code = _outcome(command, as_json=as_json, debug=debug)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as end:
        code = _left(end, out)
    if code == INTERRUPTED:
        sys.stderr.flush()
        os._exit(code)  # all is closed by now; unloading libraries would only keep the user waiting
    sys.exit(code)


def _outcome(command: click.Group, *, as_json: bool, debug: bool) -> int:
    try:
        code = command(prog_name="affekt", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except Findings:
        return 1
    except click.ClickException as trouble:
        _show(trouble)
        _document(trouble.format_message(), as_json, "UsageError")
        return 2
    except (KeyboardInterrupt, click.Abort):
        return _interrupted(as_json=as_json)
    except AffektError as trouble:
        return _told(trouble, as_json=as_json)
    except BrokenPipeError:
        raise
    except Exception as defect:
        if isinstance(defect, OSError) and defect.errno in _FULL and not defect.filename:
            return _told(DiskTrouble(_NO_SPACE), as_json=False)  # no document fits there, either
        return _defect(defect, as_json=as_json, debug=debug)


def _show(trouble: click.ClickException) -> None:
    """Print what click says, which repeats words of the command line."""
    shown = io.StringIO()
    trouble.show(shown)
    _print(shown.getvalue())


def _left(end: BaseException, out: TextIO) -> int:
    """Give the code of a command that click has ended by itself.

    It does so after answering a completion, and, with its own standard output in place of ours,
    when the reader went away: then leave quietly, and keep Python from flushing into that pipe.
    """
    if isinstance(end, SystemExit) and sys.stdout is out:
        return int(end.code or 0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
    return 0


def _interrupted(*, as_json: bool) -> int:
    text = "interrupted; steps that are finished are kept, run the same command again"
    _say(text, as_json, "Interrupted")
    return INTERRUPTED


def _told(trouble: AffektError, *, as_json: bool) -> int:
    logging.getLogger(__name__).warning("%s: %s", type(trouble).__name__, trouble)
    more: dict[str, Any] = {}
    if isinstance(trouble, PlanError):
        more["problems"] = [problem._asdict() for problem in trouble.problems]
    _say(str(trouble), as_json, type(trouble).__name__, **more)
    if not isinstance(trouble, NotYet | PlanError):
        log.tell()
    return trouble.exit_code


def _defect(defect: Exception, *, as_json: bool, debug: bool) -> int:
    if signal.getsignal(signal.SIGINT) is _leave:  # a library made another error of the interrupt
        return _interrupted(as_json=as_json)
    logging.getLogger(__name__).error("defect", exc_info=defect)
    where = traceback.extract_tb(defect.__traceback__)[-1]
    place = f"{Path(where.filename).name}:{where.lineno}"
    text = f"a defect of affekt: {type(defect).__name__}: {defect} (in {place})"
    _say(text, as_json, "Defect")
    if debug:
        _print("".join(traceback.format_exception(defect)))
    else:
        click.echo(
            "--debug shows the whole traceback" + (f"; log: {LOG.path}" if LOG.path else ""),
            err=True,
        )
    return 1


def _say(text: str, as_json: bool, kind: str, **more: Any) -> None:
    _print(text)
    _document(text, as_json, kind, **more)


def _print(text: str) -> None:
    """Print on standard error, whatever stands in it, without the keys that were used."""
    click.echo(clean(hide(text), None, keep=" \n").rstrip("\n"), err=True)


def _document(text: str, as_json: bool, kind: str, **more: Any) -> None:
    if as_json and not LOG.printed:
        click.echo(hide(in_json({"error": {"kind": kind, "text": text, **more}})))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Stop what runs so that it can clean up; a second interrupt does not wait for that."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, _leave)
    raise KeyboardInterrupt


def _leave(_signal: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)  # what has its final name is whole, whenever a process ends
