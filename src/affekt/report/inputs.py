"""What the report is told: the plan's facts and the products that stand."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from affekt.foreign import clean
from affekt.pictures.shelf import Shelf
from affekt.stages import _warnings
from affekt.store import Failure, Product, versions
from affekt.taxonomy import Taxonomy

if TYPE_CHECKING:
    # A plan imports every stage; a page only reads a few of its fields.
    from affekt.plan import Entry, Explained, Mapped, Result


class Banner(NamedTuple):
    """A warning that stands above everything else."""

    title: str
    text: str


@dataclass(frozen=True)
class ReportInput:
    """Everything a page is made of.

    Attributes:
        title: What the page is called.
        plan_name: File name of the plan.
        plan_sha256: Of the plan's text.
        taxonomy: Of the build line; every result brings its own.
        seed: Of the plan; also draws the bootstrap and the example pictures.
        build: Products by stage (collect, clean, dedupe, sample, noisy, verify, decide, split,
            release); any may be missing, or a `Failure` that says why.
        results: Cells of the benchmark whose repeats all learned from as much.
        curves: Those whose repeats learned from ever more labels.
        maps: Both sides of every map that the plan asks for.
        explanations: Every explanation that it asks for.
        nets: Nets that the plan trains, by name.
        entries: Of the benchmark; the nets they look through show their filters.
        shelf: Bytes of the pictures; None leaves the examples out.
        warning_words: Content warning → tags that give it.
        hardware: Name → what it is, in words.
        versions: Name → version of what writes this page.
        banners: Of the report that published predictions came with.
    """

    title: str
    plan_name: str
    plan_sha256: str
    taxonomy: Taxonomy
    seed: int
    build: Mapping[str, Product | Failure] = field(default_factory=dict)
    results: "tuple[Result, ...]" = ()
    curves: "tuple[Result, ...]" = ()
    maps: "tuple[Mapped, ...]" = ()
    explanations: "tuple[Explained, ...]" = ()
    nets: Mapping[str, Product | Failure] = field(default_factory=dict)
    entries: "tuple[Entry, ...]" = ()
    shelf: Shelf | None = None
    warning_words: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _warnings.WORDS)
    hardware: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=versions)
    banners: tuple[Banner, ...] = ()

    def made(self, stage: str) -> Product | None:
        """Give the product of a stage if it stands."""
        found = self.build.get(stage)
        return found if isinstance(found, Product) else None

    def lost(self, *stages: str) -> str:
        """Tell why one of these stages is missing, the first that is."""
        for stage in stages:
            found = self.build.get(stage)
            if isinstance(found, Failure):
                return f"the stage {stage!r} failed: {found.reason}"
            if found is None:
                return f"the stage {stage!r} has not been made"
        return ""

    @property
    def report_command(self) -> str:
        """The command that makes this page again."""
        return f"affekt report {shlex.quote(clean(self.plan_name))}"

    @property
    def build_command(self) -> str:
        """The command that makes the build line."""
        return f"affekt build {shlex.quote(clean(self.plan_name))}"

    @property
    def bench_command(self) -> str:
        """The command that makes the benchmark."""
        return f"affekt bench {shlex.quote(clean(self.plan_name))}"
