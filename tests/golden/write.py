"""Golden answers: what each part said when its version was last raised, one file a part.

``python tests/golden/write.py features`` writes those of a family that are missing or belong to an
older version. It never replaces answers of the present version: if they moved, the part must raise
its ``version``, because people's products are filed under it.

A family joins by a function ``golden(part) -> JSON value`` in its exam
``tests/exams/test_<family>.py`` and one test there that calls `check`.
"""

import json
import math
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
if __name__ == "__main__":
    sys.path.insert(0, str(FOLDER.parents[1]))

from affekt.catalogue import FAMILIES  # noqa: E402
from affekt.errors import MissingExtra  # noqa: E402
from affekt.parts import Part  # noqa: E402  (after the root of the tests can be found)
from tests.exams.every import every  # noqa: E402

CLOSE = {
    "rel_tol": 1e-3,
    "abs_tol": 1e-4,
}  # other processors and library versions may differ so much


def path_of(part: type[Part]) -> Path:
    """File of a part's golden answer."""
    return FOLDER / f"{part.family}_{part.kind()}.json"


def complaint(part: type[Part], answer: Any) -> str:
    """Say what is wrong between a part's answer and its golden one; ``""`` when nothing is."""
    path, write = path_of(part), f"python tests/golden/write.py {part.family}"
    if not path.exists():
        return f"{part.kind()!r} has no golden answer {path.name}; write it: {write}"
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["version"] != part.version:
        return (
            f"{path.name} holds version {kept['version']} of {part.kind()!r}, which is at "
            f"version {part.version}; write it anew: {write}"
        )
    if not is_close(kept["answer"], answer):
        return (
            f"{part.kind()!r} answers differently, but its version still is {part.version}; if "
            f"that is meant, set `version = {part.version + 1}` in its class, then {write}"
        )
    return ""


def check(part: type[Part], answer: Any) -> None:
    """Fail when a part's answer moved; skip when nothing is there yet to hold it against."""
    said = complaint(part, answer)
    if not path_of(part).exists():  # a newcomer; a strict run fails on what is skipped
        pytest.skip(said)
    assert said == "", said


def is_close(kept: Any, came: Any) -> bool:
    """Tell whether two JSON values are the same, numbers with a fraction nearly."""
    if isinstance(kept, dict) and isinstance(came, dict):
        return list(kept) == list(came) and all(is_close(kept[key], came[key]) for key in kept)
    if isinstance(kept, list) and isinstance(came, list):
        return len(kept) == len(came) and all(map(is_close, kept, came))
    if isinstance(kept, float) and isinstance(came, float):
        return math.isclose(kept, came, **CLOSE)
    return type(kept) is type(came) and bool(kept == came)


def write(part: type[Part], answer: Any) -> str:
    """Write a part's golden answer unless one of its version is there; say what was done."""
    path = path_of(part)
    if path.exists() and json.loads(path.read_text(encoding="utf-8"))["version"] == part.version:
        return complaint(part, answer) or f"{path.name} stands"
    path.write_text(as_text(part.version, answer), encoding="utf-8")
    return f"{path.name} written"


def as_text(version: int, answer: Any) -> str:
    """Give the JSON text of a file: one line a row, or a value with its name."""
    opening, closing = "{}" if isinstance(answer, dict) else "[]"
    names = [f"{json.dumps(name)}: " for name in answer] if isinstance(answer, dict) else None
    values = list(answer.values() if isinstance(answer, dict) else answer)
    lines = [
        f"  {name}{json.dumps(value, ensure_ascii=False)}"
        for name, value in zip(names or [""] * len(values), values, strict=True)
    ]
    rows = ",\n".join(lines)
    return f'{{\n "version": {version},\n "answer": {opening}\n{rows}\n {closing}\n}}\n'


def main(words: list[str]) -> int:
    """Write what is missing in one family; 1 when an answer moved without its version."""
    if len(words) != 1 or words[0] not in FAMILIES:
        print(f"usage: python tests/golden/write.py FAMILY, one of {', '.join(FAMILIES)}")  # noqa: T201
        return 2
    (family,) = words
    golden = getattr(import_module(f"tests.exams.test_{family}"), "golden", None)
    if golden is None:
        print(f"no golden answers are kept of {family}: their exam holds all there is")  # noqa: T201
        return 0
    moved = 0
    for part in every(family):
        try:
            answer = golden(part)
        except MissingExtra as lacking:
            print(f"{family}_{part.kind()}.json left as it is: {lacking}")  # noqa: T201
            continue
        print(write(part, answer))  # noqa: T201  (a command, not the library)
        moved += bool(complaint(part, answer))
    return min(moved, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
