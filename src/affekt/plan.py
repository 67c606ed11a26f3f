"""The plan: one TOML file as one frozen value, or every problem in it at once.

A section is a stage, a key is one of its settings, and the part that owns the setting checks it.
``seed`` and
``taxonomy`` are handed down to every part that has such a setting and was not given one.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, StringConstraints, ValidationError

from affekt.datasets import Dataset
from affekt.errors import DiskTrouble, PlanError, Problem
from affekt.features import Feature
from affekt.models import Model
from affekt.models.prior import Prior
from affekt.parts import Part, Reader, Trouble, did_you_mean, explain
from affekt.protocols import Protocol
from affekt.stages.clean import Clean
from affekt.stages.collect import Collect
from affekt.stages.decide import Decide
from affekt.stages.dedupe import Dedupe
from affekt.stages.extract import Extract
from affekt.stages.load import Load
from affekt.stages.predict import Predict
from affekt.stages.release import Release
from affekt.stages.sample import Sample
from affekt.stages.split import Split
from affekt.stages.verify import Verify
from affekt.store import Failure, Product
from affekt.taxonomy import KNOWN, MIKELS8, Taxonomy
from affekt.toml_places import Places

MAX_BYTES = 1_000_000  # a plan is written by hand; more is a mistake or an attack
BUILD: dict[str, type[Part]] = {
    "collect": Collect,
    "clean": Clean,
    "dedupe": Dedupe,
    "sample": Sample,
    "noisy": Sample,
    "verify": Verify,
    "decide": Decide,
    "split": Split,
    "release": Release,
}
STEPS = tuple(BUILD)
TOP = ("title", "project", "taxonomy", "seed", *STEPS, "bench")
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class Entry(BaseModel, frozen=True, extra="forbid"):
    """One contender of the benchmark: a feature set and a model on it."""

    name: Title
    feature: Feature
    model: Model


class Result(NamedTuple):
    """What the bench line gives for one cell."""

    dataset: str
    entry: str
    protocol: str
    taxonomy: Taxonomy
    pictures: Product | Failure
    predictions: Product | Failure


@dataclass(frozen=True)
class Build:
    """The stages of the build line."""

    collect: Collect
    clean: Clean
    dedupe: Dedupe
    sample: Sample
    noisy: Sample
    verify: Verify
    decide: Decide
    split: Split
    release: Release


@dataclass(frozen=True)
class Bench:
    """The benchmark: every entry on every data set under every protocol, floors included."""

    datasets: Mapping[str, Dataset]
    entries: tuple[Entry, ...]
    protocols: Mapping[str, Protocol]

    def load(self, dataset: Dataset) -> Load:
        """Give the stage that loads a data set."""
        return Load(dataset=dataset)

    def extract(self, entry: Entry) -> Extract:
        """Give the stage that turns pictures into an entry's vectors."""
        return Extract(feature=entry.feature)

    def predict(self, entry: Entry, dataset: Dataset, protocol: Protocol) -> Predict:
        """Give the stage that trains and predicts under a protocol."""
        return Predict(model=entry.model, protocol=protocol, taxonomy=dataset.taxonomy)


@dataclass(frozen=True)
class Plan:
    """All that a human decided.

    Attributes:
        path: The file it was read from.
        sha256: Of its text.
        title: What the report is called.
        project: Folder of everything made.
        build: None when the plan only benchmarks.
        bench: None when the plan only builds.
    """

    path: Path
    sha256: str
    title: str
    project: Path
    taxonomy: Taxonomy
    seed: int
    build: Build | None
    bench: Bench | None


def read(path: Path, *, trust: bool = False) -> Plan:
    """Give the plan in a file.

    Args:
        path: A TOML file; a byte-order mark and CRLF are fine.
        trust: Follow dotted kinds, which runs code outside affekt.

    Raises:
        PlanError: All that is wrong with it, each with line and column.
        DiskTrouble: The file cannot be read.
    """
    text = _text(path)
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise PlanError(str(path), (_syntax(text, str(trouble)),)) from trouble
    reading = _Reading(path, given, trust)
    plan = reading.plan(hashlib.sha256(text.encode()).hexdigest())
    if plan is None or reading.troubles:
        raise PlanError(str(path), _problems(reading.troubles, Places(text)))
    return plan


def _text(path: Path) -> str:
    nowhere = Problem(1, 1, "", "")
    if not path.exists():
        raise PlanError(
            str(path), (nowhere._replace(text="there is no such file; `affekt new` writes one"),)
        )
    if path.is_dir():
        raise PlanError(
            str(path), (nowhere._replace(text="is a folder; name the plan file in it"),)
        )
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PlanError(
                str(path),
                (
                    nowhere._replace(
                        text=f"is larger than {MAX_BYTES:,} bytes; a plan is a short text"
                    ),
                ),
            )
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as trouble:
        line = path.read_bytes()[: trouble.start].count(b"\n") + 1
        raise PlanError(
            str(path), (Problem(line, 1, "", "is not UTF-8 here; save it as UTF-8"),)
        ) from trouble
    except OSError as trouble:
        raise DiskTrouble(
            f"{path}: cannot be read ({trouble.strerror}); check its permissions"
        ) from trouble


def _syntax(text: str, message: str) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    what = message.split(" (at ")[0]
    if found:
        return Problem(int(found[1]), int(found[2]), "", f"TOML cannot be read: {what}")
    return Problem(text.count("\n") + 1, 1, "", f"TOML cannot be read: {what}")


def _problems(troubles: list[Trouble], places: Places) -> tuple[Problem, ...]:
    found = []
    for trouble in troubles:
        line, column = places.of(trouble.path, key=trouble.at_key)
        name = ".".join(str(step) for step in trouble.path).replace("__root__", "")
        found.append(Problem(line, column, name, trouble.text))
    return tuple(sorted(dict.fromkeys(found)))


class _Reading:
    """One pass over what was written; collects troubles and goes on."""

    def __init__(self, path: Path, given: dict[str, Any], trust: bool) -> None:
        self.path = path
        self.given = given
        self.trust = trust
        self.base = path.resolve().parent
        self.troubles: list[Trouble] = []
        self.reader = Reader({}, base=str(self.base), trust=trust)

    def plan(self, sha256: str) -> Plan | None:
        for name in [name for name in self.given if name not in TOP]:
            self._note(
                (name,),
                f"is not a section or key of a plan; {did_you_mean(name, list(TOP))}",
                at_key=True,
            )
        title = self._word("title", self.path.stem)
        project = self._word("project", "work")
        seed = self._seed()
        taxonomy = self._taxonomy()
        self.reader = Reader(
            {"seed": seed, "taxonomy": taxonomy, "title": title},
            base=str(self.base),
            trust=self.trust,
        )
        build = self._build()
        bench = self._bench(project)
        if not any(name in self.given for name in (*STEPS, "bench")):
            self._note(
                (),
                "has neither a [collect] section to build nor a [bench] section; `affekt new` "
                "writes one",
            )
        self.troubles += self.reader.troubles
        return Plan(self.path, sha256, title, self.base / project, taxonomy, seed, build, bench)

    def _word(self, key: str, default: str) -> str:
        given = self.given.get(key, default)
        if isinstance(given, str) and given.strip() and given.isprintable():
            return given
        self._note((key,), f"is {given!r}; a text on one line is expected")
        return default

    def _seed(self) -> int:
        seed = self.given.get("seed", 2016)
        if isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < 2**32:
            return seed
        self._note(("seed",), f"is {seed!r}; a whole number from 0 to 4294967295 is expected")
        return 2016

    def _taxonomy(self) -> Taxonomy:
        given = self.given.get("taxonomy", MIKELS8.name)
        if isinstance(given, str) and given in KNOWN:
            return KNOWN[given]
        if not isinstance(given, dict):
            known = did_you_mean(str(given), sorted(KNOWN))
            self._note(
                ("taxonomy",),
                f"is {given!r}; {known}, or a [taxonomy] section with name and emotions",
            )
            return MIKELS8
        try:
            return Taxonomy.model_validate(_with_named_emotions(given))
        except ValidationError as failure:
            for error in failure.errors(include_url=False):
                self._note(("taxonomy", *error["loc"]), explain(error))
        return MIKELS8

    def _build(self) -> Build | None:
        if not any(name in self.given for name in STEPS):
            return None
        if "collect" not in self.given:
            self._note(
                (), "lacks the section [collect] with its `sources`, which every build begins with"
            )
        stages: dict[str, Any] = {}
        for name, cls in BUILD.items():
            given = self.given.get(name, {})
            if name == "noisy" and isinstance(given, dict):
                given = {"per_emotion": 0, **given, "role": "noisy"}
            if name in self.given or "collect" in self.given:
                stages[name] = self.reader.read(cls, given, (name,))
            if name == "collect" and stages.get(name):
                self.reader.handed_down = {
                    **self.reader.handed_down,
                    "sources": stages[name].sources,
                }
        return Build(**stages) if len(stages) == len(BUILD) and all(stages.values()) else None

    def _bench(self, project: str) -> Bench | None:
        given = self.given.get("bench")
        if given is None:
            return None
        if not isinstance(given, dict):
            self._note(("bench",), f"is {given!r}; a section is expected")
            return None
        known = ["datasets", "protocols", "entries"]
        for name in [name for name in given if name not in known]:
            self._note(
                ("bench", name),
                f"is not a setting of bench; {did_you_mean(name, known)}",
                at_key=True,
            )
        datasets = self._parts(
            Dataset, "datasets", self._release_named(given.get("datasets"), project)
        )
        protocols = self._parts(Protocol, "protocols", given.get("protocols", ["kfold"]))
        return Bench(datasets, self._entries(given.get("entries", [])), protocols)

    def _release_named(self, datasets: Any, project: str) -> Any:
        """Let the bare word ``release`` mean the release this plan builds."""
        settings = self.given.get("release")
        if not isinstance(datasets, list) or not isinstance(settings, dict):
            return datasets
        folder = f"{settings.get('name')}-{settings.get('version', '1.0.0')}"
        own = {"kind": "release", "root": f"{project}/releases/{folder}"}
        return [own if one in ("release", {"kind": "release"}) else one for one in datasets]

    def _parts(self, family: type[Any], key: str, given: Any) -> dict[str, Any]:
        """Read a list of parts and name each by its kind, the second of one kind ``kind-2``."""
        if not isinstance(given, list) or not given:
            self._note(("bench", key), f"is {given!r}; a list with at least one is expected")
            return {}
        named: dict[str, Any] = {}
        for at, one in enumerate(given):
            part = self.reader.read(family, one, ("bench", key, at))
            if part:
                same = sum(other.kind() == part.kind() for other in named.values())
                named[part.kind() + (f"-{same + 1}" if same else "")] = part
        return named

    def _entries(self, given: Any) -> tuple[Entry, ...]:
        if not isinstance(given, list) or not given:
            self._note(
                ("bench", "entries"),
                "is empty; write at least one [[bench.entries]] with name, feature, model",
            )
            return ()
        entries = [
            entry
            for at, one in enumerate(given)
            if (entry := self._entry(one, ("bench", "entries", at)))
        ]
        names = [entry.name.casefold() for entry in entries]
        for at, name in enumerate(names):
            if name in names[:at] or name in ("majority", "chance"):
                self._note(
                    ("bench", "entries", at, "name"),
                    f"{name!r} stands for another entry already; choose another",
                )
        return (*entries, *_floors(entries))

    def _entry(self, given: Any, path: tuple[str | int, ...]) -> Entry | None:
        if not isinstance(given, dict):
            return self._note(
                path, f"is {given!r}; a table with name, feature and model is expected"
            )
        known = list(Entry.model_fields)
        for name in [name for name in given if name not in known]:
            self._note(
                (*path, name),
                f"is not a setting of an entry; {did_you_mean(name, known)}",
                at_key=True,
            )
        for name in [name for name in known if name not in given]:
            self._note(path, f"lacks {name!r}")
        feature = (
            self.reader.read(Feature, given["feature"], (*path, "feature"))
            if "feature" in given
            else None
        )  # type: ignore[type-abstract]
        model = (
            self.reader.read(Model, given["model"], (*path, "model")) if "model" in given else None
        )  # type: ignore[type-abstract]
        try:
            return (
                Entry(name=given["name"], feature=feature, model=model)
                if feature and model
                else None
            )
        except (KeyError, ValidationError):
            return self._note(
                (*path, "name"),
                f"is {given.get('name')!r}; a text of 1 to 80 characters is expected",
            )

    def _note(self, path: tuple[str | int, ...], text: str, *, at_key: bool = False) -> None:
        self.troubles.append(Trouble(path=path, text=text, at_key=at_key))


def _with_named_emotions(given: dict[str, Any]) -> dict[str, Any]:
    """Let an emotion be written as its bare name."""
    emotions = given.get("emotions")
    if not isinstance(emotions, list):
        return given
    return {
        **given,
        "emotions": [{"name": one} if isinstance(one, str) else one for one in emotions],
    }


def _floors(entries: list[Entry]) -> tuple[Entry, ...]:
    """Give the two rows every table needs to be read: always the largest class, and chance."""
    if not entries:
        return ()
    feature = entries[0].feature  # a floor looks at no value; this one is extracted anyway
    return (
        Entry(name="majority", feature=feature, model=Prior(strategy="majority")),
        Entry(name="chance", feature=feature, model=Prior(strategy="chance")),
    )


__all__ = ["STEPS", "Bench", "Build", "Entry", "Plan", "Result", "read"]
