"""What a plan is once it is read: the two lines as frozen values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, StringConstraints

from affekt.datasets import Dataset
from affekt.engine import NATIVE
from affekt.errors import AffektError
from affekt.features import Feature, Trained
from affekt.models import Model
from affekt.models.prior import Prior
from affekt.parts import Part, Place
from affekt.protocols import Protocol
from affekt.stages import _warnings
from affekt.stages.clean import Clean
from affekt.stages.collect import Collect
from affekt.stages.decide import Decide
from affekt.stages.dedupe import Dedupe
from affekt.stages.explain import How
from affekt.stages.extract import Extract
from affekt.stages.given import Given
from affekt.stages.load import Load
from affekt.stages.map import Map
from affekt.stages.pair import Pair
from affekt.stages.pool import Pool
from affekt.stages.predict import Predict
from affekt.stages.release import Release
from affekt.stages.sample import Sample
from affekt.stages.split import Split
from affekt.stages.train import Start, Train
from affekt.stages.verify import Verify
from affekt.store import Failure, Product
from affekt.tables import ESTIMATES
from affekt.taxonomy import Taxonomy
from affekt.training.finetune import Finetune

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
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class Entry(BaseModel, frozen=True, extra="forbid"):
    """One contender of the benchmark: a feature set and a model on it.

    Without a feature it takes the values that a data set brings itself. ``on`` names the data sets
    it runs on, all of them where it is empty.
    """

    name: Title
    feature: Feature | None
    model: Model
    on: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the trained nets that it looks through; none, or one."""
        need = self.feature.needs if self.feature else None
        return () if need is None else (need,)

    @property
    def is_rating(self) -> bool:
        """Whether its model estimates ratings, not emotions."""
        return self.model.gives is ESTIMATES

    @property
    def counts_labels(self) -> bool:
        """Whether all labels behind its answers can be counted, so that it has a learning curve.

        Those that a net was trained on cannot; and neither ratings nor values that a data set
        brings instead of pictures have weak labels.
        """
        is_plain = self.feature is not None and not self.needs
        return is_plain and self.model.learns and not self.is_rating


class NetPlan(NamedTuple):
    """A net that is trained once, by name, before any entry is looked at.

    Attributes:
        name: What entries call it.
        on: Data set whose parts train and validate it learns from; None: the noisy draw.
        train: How it learns.
        after: Name of an earlier net of the plan, whose weights it begins with; None: published
            ones.
    """

    name: str
    on: Dataset | None
    train: Finetune
    after: str | None = None

    @property
    def begins_with(self) -> tuple[str, ...]:
        """Name of the net whose weights it begins with; none, or one."""
        return () if self.after is None else (self.after,)


class MapPlan(NamedTuple):
    """Pictures of a data set laid out by what one or two entries see in them.

    Attributes:
        on: Name of the data set.
        entries: Whose features are shown, side by side.
        how: The layout.
    """

    on: str
    entries: tuple[Entry, ...]
    how: Map


class ExplanationPlan(NamedTuple):
    """Tested pictures of a data set with what speaks for an entry's answers."""

    on: str
    entry: Entry
    how: How


class Weak(NamedTuple):
    """What the build line gives to learn weak labels from.

    Attributes:
        noisy: The draw that nobody is asked about.
        images: Pictures of that draw, and all others.
        asked: Pictures that were submitted to the crowd.
    """

    noisy: Product | Failure
    images: Product | Failure
    asked: Product | Failure


NOT_BUILT = Weak(
    *(
        Failure(step, f"{step}: does not stand; run `affekt build` before", "open")
        for step in ("noisy", "dedupe", "sample")
    )
)
WEAK = "weak labels"  # what tables call them beside the names of data sets


class Floor(NamedTuple):
    """A row that every table needs to be read: a model that looks at no picture."""

    name: str
    model: Model


FLOORS = (
    Floor("majority", Prior(strategy="majority")),
    Floor("chance", Prior(strategy="chance")),
)


class Crossing(NamedTuple):
    """An ordered pair of data sets under a protocol that trains on one and tests on the other."""

    rule: str
    protocol: Protocol
    trained: str
    tested: str

    @property
    def name(self) -> str:
        """What tables call it, in place of a data set."""
        return f"trained on {self.trained}, tested on {self.tested}"


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
    """The benchmark: every entry on every data set under every protocol, floors included.

    ``transfers`` are the protocols that train on one data set and test on another, ``curves`` those
    that learn from ever more labels; ``has_weak_labels`` tells whether the build line draws some.
    """

    datasets: Mapping[str, Dataset]
    entries: tuple[Entry, ...]
    protocols: Mapping[str, Protocol]
    taxonomy: Taxonomy
    floors: tuple[Floor, ...] = FLOORS
    nets: tuple[NetPlan, ...] = ()
    maps: tuple[MapPlan, ...] = ()
    explanations: tuple[ExplanationPlan, ...] = ()
    seed: int = 0
    forgotten: Place | None = None
    transfers: Mapping[str, Protocol] = field(default_factory=dict)
    curves: Mapping[str, Protocol] = field(default_factory=dict)
    has_weak_labels: bool = False

    @property
    def weak_curves(self) -> Mapping[str, Protocol]:
        """Protocols that learn from ever more weak labels; none without such labels."""
        return self.curves if self.has_weak_labels else {}

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """Every ordered pair of data sets under every protocol between two."""
        return tuple(
            Crossing(rule, protocol, *pair)
            for rule, protocol in self.transfers.items()
            for pair in permutations(self.datasets, 2)
        )

    def taxonomy_of(self, dataset: Dataset) -> Taxonomy:
        """Give the emotions of a data set; the plan's own while its copy cannot be asked."""
        try:
            return dataset.taxonomy
        except AffektError:
            return self.taxonomy

    def nets_on_labels(self) -> Iterator[tuple[NetPlan, Dataset]]:
        """Give the nets that learn on a data set, each with it."""
        for net in self.nets:
            if net.on is not None:
                yield net, net.on

    def nets_on_weak_labels(self) -> Iterator[NetPlan]:
        """Give the nets that learn on the noisy draw."""
        return (net for net in self.nets if net.on is None)

    def pool(self) -> Pool:
        """Give the stage that makes the noisy draw a set to learn from."""
        return Pool(taxonomy=self.taxonomy, seed=self.seed)

    def train(self, net: NetPlan, before: Sequence[Product | Failure]) -> Train:
        """Give the stage that trains a net, from the weights of one that was trained before."""
        taxonomy = self.taxonomy if net.on is None else self.taxonomy_of(net.on)
        stage = Train(recipe=net.train, taxonomy=taxonomy)
        for one in before:
            if isinstance(one, Product):
                stage = stage.begun_with(_start(one))
        return stage

    def behind(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Give these nets and all that they began with: what those have seen, these have."""
        before = {net.name: net.begins_with for net in self.nets}
        found = list(names)
        for name in found:
            found += before.get(name, ())
        return tuple(found)

    def load(self, dataset: Dataset) -> Load:
        """Give the stage that loads a data set."""
        return Load(dataset=dataset, forgotten=self.forgotten)

    def taxonomy_between(self, crossing: Crossing) -> Taxonomy:
        """Give the emotions that both data sets know, as the tested one orders them.

        With fewer than two, which the stage that pairs them refuses, those of the tested one.
        """
        return _shared(*self._sides(crossing))

    def taxonomy_from_weak(self, dataset: Dataset) -> Taxonomy:
        """Give the emotions of a data set that weak labels know, too; as `taxonomy_between`."""
        return _shared(self.taxonomy, self.taxonomy_of(dataset))

    def _sides(self, crossing: Crossing) -> tuple[Taxonomy, Taxonomy]:
        trained, tested = self.datasets[crossing.trained], self.datasets[crossing.tested]
        return self.taxonomy_of(trained), self.taxonomy_of(tested)

    def entries_on(self, *datasets: str) -> tuple[Entry, ...]:
        """Give the entries that run on all of these data sets, by their names."""
        return tuple(
            entry for entry in self.entries if not entry.on or set(datasets) <= set(entry.on)
        )

    def pair(self, crossing: Crossing) -> Pair:
        """Give the stage that makes one set of two."""
        trained, tested = self._sides(crossing)
        settings = crossing.protocol.model_dump(include={"near_bits", "by_parts"})
        return Pair(trained=trained.names, tested=tested.names, **settings)

    def learners_on(self, dataset: str) -> tuple[Entry, ...]:
        """Give the entries that have a learning curve on a data set."""
        return tuple(entry for entry in self.entries_on(dataset) if entry.counts_labels)

    def pair_with_weak(self, dataset: Dataset, protocol: Protocol) -> Pair:
        """Give the stage that puts weak labels in the place of the part ``train`` of a data set."""
        trained, tested = self.taxonomy.names, self.taxonomy_of(dataset).names
        settings = protocol.model_dump(include={"near_bits"})
        return Pair(trained=trained, tested=tested, by_parts=True, **settings)

    def extract(self, entry: Entry, nets: Mapping[str, Product | Failure]) -> Extract | Given:
        """Give the stage that turns pictures into an entry's vectors, through a net if need be."""
        feature, made = entry.feature, [nets[name] for name in entry.needs]
        if feature is None:
            return Given()
        for net in [one for one in made if isinstance(one, Product)]:
            emotions = tuple(net.manifest["notes"]["emotions"])
            feature = feature.with_net(Trained(net.address, net.file("model.onnx"), emotions))
        return Extract(feature=feature)

    def predict(self, entry: Entry | Floor, dataset: Dataset, protocol: Protocol) -> Predict:
        """Give the stage that trains and predicts under a protocol."""
        return self._predict(entry, self.taxonomy_of(dataset), protocol)

    def carry(self, entry: Entry | Floor, crossing: Crossing) -> Predict:
        """Give the stage that trains on one data set of a pair and predicts the other."""
        return self._predict(entry, self.taxonomy_between(crossing), crossing.protocol)

    def carry_weak(self, entry: Entry, dataset: Dataset, protocol: Protocol) -> Predict:
        """Give the stage that trains on weak labels and predicts a data set."""
        return self._predict(entry, self.taxonomy_from_weak(dataset), protocol)

    def _predict(self, entry: Entry | Floor, taxonomy: Taxonomy, protocol: Protocol) -> Predict:
        feature = entry.feature if isinstance(entry, Entry) else None
        model, texts = entry.model, feature.texts if feature else None
        return Predict(
            model=model.with_texts(texts, taxonomy) if model.reads and texts else model,
            protocol=protocol,
            taxonomy=taxonomy,
            feature=feature if feature and feature.is_learned else None,
        )


def _start(net: Product) -> Start:
    """Give what another run needs of a trained net, checked."""
    graph, weights = net.file("model.onnx"), net.file("model.safetensors")
    return Start(net.address, graph, weights, tuple(net.manifest["notes"]["emotions"]))


def _shared(trained: Taxonomy, tested: Taxonomy) -> Taxonomy:
    shared = tuple(one for one in tested.emotions if one.name in trained.names)
    if len(shared) in (0, 1, len(tested)):
        return tested
    return Taxonomy(name="shared", emotions=shared)


@dataclass(frozen=True)
class Plan:
    """All that a human decided.

    Attributes:
        path: The file it was read from.
        sha256: Of its text.
        title: What the report is called.
        project: Folder of everything made.
        url: Where the finished files of that folder lie, ``s3://…``; None: only there.
        build: None when the plan only benchmarks.
        bench: None when the plan only builds.
        forgotten: List of what was removed on request; None where the plan names none.
        engine: Where tables and per-picture work run, see `affekt.engine`; no result depends on it.
    """

    path: Path
    sha256: str
    title: str
    project: Path
    taxonomy: Taxonomy
    seed: int
    build: Build | None
    bench: Bench | None
    url: str | None = None
    engine: str = NATIVE
    forgotten: Place | None = None

    @property
    def warning_words(self) -> Mapping[str, tuple[str, ...]]:
        """Content warning → tags that give it."""
        return self.build.release.warning_words() if self.build else _warnings.WORDS
