"""Reads the file of a plan and tells every problem with its line and column."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

from affekt.errors import DiskTrouble, PlanError, Problem
from affekt.parts import Trouble
from affekt.plan.places import Places
from affekt.plan.reading import Reading
from affekt.plan.shapes import Plan

MAX_BYTES = 1_000_000  # a plan is written by hand; more is a mistake or an attack


def read(path: Path, *, trust: bool = False) -> Plan:
    """Give the plan in a file.

    Args:
        path: A TOML file; a byte-order mark and CRLF are fine.
        trust: Follow dotted kinds, which runs code outside affekt.

    Raises:
        PlanError: All that is wrong with it, each with line and column.
        DiskTrouble: The file cannot be read.
    """
    text, given = given_in(path)
    reading = Reading(path, given, trust)
    plan = reading.plan(hashlib.sha256(text.encode()).hexdigest())
    if plan is None or reading.troubles:
        raise PlanError(str(path), _problems(reading.troubles, Places(text)))
    return plan


def given_in(path: Path) -> tuple[str, dict[str, Any]]:
    """Give the text of a plan and what is written in it, unread.

    Raises:
        PlanError: There is no such file, or it is no TOML.
        DiskTrouble: It cannot be read.
    """
    text = _text(path)
    try:
        return text, tomllib.loads(text)
    except (ValueError, RecursionError) as trouble:  # besides syntax: long numbers, deep lists
        raise PlanError(str(path), (_syntax(text, str(trouble)),)) from trouble


def _text(path: Path) -> str:
    try:
        return _decoded(path, _bytes(path)).replace("\r\n", "\n")
    except OSError as trouble:
        raise DiskTrouble(
            f"{path}: cannot be read ({trouble.strerror}); check its permissions"
        ) from trouble


def _bytes(path: Path) -> bytes:
    if not path.exists():
        raise _wrong(path, "there is no such file; `affekt new` writes one")
    if path.is_dir():
        raise _wrong(path, "is a folder; name the plan file in it")
    if not path.is_file() and not path.is_fifo():  # a pipe, as in <(…), is fine; a device is not
        raise _wrong(path, "is no file; a plan is a short text")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _wrong(path, f"is larger than {MAX_BYTES:,} bytes; a plan is a short text")
    return data


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = data[: trouble.start].count(b"\n") + 1
        raise _wrong(path, "is not UTF-8 here; save it as UTF-8", line) from trouble


def _wrong(path: Path, text: str, line: int = 1) -> PlanError:
    return PlanError(str(path), (Problem(line, 1, "", text),))


def _syntax(text: str, message: str) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    what = message.split(" (at ")[0]
    if "overwrite" in what or "twice" in what:
        what += "; the same key or section stands twice, keep one of them"
    if found:
        return Problem(int(found[1]), int(found[2]), "", f"TOML cannot be read: {what}")
    return Problem(text.count("\n") + 1, 1, "", f"TOML cannot be read: {what}")


def _problems(troubles: list[Trouble], places: Places) -> tuple[Problem, ...]:
    found = []
    for trouble in troubles:
        line, column = places.of(trouble.path, key=trouble.at_key)
        name = ".".join(str(step) for step in trouble.path).replace("__root__", "")
        found.append(Problem(line, column, name, trouble.text))
    return tuple(sorted(dict.fromkeys(found)))
