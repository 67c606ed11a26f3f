"""Finds the parts of a family by its folder: a newcomer is examined the moment it exists."""

from affekt.parts import Part, find, kinds


def every(family: str) -> list[type[Part]]:
    """All parts of one family, in the order of their names."""
    return [find(family, kind) for kind in kinds(family)]
