"""What a plan can name: the parts of a family, and the settings and values of one."""

import inspect
from dataclasses import dataclass
from importlib import import_module
from math import isfinite
from typing import Any

from pydantic_core import PydanticUndefined

from affekt.blocks.value import Value
from affekt.errors import AffektError, PartError
from affekt.features import Feature
from affekt.parts import Part, find, kinds

FAMILIES = (
    "sources",
    "crowd",
    "policies",
    "rules",
    "features",
    "models",
    "datasets",
    "protocols",
)
# What the plan gives where it is absent.
HANDED_DOWN = ("seed", "taxonomy", "emotions", "sources", "title", "fetch", "forgotten")


@dataclass(frozen=True)
class Setting:
    """One key that a plan may set."""

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Measure:
    """One value of a feature; a range without an end has None there."""

    name: str
    unit: str
    low: float | None
    high: float | None
    source: str


@dataclass(frozen=True)
class Listing:
    """One part: how a plan names it, what it gives, its settings; of a feature, its values too.

    Values are those at the default settings; a feature whose values mean nothing by themselves,
    such as those of a net, has none.
    """

    family: str
    kind: str
    gives: str
    settings: tuple[Setting, ...]
    values: tuple[Measure, ...] = ()


def listing(family: str | None = None, kind: str | None = None) -> list[Listing]:
    """Give the parts of one family, or of all, in order.

    Raises:
        UsageError: The family has no such part.
        PartError: The file of the one part that was asked for cannot be imported.
    """
    families = (family,) if family else FAMILIES
    if kind:
        return [_listed(_found(one, kind)) for one in families]
    return [_told(one, name) for one in families for name in kinds(one)]


def _told(family: str, kind: str) -> Listing:
    """List a part; a file that holds none is told in its line and keeps nobody's list back."""
    try:
        return _listed(_found(family, kind))
    except AffektError as trouble:
        return Listing(family, kind, f"cannot be used: {trouble}", ())


def _found(family: str, kind: str) -> type[Part]:
    """Find a part; what its file raises is told as its author's."""
    try:
        return find(family, kind)
    except AffektError:
        raise
    except Exception as trouble:  # importing runs the author's code, which may raise anything
        raise PartError(
            f"{family}/{kind} cannot be imported: {type(trouble).__name__}: {trouble}; its author "
            "must correct that file"
        ) from trouble


def _listed(part: type[Part]) -> Listing:
    settings = tuple(_setting(name, field) for name, field in part.model_fields.items())
    values = tuple(map(_measure, part.example().values)) if issubclass(part, Feature) else ()
    return Listing(part.family, part.kind(), first_line(part), settings, values)


def _measure(value: Value) -> Measure:
    low, high = (end if isfinite(end) else None for end in (value.low, value.high))
    return Measure(value.name, value.unit, low, high, value.source)


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
