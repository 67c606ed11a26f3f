"""From what was written to the value it means; troubles are kept and reading goes on."""

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from affekt.datasets import Dataset
from affekt.engine import ALLOWED, NATIVE, is_known
from affekt.fetch.manners import Manners
from affekt.parts import Place, Reader, Trouble, did_you_mean, told
from affekt.plan.explanations import explanations_in
from affekt.plan.maps import Known, maps_in
from affekt.plan.nets import check_needs, check_texts, nets_in
from affekt.plan.shapes import BUILD, FLOORS, STEPS, Bench, Build, Entry, Plan
from affekt.plan.stops import undecided
from affekt.protocols import Protocol
from affekt.taxonomy import KNOWN, MIKELS8, Taxonomy

TOP = ("title", "project", "engine", "taxonomy", "seed", "forgotten", "fetch", *STEPS, "bench")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\s?#]*)?$")


class Reading:
    """One pass over what was written; collects troubles and goes on."""

    def __init__(self, path: Path, given: dict[str, Any], trust: bool) -> None:
        self.path = path
        self.given = given
        self.trust = trust
        self.base = path.resolve().parent
        self.troubles: list[Trouble] = []
        self.forgotten: Place | None = None
        self.reader = Reader({}, base=str(self.base), trust=trust)

    def plan(self, sha256: str) -> Plan | None:
        for name in [name for name in self.given if name not in TOP]:
            self._note(
                (name,),
                f"is not a section or key of a plan; {did_you_mean(name, list(TOP))}",
                at_key=True,
            )
        title = self._word("title", self.path.stem)
        project, url = self._project()
        engine = self._engine()
        seed = self._seed()
        taxonomy = self._taxonomy()
        self.forgotten = self._forgotten()
        manners = self.reader.read(Manners, self.given.get("fetch", {}), ("fetch",)) or Manners()
        self.troubles += self.reader.troubles
        self.reader = Reader(
            {
                "seed": seed,
                "taxonomy": taxonomy,
                "emotions": taxonomy,  # as a data set calls the setting that gives its `taxonomy`
                "title": title,
                "fetch": manners,
                "forgotten": self.forgotten,
            },
            base=str(self.base),
            trust=self.trust,
        )
        build = self._build()
        bench = self._bench(project, taxonomy, seed)
        if not any(name in self.given for name in (*STEPS, "bench")):
            self._note(
                (),
                "has neither a [collect] section to build nor a [bench] section; `affekt new` "
                "writes one",
            )
        self.troubles += self.reader.troubles
        folder = self.base / project
        plan = Plan(self.path, sha256, title, folder, taxonomy, seed, build, bench, url, engine)
        return replace(plan, forgotten=self.forgotten)

    def _word(self, key: str, default: str) -> str:
        given = self.given.get(key, default)
        if isinstance(given, str) and given.strip() and given.isprintable():
            return given
        self._note((key,), f"is {given!r}; a text on one line is expected")
        return default

    def _project(self) -> tuple[str, str | None]:
        """Give the folder, and the address of the object store behind it, None without one."""
        given = self._word("project", "work")
        scheme, found, rest = given.partition("://")
        if not found:
            return given, None
        if scheme == "file" and rest.startswith("/"):
            return rest, None
        if scheme == "s3" and BUCKET.match(rest):
            return f".affekt/{sha256(given.rstrip('/').encode()).hexdigest()[:16]}", given
        self._note(
            ("project",),
            f"is {given!r}; a folder, file:///folder or s3://bucket/prefix is expected",
        )
        return "work", None

    def _forgotten(self) -> Place | None:
        if "forgotten" not in self.given:
            return None
        return Place(written=self._word("forgotten", "forgotten.csv"), base=str(self.base))

    def _engine(self) -> str:
        given = self.given.get("engine", NATIVE)
        if is_known(given):
            return str(given)
        self._note(("engine",), f"is {given!r}; {ALLOWED} is expected")
        return NATIVE

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
            for place, text in told(failure):
                self._note(("taxonomy", *place), text)
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
                given = self._noisy(given)
            if name in self.given or "collect" in self.given:
                stages[name] = self.reader.read(cls, given, (name,))
            if name == "collect":
                # Where collect cannot be read, its own problem is told and none of clean's.
                sources = stages[name].sources if stages.get(name) else ()
                self.reader.handed_down = {**self.reader.handed_down, "sources": sources}
        if len(stages) < len(BUILD) or not all(stages.values()):
            return None
        build = Build(**stages)
        self._check_votes(build)
        self._check_contact(build)
        return build

    def _noisy(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("role", "noisy") != "noisy":
            self._note(("noisy", "role"), f"is {given['role']!r}; here it is always 'noisy'")
        return {"per_emotion": 0, **given, "role": "noisy"}

    def _check_votes(self, build: Build) -> None:
        needed, asked = build.decide.rule.needs(), build.verify.until.most()
        if needed is not None and needed > asked:
            self._note(
                ("decide", "rule"),
                f"needs {needed} votes a question, but verify.until asks for at most {asked}; "
                f"raise that to {needed} or let the rule need fewer",
            )
        elif needed is not None and (left := undecided(build.verify.until, build.decide.rule)):
            self._note(
                ("decide", "rule"),
                f"decides nothing at {left[0]} YES and {left[1]} NO, where verify.until stops "
                "asking; give both the same threshold (keep_at), or ask all, "
                '`until = { kind = "fixed" }`',
            )

    def _check_contact(self, build: Build) -> None:
        asks = [one.kind() for one in build.collect.sources if one.is_online]
        if asks and build.collect.fetch.contact is None:
            self._note(
                ("fetch", "contact"),
                f"is missing, and {asks[0]!r} asks other people's servers; give a mail or web "
                'address of yours, `contact = "you@example.org"`',
            )

    def _bench(self, project: str, taxonomy: Taxonomy, seed: int) -> Bench | None:
        given = self.given.get("bench")
        if given is None:
            return None
        if not isinstance(given, dict):
            self._note(("bench",), f"is {given!r}; a section is expected")
            return None
        known = ["datasets", "protocols", "nets", "entries", "maps", "explanations"]
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
        entries = self._entries(given.get("entries", []), list(datasets))
        nets = nets_in(
            given.get("nets", []),
            self.reader,
            lambda on: self._release_named([on], project)[0],
            has_noisy="noisy" in self.given,
        )
        check_needs(entries, given.get("nets", []), self.reader)
        check_texts(entries, self.reader)
        named = Known(list(datasets), entries, _names(given.get("entries")))
        maps = maps_in(given.get("maps", []), self.reader, named)
        transfers = {name: one for name, one in protocols.items() if one.is_between}
        curves = {name: one for name, one in protocols.items() if one.is_growing}
        others = {name: one for name, one in protocols.items() if name not in transfers | curves}
        self._check_protocols(transfers, curves, datasets, entries)
        explained = given.get("explanations", [])
        explanations = explanations_in(explained, self.reader, named, has_protocol=bool(others))
        return Bench(
            datasets,
            entries,
            others,
            taxonomy,
            forgotten=self.forgotten,
            transfers=transfers,
            curves=curves,
            has_weak_labels="noisy" in self.given,
            nets=nets,
            maps=maps,
            explanations=explanations,
            seed=seed,
        )

    def _check_protocols(
        self,
        transfers: Mapping[str, Protocol],
        curves: Mapping[str, Protocol],
        datasets: Mapping[str, Dataset],
        entries: tuple[Entry, ...],
    ) -> None:
        """Note the first protocol of a kind that has nothing to work on."""
        if transfers and len(datasets) < 2:
            self._note(
                ("bench", "protocols"),
                f"{next(iter(transfers))!r} trains on one data set and tests on another, and "
                f"`datasets` has {len(datasets)}; add a second one, or take 'kfold'",
            )
        if curves and entries and not any(entry.counts_labels for entry in entries):
            self._note(
                ("bench", "protocols"),
                f"{next(iter(curves))!r} has no entry to draw: none learns emotions on features of "
                "an untrained net; add one, such as the feature 'backbone' with the model "
                "'logistic', or leave the protocol out",
            )

    def _release_named(self, datasets: Any, project: str) -> Any:
        """Let the bare word ``release`` mean the release this plan builds."""
        settings = self.given.get("release")
        if not isinstance(datasets, list) or not isinstance(settings, dict):
            return datasets
        folder = f"{settings.get('name')}-{settings.get('version', '0.1.0')}"
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

    def _entries(self, given: Any, datasets: list[str]) -> tuple[Entry, ...]:
        if not isinstance(given, list) or not given:
            self._note(
                ("bench", "entries"),
                "is empty; write at least one [[bench.entries]] with name, feature, model",
            )
            return ()
        entries = [
            entry
            for at, one in enumerate(given)
            if (entry := self.reader.read(Entry, _given_values(one), ("bench", "entries", at)))
        ]
        names = [entry.name.casefold() for entry in entries]
        floors = [floor.name for floor in FLOORS]
        for at, name in enumerate(names):
            if name in names[:at] or name in floors:
                self._note(
                    ("bench", "entries", at, "name"),
                    f"{name!r} stands for another entry already; choose another",
                )
        for at, entry in enumerate(entries):
            for name in [name for name in entry.on if datasets and name not in datasets]:
                self._note(
                    ("bench", "entries", at, "on"),
                    f"names the data set {name!r}; {did_you_mean(name, datasets)}",
                )
        return tuple(entries)

    def _note(self, path: tuple[str | int, ...], text: str, *, at_key: bool = False) -> None:
        self.troubles.append(Trouble(path=path, text=text, at_key=at_key))


def _names(entries: Any) -> list[str]:
    """Give what entries are called as they are written, whatever else is wrong with them."""
    written = entries if isinstance(entries, list) else []
    return [str(one.get("name")) for one in written if isinstance(one, dict)]


def _given_values(entry: Any) -> Any:
    """Let the word ``given`` mean the values that a data set brings, no feature."""
    is_given = isinstance(entry, dict) and entry.get("feature") == "given"
    return {**entry, "feature": None} if is_given else entry


def _with_named_emotions(given: dict[str, Any]) -> dict[str, Any]:
    """Let an emotion be written as its bare name."""
    emotions = given.get("emotions")
    if not isinstance(emotions, list):
        return given
    return {
        **given,
        "emotions": [{"name": one} if isinstance(one, str) else one for one in emotions],
    }
