"""Sections of a plan that a program wrote: as text, and held against the rest of the plan."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from affekt.parts import Trouble
from affekt.plan.file import given_in
from affekt.plan.reading import Reading

BARE = re.compile(r"[A-Za-z0-9_-]+")


def troubles_with(path: Path, sections: Mapping[str, Any]) -> list[Trouble]:
    """Give all that would be wrong with a plan if sections stood in place of its own.

    Args:
        path: File of the plan; code outside affekt that it names is not run.
        sections: Name → settings.

    Raises:
        PlanError: There is no such file, or it is no TOML.
        DiskTrouble: It cannot be read.
    """
    _, given = given_in(path)
    reading = Reading(path, {**given, **tomllib.loads(written(sections))}, trust=False)
    reading.plan("")
    return reading.troubles


def written(sections: Mapping[str, Any]) -> str:
    r"""Give tables as TOML; those within them get a header of their own.

    >>> print(written({"verify": {"until": {"kind": "fixed", "votes": 5}}}), end="")
    [verify.until]
    kind = "fixed"
    votes = 5
    """
    blocks = [block for name, one in sections.items() for block in _blocks((name,), one)]
    return "\n".join(blocks)


def _blocks(path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
    plain = {name: one for name, one in table.items() if not isinstance(one, Mapping)}
    if plain or not table:
        lines = (f"{_key(name)} = {_value(one)}\n" for name, one in plain.items())
        yield f"[{'.'.join(map(_key, path))}]\n{''.join(lines)}"
    for name, one in table.items():
        if isinstance(one, Mapping):
            yield from _blocks((*path, name), one)


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, str | Decimal):
        return _text(str(value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + " }"
        )
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    return str(value)


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")
