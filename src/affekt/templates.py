"""The plans that affekt ships, and how a new one is written."""

import os
from importlib.resources import files
from pathlib import Path

from affekt.errors import DiskTrouble, Refused, UsageError
from affekt.parts import did_you_mean

FOLDER = files("affekt") / "plans"


def names() -> list[str]:
    """Names of the plans that ship, sorted."""
    return sorted(
        found.name.removesuffix(".toml")
        for found in FOLDER.iterdir()
        if found.name.endswith(".toml")
    )


def text(name: str) -> str:
    """Give the text of a plan that ships.

    Raises:
        UsageError: There is none of that name.
    """
    if name not in names():
        raise UsageError(f"there is no template {name!r}; {did_you_mean(name, names())}")
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def write(path: Path, name: str) -> Path:
    """Write a plan that ships to a new file and give its path.

    Raises:
        Refused: The file exists.
        UsageError: There is no such template.
        DiskTrouble: The folder cannot be written.
    """
    content = text(name).replace("plan.toml", path.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="utf-8"
        ) as file:
            file.write(content)
    except FileExistsError as trouble:
        raise Refused(
            f"{path}: exists and is not overwritten; name another file or move it away"
        ) from trouble
    except OSError as trouble:
        raise DiskTrouble(
            f"{path}: cannot be written ({trouble.strerror}); choose another folder"
        ) from trouble
    return path
