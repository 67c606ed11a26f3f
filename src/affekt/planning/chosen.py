"""A policy as a command names it: a kind and settings."""

import tomllib
from collections.abc import Iterable
from typing import Any

from affekt.errors import UsageError
from affekt.parts import Reader
from affekt.policies import Policy


def policy_of(kind: str, settings: Iterable[str] = (), *, trust: bool = False) -> Policy:
    """Give the policy of that kind with settings such as ``votes=7``, each read as in a plan.

    Raises:
        UsageError: There is no such policy, or a setting is not one of its.
    """
    reader = Reader({}, trust=trust)
    given = {"kind": kind, **_read(settings)}
    found = reader.read(Policy, given, ())  # type: ignore[type-abstract]  # it gives a part
    if found is None:
        said = (f"{'.'.join(map(str, one.path))} {one.text}".strip() for one in reader.troubles)
        raise UsageError(f"policy {kind!r}: {'; '.join(said)}")
    return found


def pairs(text: str, what: str) -> dict[str, str]:
    """Read ``fear=13000,anger=11000``; nothing for an empty text.

    Raises:
        UsageError: A piece has no name or no value, or a name stands twice.
    """
    found: dict[str, str] = {}
    for piece in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, value = (word.strip() for word in piece.partition("="))
        if not name or not value or name in found:
            raise UsageError(
                f"{what}: {piece!r} is not understood; each emotion once is expected, as in "
                "fear=13000,awe=11000"
            )
        found[name] = value
    return found


def _read(settings: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for setting in settings:
        try:
            found |= tomllib.loads(setting)
        except tomllib.TOMLDecodeError as trouble:
            raise UsageError(
                f"--set {setting!r} is not understood; write it as in a plan, such as votes=7"
            ) from trouble
    return found
