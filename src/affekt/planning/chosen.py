"""A policy as a command names it: a kind and settings."""

from collections.abc import Iterable

from affekt.errors import UsageError
from affekt.parts import named, read_settings
from affekt.policies import Policy


def policy_of(kind: str, settings: Iterable[str] = (), *, trust: bool = False) -> Policy:
    """Give the policy of that kind with settings such as ``votes=7``, each read as in a plan.

    Raises:
        UsageError: There is no such policy, or a setting is not one of its.
    """
    given = read_settings(settings, "--set")
    return named(Policy, kind, given, trust=trust)  # type: ignore[type-abstract]  # it gives a part


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
