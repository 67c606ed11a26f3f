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
    told = [
        _one_fault(fault, truth.filter(fault=fault), steps[step], _entered(step, steps))
        for fault, (step, _) in FOUND_BY.items()
    ]
    harmless = truth.filter(fault=HARMLESS)["source_id"]
    kept = int(harmless.is_in(steps["clean"].table()["source_id"].implode()).sum())
    return [*told, Planted(HARMLESS, harmless.len(), kept, "clean keeps it: content decides")]


def _one_fault(fault: str, planted: pl.DataFrame, step: Product, entered: pl.DataFrame) -> Planted:
    """Count the pictures with one fault that reached the step, and those it dropped for it.

    ``entered`` has the source's name of every row that came in, beside the step's own key.
    """
    name, reasons = FOUND_BY[fault]
    dropped = step.dropped().filter(pl.col("reason").is_in(reasons))
    shared = [key for key in dropped.columns if key in entered.columns]
    gone = entered.join(dropped, on=shared, how="semi")["source_id"].implode()
    met = planted.filter(pl.col("source_id").is_in(entered["source_id"].implode()))
    hit = pl.col("source_id").is_in(gone)
    if name == "dedupe":  # of a pair it keeps the better one, which may be the copy
        met = met.filter(pl.col("of").is_in(entered["source_id"].implode()))
        hit = hit | pl.col("of").is_in(gone)
    return Planted(fault, met.height, met.filter(hit).height, f"{name} drops: {', '.join(reasons)}")


def _entered(step: str, steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give what came into a step, one row a picture of the source."""
    clean = steps["clean"].table().select("image_id", "source_id")
    if step == "clean":
        return steps["collect"].table().select("source", "source_id", "query")
    if step == "dedupe":
        return clean
    return steps["sample"].table().select("question_id", "image_id").join(clean, on="image_id")


def _source(plan: Plan) -> Generated:
    sources = plan.build.collect.sources if plan.build else ()
    for source in sources:
        if isinstance(source, Generated):
            return source
    raise AffektError(f"{plan.path}: has no generated source, so nothing was planted")


def _reason(result: Result) -> str:
    assert isinstance(result.predictions, Failure)
    return f"{result.dataset} · {result.entry} · {result.protocol}: {result.predictions.reason}"
