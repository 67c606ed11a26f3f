"""The embedded default: both lines on generated pictures, planted faults against found ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from affekt import templates
from affekt.datasets.release.check import check
from affekt.datasets.release.finding import Finding
from affekt.errors import AffektError
from affekt.plan import Plan, Result
from affekt.project import Project, open_plan
from affekt.sources.generated import Generated
from affekt.stage import Progress
from affekt.store import Failure, Product

COPY = ("exact-copy", "near-copy", "copies-disagree")
FOUND_BY: Mapping[
    str, tuple[str, tuple[str, ...]]
] = {  # fault → step that finds it, reasons that count as finding
    "exact-copy": ("dedupe", COPY),
    "re-encoded-copy": ("dedupe", COPY),
    "resized-copy": ("dedupe", COPY),
    "two-emotions": ("clean", ("two-emotions",)),
    "empty-file": ("clean", ("empty",)),
    "text-file": ("clean", ("not-a-picture",)),
    "truncated-file": ("clean", ("truncated",)),
    "bomb-header": ("clean", ("too-many-pixels",)),
    "wrong-label": ("decide", ("too-few-yes",)),
}
HARMLESS = "wrong-extension"  # the content decides, so the picture goes on


@dataclass(frozen=True)
class Planted:
    """How many faults of one kind were planted, and how many the line found.

    Attributes:
        fault: Kind of fault.
        planted: Pictures with it that reached the step that can find it.
        found: Those that this step dropped for that reason, or for a harmless fault kept.
        how: The step and what it does.
    """

    fault: str
    planted: int
    found: int
    how: str


@dataclass(frozen=True)
class Demo:
    """What the demonstration made."""

    plan: Path
    release: Path
    page: Path
    planted: tuple[Planted, ...]
    findings: tuple[Finding, ...]
    failures: tuple[str, ...]


def demo(folder: Path, *, watch: Callable[[Progress], None] = lambda _: None) -> Demo:
    """Run both lines in a folder, or go on where an earlier demonstration stopped.

    Raises:
        AffektError: A step failed; the sentence says which.
    """
    path = folder / "plan.toml"
    if not path.exists():
        templates.write(path, "demo")
    project = open_plan(path, watch=watch)
    project.build()
    release = project.release_folder()
    assert release is not None  # the build line ended, and it ends with a release
    results = project.bench()
    return Demo(
        plan=path,
        release=release,
        page=project.report(),
        planted=tuple(planted_and_found(project)),
        findings=tuple(check(release)),
        failures=tuple(_reason(one) for one in results if isinstance(one.predictions, Failure)),
    )


def planted_and_found(project: Project) -> list[Planted]:
    """Hold what the generated source planted against what the steps of the build line dropped.

    Raises:
        AffektError: The plan has no generated source.
    """
    truth = _source(project.plan).planted()
    steps = project.products()
    names = _names(steps)
    rows = []
    for fault, (step, reasons) in FOUND_BY.items():
        wanted = truth.filter(fault=fault)
        dropped = _dropped(steps[step], names).filter(pl.col("reason").is_in(reasons))["source_id"]
        met = wanted.filter(_met(wanted, step, steps, names))
        hit = met["source_id"].is_in(dropped.implode())
        if step == "dedupe":  # of a pair it keeps the better one, which may be the copy
            hit = hit | met["of"].is_in(dropped.implode())
        rows.append(
            Planted(fault, met.height, int(hit.sum()), f"{step} drops: {', '.join(reasons)}")
        )
    kept = steps["clean"].table()["source_id"]
    harmless = truth.filter(fault=HARMLESS)["source_id"]
    rows.append(
        Planted(
            HARMLESS,
            harmless.len(),
            int(harmless.is_in(kept.implode()).sum()),
            "clean keeps: told by content",
        )
    )
    return rows


def _source(plan: Plan) -> Generated:
    sources = plan.build.collect.sources if plan.build else ()
    for source in sources:
        if isinstance(source, Generated):
            return source
    raise AffektError(f"{plan.path}: has no generated source, so nothing was planted")


def _names(steps: Mapping[str, Product]) -> pl.DataFrame:
    """image_id → every name the source has for those bytes."""
    return steps["clean"].table().select("image_id", "source_id")


def _dropped(step: Product, names: pl.DataFrame) -> pl.DataFrame:
    """Dropped rows of a step with the source's name of the picture."""
    rows = step.dropped()
    if "source_id" in rows.columns:
        return rows
    return rows.join(names, on="image_id") if "image_id" in rows.columns else rows


def _met(
    wanted: pl.DataFrame, step: str, steps: Mapping[str, Product], names: pl.DataFrame
) -> pl.Series:
    """Tell which faulty pictures reached the step that can find them."""
    if step == "clean":
        return pl.Series([True] * wanted.height, dtype=pl.Boolean)
    reached = (
        names["source_id"]
        if step == "dedupe"
        else steps["sample"].table().join(names, on="image_id")["source_id"]
    )
    there = wanted["source_id"].is_in(reached.implode())
    return there & wanted["of"].is_in(reached.implode()) if step == "dedupe" else there


def _reason(result: Result) -> str:
    assert isinstance(result.predictions, Failure)
    return f"{result.dataset} · {result.entry} · {result.protocol}: {result.predictions.reason}"
