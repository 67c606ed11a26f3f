"""Parts: frozen values that know how to do one thing, found by the name of their file.

A family is a folder with an abstract class in its ``__init__.py``; a part is one file with one
final class in it. ``kind = "folder"`` in a plan means ``affekt/sources/folder.py``; a dotted kind
(``"mylab.crawler"``) is a module outside the package and is followed only by a caller who trusts
the plan, because importing runs code.
"""

import difflib
import hashlib
import json
import pkgutil
import re
import tomllib
import types
from abc import ABC
from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler, ValidationError, model_validator
from pydantic_core import CoreSchema, core_schema

from affekt.errors import UsageError
from affekt.taxonomy import KNOWN, Taxonomy

M = TypeVar("M", bound=BaseModel)
Keys = tuple[str | int, ...]
BARE = re.compile(r"^(\s*[\w-]+\s*=\s*)(?!(?:true|false|inf|nan)\s*$)([A-Za-z_./~][\w./:~-]*)\s*$")


class Place(BaseModel, frozen=True, extra="forbid"):
    """A file or folder as a human wrote it; where to look from is no part of its identity."""

    written: str
    base: str = "."

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        return {"written": str(given)} if isinstance(given, str | Path) else given

    @property
    def path(self) -> Path:
        """Where it is: ``written`` if absolute, else below ``base``."""
        return Path(self.base) / self.written


def is_family(cls: type) -> bool:
    """Tell a family (it names its folder) from a part (it inherits that name)."""
    return bool(vars(cls).get("family"))


class Part(BaseModel, ABC, frozen=True, extra="forbid"):
    """A frozen value that knows how to do one thing; its fields are its settings."""

    family: ClassVar[str] = ""
    usual: ClassVar[str] = ""  # of a family: the kind that a table of settings without one means
    version: ClassVar[int] = 1  # raise when the same settings answer differently
    idle: ClassVar[frozenset[str]] = frozenset()  # settings that cannot change the answer

    @classmethod
    def kind(cls) -> str:
        """Word that names this part in a plan: its file, or its module when outside the package."""
        inside = f"affekt.{cls.family}."
        return cls.__module__.removeprefix(inside)

    @classmethod
    def example(cls) -> Self:
        """Give one small instance for the exam; a part with settings to be given overrides it."""
        return cls(**({"seed": 1} if "seed" in cls.model_fields else {}))

    def identity(self) -> dict[str, Any]:
        """Give all that can change the answer: kind, version, settings, nested parts included."""
        settings = {
            name: _plain(getattr(self, name))
            for name in type(self).model_fields
            if name not in self.idle
        }
        return {"kind": self.kind(), "version": self.version, **settings}

    def digest(self) -> str:
        """SHA-256 of the identity, 64 hexadecimal digits."""
        return hashlib.sha256(canonical(self.identity())).hexdigest()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if not is_family(cls):
            return handler(source)
        return core_schema.no_info_plain_validator_function(
            lambda given: _accept(cls, given),
            serialization=core_schema.plain_serializer_function_ser_schema(_plain),
        )


def canonical(value: Any) -> bytes:
    """Give the one JSON text of a value: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def kinds(family: str) -> list[str]:
    """Names of the parts in a family's folder, sorted."""
    package = import_module(f"affekt.{family}")
    return sorted(
        found.name for found in pkgutil.iter_modules(package.__path__) if found.name[0] != "_"
    )


def named(
    family: type[M],
    kind: str,
    settings: Mapping[str, Any],
    *,
    seed: int = 0,
    trust: bool = False,
) -> M:
    """Give the part of that kind with those settings, all others as they are by default.

    ``seed`` is for a part that draws and was not given one.

    Raises:
        UsageError: There is no such part, or a setting is not one of its; all of it is told.
    """
    reader = Reader({"seed": seed}, trust=trust)
    found = reader.read(family, {"kind": kind, **settings}, ())
    if found is None:
        said = "; ".join(_sentence(trouble) for trouble in reader.troubles)
        raise UsageError(f"{family.__name__.lower()} {kind!r}: {said}")
    return found


def read_settings(given: Iterable[str], option: str) -> dict[str, Any]:
    """Read settings such as ``votes=7``, each as it stands in a plan.

    A word needs no quotes, because a shell would take them away: ``space=lab``; nor does a path.

    >>> read_settings(["votes=7", "space=lab", "is_cropped=true"], "--setting")
    {'votes': 7, 'space': 'lab', 'is_cropped': True}
    >>> read_settings(["weights=nets/alexnet.pth", "most=inf"], "--setting")
    {'weights': 'nets/alexnet.pth', 'most': inf}

    Raises:
        UsageError: One is no line of a plan.
    """
    found: dict[str, Any] = {}
    for setting in given:
        try:
            found |= tomllib.loads(BARE.sub(r'\1"\2"', setting))
        except tomllib.TOMLDecodeError as trouble:
            raise UsageError(
                f"{option} {setting!r} is not understood; write it as in a plan, such as "
                "votes=7 or space=lab"
            ) from trouble
    return found


def find(family: str, kind: str, *, trust: bool = False) -> type[Part]:
    """Give the part of that name.

    Raises:
        UsageError: No such part, a module outside the package without ``trust``, or a file without
            a part.
    """
    if "." in kind and not trust:
        raise UsageError(
            f"{kind!r} is code outside affekt; name one of {', '.join(kinds(family))}, or pass "
            "--trust to run it"
        )
    if "." not in kind and kind not in kinds(family):
        raise UsageError(
            f"there is no {kind!r} among the {family}; {did_you_mean(kind, kinds(family))}"
        )
    module = kind if "." in kind else f"affekt.{family}.{kind}"
    if not _is_there(module):
        raise UsageError(f"the module {module!r} cannot be found; install it or correct its name")
    for found in vars(_imported(module)).values():
        if _is_part_of(found, family) and found.__module__ == module:
            return cast(type[Part], found)
    raise UsageError(f"{module!r} holds no part of the family {family!r}")


def _is_part_of(found: Any, family: str) -> bool:
    is_part = isinstance(found, type) and issubclass(found, Part) and not is_family(found)
    return is_part and found.family == family


def did_you_mean(word: str, known: list[str]) -> str:
    """Give the end of a sentence: the nearest known word first, then all of them."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return (f"did you mean {near[0]!r}? " if near else "") + f"known: {', '.join(known)}"


class Trouble(BaseModel, frozen=True):
    """One thing wrong with given settings, and the path of keys that leads to it."""

    path: Keys
    text: str
    at_key: bool = False  # the key itself is wrong, not its value


class Reader:
    """Turns what a human wrote into parts, and keeps every problem instead of the first.

    Attributes:
        handed_down: Settings given to every part that has a field of that name and was not given
            one.
        base: Folder from which relative places are looked up.
        trust: Follow dotted kinds, which runs code outside affekt.
        troubles: What was wrong so far.
    """

    def __init__(
        self, handed_down: Mapping[str, Any], *, base: str = ".", trust: bool = False
    ) -> None:
        self.handed_down = handed_down
        self.base = base
        self.trust = trust
        self.troubles: list[Trouble] = []

    def read(self, cls: type[M], given: Any, path: Keys) -> M | None:
        """Give the part, or None after noting what is wrong.

        ``given`` is a kind, a table with ``kind`` and settings, or for a final class a table of
        settings.
        """
        if isinstance(given, cls):
            return given
        settings = {"kind": given} if isinstance(given, str) and is_family(cls) else given
        if not isinstance(settings, Mapping):
            wanted = "a kind or a table with `kind`" if is_family(cls) else "a table of settings"
            self._note(path, f"is {given!r}; {wanted} is expected")
            return None
        settings = dict(settings)
        chosen: type[Any] | None = cls
        if is_family(cls):
            family = cast(type[Part], cls)
            chosen = self._chosen(family, settings.pop("kind", family.usual or None), path)
        return self._filled(chosen, settings, path) if chosen else None

    def _chosen(self, cls: type[Part], kind: Any, path: Keys) -> type[Part] | None:
        where = (*path, "kind")
        if not isinstance(kind, str):
            known = ", ".join(kinds(cls.family))
            self._note(where, f"is {'missing' if kind is None else repr(kind)}; known: {known}")
            return None
        try:
            return find(cls.family, kind, trust=self.trust)
        except UsageError as trouble:
            self._note(where, str(trouble))
            return None

    def _filled(self, chosen: type[M], settings: dict[str, Any], path: Keys) -> M | None:
        known = list(chosen.model_fields)
        owner = repr(chosen.kind()) if issubclass(chosen, Part) else "this table"
        before = len(self.troubles)
        for name in [word for word in settings if word not in known]:
            self._note(
                (*path, name),
                f"is not a setting of {owner}; {did_you_mean(name, known)}",
                True,
            )
            del settings[name]
        for name, field in chosen.model_fields.items():
            if name in settings:
                settings[name] = self._nested(field.annotation, settings[name], (*path, name))
            elif name in self.handed_down:
                settings[name] = self.handed_down[name]
        broken = {
            trouble.path[len(path)]
            for trouble in self.troubles[before:]
            if len(trouble.path) > len(path)
        }
        try:
            part = chosen.model_validate(settings)
        except ValidationError as failure:
            for place, text in told(failure):
                if not (place and place[0] in broken):
                    self._note((*path, *place), text)
            return None
        return part if len(self.troubles) == before else None

    def _nested(self, wanted: Any, given: Any, path: Keys) -> Any:
        """Build the parts inside one setting, through optional, tuple and table fields."""
        if wanted is Taxonomy and isinstance(given, str) and given in KNOWN:
            return KNOWN[given]
        if wanted is Place and isinstance(given, str):
            return Place(written=given, base=self.base)
        origin, inner = get_origin(wanted), get_args(wanted)
        if isinstance(wanted, type) and issubclass(wanted, BaseModel) and wanted is not Taxonomy:
            return self.read(wanted, given, path)
        if origin is Annotated:
            return self._nested(inner[0], given, path)
        if origin in (Union, types.UnionType):
            models = [
                each for each in inner if isinstance(each, type) and issubclass(each, BaseModel)
            ]
            return self._nested(models[0], given, path) if models and given is not None else given
        if origin is tuple and isinstance(given, list | tuple) and inner:
            return [self._nested(inner[0], one, (*path, at)) for at, one in enumerate(given)]
        if origin is Mapping and isinstance(given, Mapping):
            return {key: self._nested(inner[1], one, (*path, key)) for key, one in given.items()}
        return given

    def _note(self, path: Keys, text: str, at_key: bool = False) -> None:
        self.troubles.append(Trouble(path=path, text=text, at_key=at_key))


def told(failure: ValidationError) -> list[tuple[Keys, str]]:
    """Give the path and the sentence of each problem; a list is not called short for its own."""
    errors = failure.errors(include_url=False)
    places = [tuple(one for one in error["loc"] if one != "[key]") for error in errors]
    return [
        (place, explain(error))
        for place, error in zip(places, errors, strict=True)
        if not (error["type"] == "too_short" and _is_above(place, places))
    ]


def _is_above(place: Keys, others: list[Keys]) -> bool:
    return any(len(one) > len(place) and one[: len(place)] == place for one in others)


PLAINER = {  # what pydantic calls it → what a reader of a plan understands
    "tuple_type": "a list in [brackets] is expected",
    "missing": "is missing; it must be given",
    "int_parsing": "a whole number is expected",
    "float_parsing": "a number is expected",
    "decimal_parsing": "a number is expected",
    "string_type": 'a text in "quotes" is expected',
}


def explain(error: Any) -> str:
    """Give one pydantic error as a sentence: what is allowed, what came."""
    text = str(error["msg"]).removeprefix("Value error, ")
    text = PLAINER.get(error["type"], text.replace(" after validation", ""))
    text = text.replace("Tuple should", "list should")
    if error["type"] == "missing":
        return text
    if error["type"] == "value_error":
        return text
    return f"is {error['input']!r}; {text[0].lower()}{text[1:]}"


def _accept(cls: type[Part], given: Any) -> Part:
    reader = Reader({})
    part = reader.read(cls, given, ())
    if part is None:
        raise ValueError("; ".join(_sentence(trouble) for trouble in reader.troubles))
    return part


def _sentence(trouble: Trouble) -> str:
    where = ".".join(str(step) for step in trouble.path)
    return f"{where}: {trouble.text}" if where else trouble.text


def _plain(value: Any) -> Any:
    if isinstance(value, Part):
        return value.identity()
    if isinstance(value, Place):
        return value.written
    if isinstance(value, BaseModel):
        idle: frozenset[str] = getattr(value, "idle", frozenset())
        fields = type(value).model_fields
        return {name: _plain(getattr(value, name)) for name in fields if name not in idle}
    if isinstance(value, tuple | list | frozenset | set):
        return [
            _plain(one) for one in (sorted(value) if isinstance(value, frozenset | set) else value)
        ]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # a dotted word need not be the name of a module
        return False


def _imported(module: str) -> types.ModuleType:
    """Import a module; what a foreign one raises is told as its own, not as a defect of affekt."""
    try:
        return import_module(module)
    except Exception as trouble:
        if module.startswith("affekt."):
            raise
        text = f"the module {module!r} cannot be imported: {type(trouble).__name__}: {trouble}"
        raise UsageError(f"{text}; correct it and run again") from trouble
