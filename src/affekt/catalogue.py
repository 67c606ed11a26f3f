"""What a plan can name: the parts of a family, and the settings of one part."""

import inspect
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pydantic_core import PydanticUndefined

from affekt.parts import Part, find, kinds

FAMILIES = ("sources", "crowd", "rules", "features", "models", "datasets", "protocols")
HANDED_DOWN = ("seed", "taxonomy", "sources", "title")  # the plan gives these where they are absent


@dataclass(frozen=True)
class Setting:
    """One key that a plan may set."""

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Listing:
    """One part: how a plan names it, what it gives, its settings."""

    family: str
    kind: str
    gives: str
    settings: tuple[Setting, ...]


def listing(family: str | None = None, kind: str | None = None) -> list[Listing]:
    """Give the parts of one family, or of all, in order.

    Raises:
        UsageError: The family has no such part.
    """
    families = (family,) if family else FAMILIES
    return [
        _listed(find(one, name)) for one in families for name in ((kind,) if kind else kinds(one))
    ]


def _listed(part: type[Part]) -> Listing:
    settings = tuple(_setting(name, field) for name, field in part.model_fields.items())
    return Listing(part.family, part.kind(), first_line(part), settings)


def _setting(name: str, field: Any) -> Setting:
    default = "from the plan" if name in HANDED_DOWN else "needed"
    if field.default is not PydanticUndefined:
        default = repr(field.default)
    elif field.default_factory is not None:
        default = repr(field.default_factory())
    wanted = field.annotation
    return Setting(
        name,
        getattr(wanted, "__name__", None) or str(wanted).replace("typing.", ""),
        default,
        field.description or "",
    )


def first_line(part: type[Part]) -> str:
    """Give the first line of a part's docstring."""
    return inspect.cleandoc(part.__doc__ or "").partition("\n")[0]


def contract(family: str) -> str:
    """Give the how-to of a family: the docstring of its folder."""
    return inspect.cleandoc(import_module(f"affekt.{family}").__doc__ or "")
