"""One plan and its folder, as functions that return values and never print.

In a notebook::

    mine = open_plan("plan.toml")
    mine.build()
    mine.status()
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from affekt import engine, line, plan, removal, trace
from affekt import retry as lost
from affekt.census import write as census
from affekt.errors import AffektError, UsageError
from affekt.forgotten import Entry
from affekt.plan import NOT_BUILT, STEPS, Bench, Build, Explained, Mapped, Plan, Result, Weak
from affekt.plan.forecasts import forecasts
from affekt.stage import Progress
from affekt.store import Failure, Product, Store
from affekt.store.preview import Open, Preview

T = TypeVar("T", Result, Mapped, Explained)


@dataclass(frozen=True)
class Step:
    """One step of a line as it stands.

    Attributes:
        name: Section of the plan, or for the benchmark ``data set · entry · protocol · stage``.
        state: ``done``, ``open``, ``begun``, ``waiting`` or ``failed``.
        kept: Rows that go on, None while it does not stand.
        dropped: Rows that do not.
        reasons: Count a reason.
        made_at: When it was made, UTC.
        address: First 16 digits of its address.
        text: The sentence that goes with a state that is not ``done``, or tells what may still be
            done about what it dropped.
        passing: Rows it dropped for a reason that may pass.
        tallies: Counts of what a step that was begun has met so far, such as ``reasons``.
    """

    name: str
    state: str
    kept: int | None = None
    dropped: int | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    made_at: str = ""
    seconds: float | None = None
    address: str = ""
    text: str = ""
    tallies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    passing: int = 0


class Project:
    """A plan, its store, and what can be done with them.

    Args:
        plan: What is to be made.
        watch: Told how far a long stage has come.
        retry: Reasons for which a picture was lost and is asked for once more; see `affekt.retry`.
        retry_final: Ask once more for every picture that was lost, whatever the reason.

    Raises:
        NewerFormat: A newer affekt made the folder.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        watch: Callable[[Progress], None] = lambda _: None,
        retry: frozenset[str] = frozenset(),
        retry_final: bool = False,
    ) -> None:
        self.plan = plan
        again = lost.anew(retry, final=retry_final)
        self.store = Store(plan.project, url=plan.url, watch=watch, again=again)
        self.store.check_format()

    def build(self, to: str | None = None) -> list[Step]:
        """Run the build line, or go on where it stopped, up to a step.

        Raises:
            NotYet: The crowd or the world has not finished.
            UsageError: The plan has nothing to build, or the process runs on another engine.
            MachineError: The plan's engine cannot be used.
        """
        build = self._build()
        engine.use(self.plan.engine)
        done: list[Step] = []
        with self.store.writing():
            for name, product in zip(STEPS, line.build(build, self.store), strict=False):
                done.append(self._step(name, product))
                self._check_kept(done[-1])
                if name == to:
                    break
        return done

    def bench(self) -> list[Result]:
        """Run the bench line, or go on where it stopped; a failed cell is a `Failure`.

        Raises:
            UsageError: The plan has nothing to benchmark.
        """
        if self.plan.bench is None:
            raise UsageError(
                f"{self.plan.path}: has no [bench] section, so there is nothing to benchmark"
            )
        stale = self._stale_release()
        if stale:
            raise UsageError(stale)
        engine.use(self.plan.engine)
        with self.store.writing():
            self.products()  # brings back a release that lies in the object store only
            asked = self.plan.bench, self.store, self._weak()
            results = list(line.bench(*asked))
            for _ in chain(line.maps(*asked), line.explanations(*asked)):
                pass
            return results

    def nets(self) -> dict[str, Product | Failure]:
        """Give the trained nets of the plan by name, and of those that are not why; reads only."""
        if self.plan.bench is None:
            return {}
        preview: Any = Preview(self.store)
        made = line.nets(self.plan.bench, preview, self._weak())
        return {name: _or_failure(net) for name, net in made}

    def maps(self) -> tuple[Mapped, ...]:
        """Give both sides of every map of the plan, and of those not made why; reads only."""
        return self._standing(line.maps)

    def explanations(self) -> tuple[Explained, ...]:
        """Give every explanation of the plan, and of those not made why; reads only."""
        return self._standing(line.explanations)

    def products(self) -> dict[str, Product]:
        """Give what stands of the build line, by step."""
        return {name: one for name, one in self._walk_build() if isinstance(one, Product)}

    def status(self) -> list[Step]:
        """Give every step of both lines as it stands; reads only, even while another works."""
        steps = [self._step(name, one) for name, one in self._walk_build()]
        seen: set[str] = set()
        for name, one in self._walk_bench():
            if name not in seen:
                steps.append(self._step(name, one))
                seen.add(name)
        return steps

    def forecast(self) -> list[Step]:
        """Give the build line as it stands, and what every open step would ask; reads only.

        Raises:
            UsageError: The plan has nothing to build.
        """
        told = forecasts(self._build(), self.plan)
        steps = [self._step(name, one) for name, one in self._walk_build()]
        return [
            step
            if step.text or step.state == "done"
            else replace(step, text=told.get(step.name, ""))
            for step in steps
        ]

    def release_folder(self) -> Path | None:
        """Give the folder of the release this plan built, None before that."""
        made = self.products().get("release")
        return self.plan.project / made.manifest["published"] if made else None

    def stats(self) -> tuple[Path, dict[str, pl.DataFrame]]:
        """Count what was found and what became of it; give the folder of the files, and the tables.

        Raises:
            UsageError: Nothing has been collected yet.
        """
        steps = self.products()
        if "collect" not in steps:
            raise UsageError(
                f"{self.plan.path}: nothing has been collected, so there is nothing to count; run "
                "`affekt build` first"
            )
        tables = census.taken(steps, self.plan.taxonomy)
        notes = {name: one.manifest["notes"] for name, one in steps.items()}
        return census.write(tables, notes, self.plan.project / "statistics"), tables

    def why(self, word: str) -> list[trace.Fate]:
        """Give the fate of one picture along the build line."""
        stages, steps = vars(self._build()), self.products()
        if not self._build().noisy.per_emotion:
            steps.pop("noisy", None)  # no such draw was asked for
        meanings = {name: dict(one.explained()) for name, one in stages.items()}
        return trace.fate(word, steps, meanings)

    def report(self, *, only: str | None = None) -> Path:
        """Write the report of all that stands and give the page."""
        from affekt import report  # its measures import SciPy, which no other command here needs

        results = self._standing(line.bench)
        given = report.ReportInput(
            title=self.plan.title,
            plan_name=self.plan.path.name,
            plan_sha256=self.plan.sha256,
            taxonomy=self.plan.taxonomy,
            seed=self.plan.seed,
            build={**self.products(), **self._pool()},
            results=tuple(one for one in results if not one.curve),
            curves=tuple(one for one in results if one.curve),
            maps=self.maps(),
            explanations=self.explanations(),
            nets=self.nets(),
            entries=self.plan.bench.entries if self.plan.bench else (),
            shelf=self.store.shelf,
            warning_words=self.plan.warning_words,
            hardware=engine.hardware(),
        )
        return report.write(given, self.plan.project / "report", only=only)

    def forget(
        self, wanted: Iterable[Entry], *, why: str = "", dry_run: bool = False
    ) -> removal.Removal:
        """Remove what is wanted and put it on the plan's list; ``dry_run`` only tells.

        Without anything wanted, what is on the list already is looked for again.

        Raises:
            UsageError: The plan names no list, something wanted cannot be, or there is no reason.
        """
        if dry_run:
            return removal.forget(self.plan, self.store, wanted, why=why, dry_run=True)
        with self.store.writing():
            return removal.forget(self.plan, self.store, wanted, why=why)

    def withdraw(
        self, wanted: Iterable[str], *, reason: str, dry_run: bool = False
    ) -> removal.Withdrawn:
        """Put pictures on the plan's list, so that no later release has them or copies of them.

        Raises:
            UsageError: The plan names no list, the reason is no class, or a picture is unknown.
        """
        if dry_run:
            return removal.withdraw(self.plan, self.store, wanted, reason=reason, dry_run=True)
        with self.store.writing():
            return removal.withdraw(self.plan, self.store, wanted, reason=reason)

    def _stale_release(self) -> str:
        """Say that the release the plan would benchmark was made by other settings, else ``""``."""
        build, bench = self.plan.build, self.plan.bench
        if build is None or bench is None:
            return ""
        own = self.store.releases / build.release.folder_name()
        meant = [*bench.datasets.values(), *(one for _, one in bench.nets_on_labels())]
        is_meant = any(one.root.path == own for one in meant)
        if not (is_meant and own.is_dir()) or "release" in self.products():
            return ""
        return (
            f"{self.plan.path}: {own.name} was made by other settings than the plan has now; "
            "raise release.version and run `affekt build`, or change the settings back"
        )

    def _build(self) -> Build:
        if self.plan.build is None:
            raise UsageError(f"{self.plan.path}: has no [collect] section, so nothing to build")
        return self.plan.build

    def _step(self, name: str, one: Product | Open) -> Step:
        """Give a step, and of clean what may still come of what it lost."""
        step = _step(name, one)
        if name != "clean" or step.state != "done":
            return step
        asked = self.store.again.get("clean")  # and was not made anew
        texts = (lost.nothing(asked) if asked else "", lost.told(step.reasons, self.plan.path))
        passing = sum(lost.passing(step.reasons).values())
        return replace(step, passing=passing, text="; ".join(filter(None, texts)))

    def _check_kept(self, step: Step) -> None:
        """Stop where nothing is left, at the step that left nothing.

        Raises:
            AffektError: The step kept no row; the sentence counts the reasons.
        """
        if step.kept or step.name == "noisy":
            return
        reasons = ", ".join(f"{word} {count:,}" for word, count in step.reasons.items())
        raise AffektError(
            f"{step.name}: kept none of {step.dropped or 0:,} rows ({reasons or 'none came in'}); "
            f"change [{step.name}] of the plan, or what comes before it"
            + (f"; {step.text}" if step.passing else "")
        )

    def _walk_build(self) -> Iterator[tuple[str, Product | Open]]:
        if self.plan.build is None:
            return
        preview: Any = Preview(self.store)
        for _ in line.build(self.plan.build, preview):
            pass
        yield from zip(STEPS, preview.steps, strict=True)

    def _weak(self) -> Weak:
        """Give what stands of the build line for nets to learn weak labels from."""
        bench = self.plan.bench
        made = self.products() if bench and (bench.nets or bench.weak_curves) else {}
        steps = ("noisy", "dedupe", "sample")
        return Weak(
            *(made.get(step, lacking) for step, lacking in zip(steps, NOT_BUILT, strict=True))
        )

    def _pool(self) -> dict[str, Product]:
        """Give what of the noisy draw may be learned from, where that stands."""
        if self.plan.bench is None:
            return {}
        preview: Any = Preview(self.store)
        made = preview.attempt(self.plan.bench.pool(), *self._weak())
        return {"pool": made} if isinstance(made, Product) else {}

    def _walk_bench(self) -> Iterator[tuple[str, Product | Open]]:
        if self.plan.bench is None:
            return
        preview: Any = Preview(self.store)
        weak = self._weak()
        for name, net in line.nets(self.plan.bench, preview, weak):
            yield f"train {name}", _as_step(net)
        for result in line.bench(self.plan.bench, preview, weak):
            named = (result.dataset, result.entry, result.protocol)
            verb = "pair" if result.trained_on else "load"
            yield f"{verb} {result.dataset}", _as_step(result.pictures)
            yield " · ".join(("predict", *named)), _as_step(result.predictions)
        for one in line.maps(self.plan.bench, preview, weak):
            yield f"map {one.number} · {one.dataset} · {one.entry}", _as_step(one.mapped)
        for why in line.explanations(self.plan.bench, preview, weak):
            yield f"explain {why.number} · {why.dataset} · {why.entry}", _as_step(why.explained)

    def _standing(self, walk: Callable[[Bench, Any, Weak], Iterator[T]]) -> tuple[T, ...]:
        """Give what one walk along the bench line finds made, and of all else why it is not."""
        if self.plan.bench is None:
            return ()
        tell = self._told()
        found = walk(self.plan.bench, Preview(self.store), self._weak())
        return tuple(one.told(tell) for one in found)

    def _told(self) -> Callable[[Any], Product | Failure]:
        """Tell of a step why it is not made: of all where the release is of other settings."""
        text = self._stale_release()
        return (lambda _: Failure("load", text, "open")) if text else _or_failure


def open_plan(path: str | Path, *, trust: bool = False, **options: Any) -> Project:
    """Read a plan and give its project; see `affekt.plan.read` for what can be wrong with it."""
    return Project(plan.read(Path(path), trust=trust), **options)


def _step(name: str, one: Product | Open | Failure) -> Step:
    if isinstance(one, Product):
        facts = one.manifest
        return Step(
            name,
            "done",
            kept=facts["kept"],
            dropped=facts["dropped"],
            reasons=facts["reasons"],
            made_at=facts["made_at"],
            seconds=facts["seconds"],
            address=one.address[:16],
        )
    if isinstance(one, Failure):
        return Step(name, "failed", text=one.reason)
    return Step(name, one.state, text=one.text, tallies=one.tallies)


def _as_step(one: Any) -> Product | Open:
    assert isinstance(one, Product | Open)  # a preview gives nothing else
    return one


def _or_failure(one: Any) -> Product | Failure:
    if isinstance(one, Open):
        return Failure(
            one.stage.kind(), one.text or "has not been made; run `affekt bench`", one.state
        )
    assert isinstance(one, Product)
    return one
