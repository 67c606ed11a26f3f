"""What a plan is once it is read: the two lines as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, StringConstraints

from affekt.datasets import Dataset
from affekt.engine import NATIVE
from affekt.errors import AffektError
from affekt.features import Feature
from affekt.models import Model
from affekt.models.prior import Prior
from affekt.parts import Part, Place
from affekt.protocols import Protocol
from affekt.stages.clean import Clean
from affekt.stages.collect import Collect
from affekt.stages.decide import Decide
from affekt.stages.dedupe import Dedupe
from affekt.stages.extract import Extract
from affekt.stages.given import Given
from affekt.stages.load import Load
from affekt.stages.predict import Predict
from affekt.stages.release import Release
from affekt.stages.sample import Sample
from affekt.stages.split import Split
from affekt.stages.verify import Verify
from affekt.store import Failure, Product
from affekt.tables import ESTIMATES
from affekt.taxonomy import Taxonomy

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
    def is_rating(self) -> bool:
        """Whether its model estimates ratings, not emotions."""
        return self.model.gives is ESTIMATES


class Floor(NamedTuple):
    """A row that every table needs to be read: a model that looks at no picture."""

    name: str
    model: Model


FLOORS = (
    Floor("majority", Prior(strategy="majority")),
    Floor("chance", Prior(strategy="chance")),
)


class Result(NamedTuple):
    """What the bench line gives for one cell; of a model of ratings, the predictions are theirs."""

    dataset: str
    entry: str
    protocol: str
    taxonomy: Taxonomy
    pictures: Product | Failure
    predictions: Product | Failure
    is_rating: bool = False


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
    taxonomy: Taxonomy
    floors: tuple[Floor, ...] = FLOORS
    forgotten: Place | None = None

    def taxonomy_of(self, dataset: Dataset) -> Taxonomy:
        """Give the emotions of a data set; the plan's own while its copy cannot be asked."""
        try:
            return dataset.taxonomy
        except AffektError:
            return self.taxonomy

    def load(self, dataset: Dataset) -> Load:
        """Give the stage that loads a data set."""
        return Load(dataset=dataset, forgotten=self.forgotten)

    def entries_on(self, dataset: str) -> tuple[Entry, ...]:
        """Give the entries that run on a data set, by its name."""
        return tuple(entry for entry in self.entries if not entry.on or dataset in entry.on)

    def extract(self, entry: Entry) -> Extract | Given:
        """Give the stage that turns pictures into an entry's vectors."""
        return Extract(feature=entry.feature) if entry.feature else Given()

    def predict(self, entry: Entry | Floor, dataset: Dataset, protocol: Protocol) -> Predict:
        """Give the stage that trains and predicts under a protocol."""
        feature = entry.feature if isinstance(entry, Entry) else None
        return Predict(
            model=entry.model,
            protocol=protocol,
            taxonomy=self.taxonomy_of(dataset),
            feature=feature if feature and feature.is_learned else None,
        )


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
