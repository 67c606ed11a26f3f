"""Finds the parts of a family by its folder: a newcomer is examined the moment it exists."""

import inspect

from pydantic import ValidationError

from affekt.errors import PartError
from affekt.parts import Part, find, kinds


def every(family: str) -> list[type[Part]]:
    """All parts of one family, in the order of their names.

    Raises:
        PartError: A part cannot sit an exam; one sentence, before any test of it fails in its way.
    """
    parts = [find(family, kind) for kind in kinds(family)]
    objections = [said for said in map(objection, parts) if said]
    if objections:
        raise PartError("; ".join(objections))
    return parts


def objection(part: type[Part]) -> str:
    """Say what keeps a part from sitting its exam; ``""`` when nothing does."""
    if not inspect.cleandoc(vars(part).get("__doc__") or ""):
        return f"{part.kind()!r} needs a docstring: its first line is what `affekt parts` shows"
    try:
        part.example()
    except ValidationError as trouble:
        needed = ", ".join(sorted({str(one["loc"][0]) for one in trouble.errors() if one["loc"]}))
        return (
            f"{part.kind()!r} needs example(), which gives one small instance: "
            f"{needed or 'a setting'} has no usable default"
        )
    return ""
