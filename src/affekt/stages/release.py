"""Publishes the labelled pictures, by their bytes or by a link: pictures, tables and a card."""

import re
import shutil
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

import polars as pl
from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator

from affekt import __version__, licences
from affekt.datasets.release import shape
from affekt.datasets.release.check import check
from affekt.datasets.release.papers.answers import Answers, is_stable, unanswered
from affekt.datasets.release.shape import About, Manifest, Tool
from affekt.datasets.release.write import Contents, write
from affekt.errors import AffektError, Refused
from affekt.forgotten import Forgotten
from affekt.forgotten import read as read_forgotten
from affekt.parts import Place
from affekt.pictures.decode import Decoders
from affekt.pictures.limits import Limits
from affekt.pictures.reasons import REASONS
from affekt.pictures.shelf import Shelf
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.stages import _credits, _evidence, _modes, _plan, _published, _warnings
from affekt.stages._previous import check_step
from affekt.stages._rebuild import Rebuilding
from affekt.store import versions
from affekt.store.rows import rows_sha256
from affekt.tables import LABELS, RELEASED
from affekt.taxonomy import DEVICE_NAMES, MIKELS8, Taxonomy

Line = Annotated[str, StringConstraints(max_length=300)]
VERSION = re.compile(r"(0|[1-9][0-9]{0,4})(\.(0|[1-9][0-9]{0,4})){2}")
FORMS = {
    "url": (re.compile(r"https?://[^\s/]+\S*"), "an address, https://…"),
    "doi": (re.compile(r"10\.\d{4,9}/\S+"), "a DOI without an address, as 10.5281/zenodo.1"),
    "published": (
        re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
        "a day, as 2026-11-26",
    ),
}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

with warnings.catch_warnings():
    # `version` is also the class constant of a part; in a plan's [release] it is the release's own.
    warnings.filterwarnings("ignore", 'Field name "version"', UserWarning)

    class Release(Stage):
        """Rebuild the pictures from their pixels; write them with labels, votes and credits.

        A picture is shipped when its licence lets a rebuilt copy be passed on and, where the
        licence demands it, its author is known. `permitted` lifts that for one licence word and
        `permitted_pictures` for one picture; the reasons given there stand in the release. What is
        not shipped is named by its address and hashes, unless `mode` says otherwise.
        """

        gives = RELEASED
        takes = LABELS
        idle = frozenset({"workers", "forgotten"})
        reasons: ClassVar[Mapping[str, str]] = {
            **REASONS,
            **_credits.REASONS,
            **_modes.REASONS,
            "same-pixels": "another picture of the release has the same bytes once it is rebuilt",
        }

        taxonomy: Taxonomy
        name: str = Field(description="name of the release; with the version, of its folder")
        version: str = Field(  # type: ignore[assignment, misc]  # see above
            "0.1.0", description="semantic version, as 1.0.0; from there on nothing is left unsaid"
        )
        mode: Literal["full", "links", "mixed"] = Field(
            "mixed",
            description="full: only pictures that may be shipped; links: none of them, addresses "
            "and hashes only; mixed: pictures where allowed, links for the rest",
        )
        images_zip: bool = Field(
            default=False,
            description="also write the pictures as plain files into images.zip, twice the size",
        )
        title: Line = Field("", description="what people call it; the name if empty")
        description: str = Field("", max_length=5_000, description="what it is, for the card")
        creators: tuple[Line, ...] = Field((), description="who made it, for citations")
        contact: Line = Field("", description="whom to write to")
        url: Line = Field("", description="page on the web where it is published")
        doi: Line = Field("", description="its DOI, as 10.5281/zenodo.1")
        published: Line = Field("", description="day of publication, as 2026-11-26")
        datasheet: Answers = Field(
            default_factory=Answers, description="what only people can say; see below"
        )
        licence: str = Field("unknown", description="licence of the annotations")
        changes: tuple[Line, ...] = Field((), description="what is new in this version")
        permitted: dict[str, Line] = Field(
            default_factory=dict,
            description="licence word, or missing → why such pictures may be passed on",
        )
        permitted_pictures: dict[str, Line] = Field(
            default_factory=dict,
            description="SHA-256 of a picture as found → why it may be passed on",
        )
        warnings: dict[str, tuple[Line, ...]] = Field(
            default_factory=dict,
            description="content note → tags that give it, in place of those that ship",
        )
        faces: Literal["keep", "blur", "exclude"] = Field(
            "keep", description="what becomes of faces; blur and exclude need a detector"
        )
        response_days: int = Field(
            30, ge=1, le=365, description="within which a request for removal is answered, d"
        )
        forgotten: Place | None = Field(None, description="list of what was removed and withdrawn")
        limits: Limits = Field(default_factory=Limits, description="what one picture may take")
        workers: int = Field(2, ge=1, description="child processes that decode")

        @classmethod
        def example(cls) -> Self:
            return cls(taxonomy=MIKELS8, name="example")

        @field_validator("name")
        @classmethod
        def _is_a_name(cls, name: str) -> str:
            if not NAME.fullmatch(name) or DEVICE_NAMES.match(name.casefold()):
                raise ValueError(
                    f"is {name[:80]!r}; 1 to 64 letters, digits, - and _ are allowed, the first "
                    "a letter or "
                    "digit, and no device name such as con or nul"
                )
            return name

        @field_validator("version")
        @classmethod
        def _is_semantic(cls, version: str) -> str:
            if not VERSION.fullmatch(version):
                raise ValueError(f"is {version[:80]!r}; three numbers are expected, as 1.0.0")
            return version

        @field_validator("licence")
        @classmethod
        def _is_known(cls, word: str) -> str:
            licence = licences.of(word)
            if licence is None:
                raise ValueError(f"is {word[:80]!r}; known: {', '.join(licences.words())}")
            return licence.word

        @field_validator("title", "description", "contact", "creators", "changes")
        @classmethod
        def _is_printable(cls, given: str | tuple[str, ...]) -> str | tuple[str, ...]:
            for text in (given,) if isinstance(given, str) else given:
                if not text.replace("\n", " ").isprintable():
                    raise ValueError(f"is {text[:80]!r}; only printable text is allowed")
            return given

        @field_validator("url", "doi", "published")
        @classmethod
        def _is_of_its_form(cls, given: str, info: ValidationInfo) -> str:
            form, example = FORMS[str(info.field_name)]
            if given and not form.fullmatch(given):
                raise ValueError(f"is {given[:80]!r}; expected is {example}")
            return given

        @field_validator("permitted")
        @classmethod
        def _has_reasons(cls, permitted: dict[str, str]) -> dict[str, str]:
            for word, reason in permitted.items():
                _check_reason(word, reason)
            return {_credits.word_of(word): reason for word, reason in sorted(permitted.items())}

        @field_validator("permitted_pictures")
        @classmethod
        def _are_pictures(cls, permitted: dict[str, str]) -> dict[str, str]:
            for digits, reason in permitted.items():
                if not re.fullmatch("[0-9a-f]{64}", digits):
                    raise ValueError(
                        f"{digits[:80]!r} is no SHA-256; 64 digits 0–9, a–f are expected"
                    )
                _check_reason(digits, reason)
            return dict(sorted(permitted.items()))

        @field_validator("warnings")
        @classmethod
        def _are_notes(cls, words: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
            for note in words:
                if note not in _warnings.WORDS:
                    raise ValueError(f"{note[:80]!r} is no content note; known: {_warnings.KNOWN}")
            return words

        @field_validator("faces")
        @classmethod
        def _is_possible(cls, faces: str) -> str:
            if faces != "keep":
                raise ValueError(
                    f"is {faces!r}, which needs a detector of faces, and affekt has none; set "
                    "'keep', and the card says so"
                )
            return faces

        @model_validator(mode="after")
        def _is_said(self) -> Self:
            left = unanswered(self) if is_stable(self.version) else []
            if left:
                raise ValueError(
                    f"version is {self.version}, and {len(left)} things are not said yet: "
                    f"{', '.join(left)}; say them, or stay below 1.0.0"
                )
            return self

        def identity(self) -> dict[str, Any]:
            return {**super().identity(), "format": shape.FORMAT}

        def witness(self) -> str:
            return self._gone().withdrawn().digest()

        def _gone(self) -> Forgotten:
            return read_forgotten(self.forgotten.path if self.forgotten else None)

        def warning_words(self) -> dict[str, tuple[str, ...]]:
            """Content note → tags that give it: those that ship, and in their place the plan's."""
            return {**_warnings.WORDS, **self.warnings}

        def folder_name(self) -> str:
            """Name of the folder among the releases."""
            return f"{self.name}-{self.version}"

        def run(self, desk: Desk, *tables: pl.DataFrame, **_: Any) -> Outcome:
            """Write the release of (labels, images, votes, splits, asked, noisy).

            Raises:
                Refused: No picture may be passed on, or the version is too near to the one before.
            Damaged: The release before cannot be read.
                AffektError: No picture is labelled, or what was written fails the check.
            """
            labels, images, votes, splits, asked, noisy = tables
            gone = self._gone().withdrawn()
            rows = _published.without(gone, _published.joined(labels, images, splits))
            rows = _modes.judged(rows, self.mode, self.permitted, self.permitted_pictures)
            pictures, made = self._rebuilt(desk, rows)
            rows = _modes.linked(_published.with_made(rows, made, gone))
            kept = rows.filter(pl.col("reason").is_null())
            if kept.is_empty():
                raise _nothing(rows)
            salt = self._salt(votes, rows)
            known = rows.select("question_id", "image_id", "shipped", "reason")
            told = _evidence.Told(
                rows=_published.published(kept, salt, self.warning_words()),
                votes=_evidence.votes(votes, asked, salt),
                asked=_evidence.asked(asked, votes, known),
                noisy=noisy.filter(~gone.among(noisy)).select(
                    original_sha256="image_id", emotion="emotion"
                ),
                removed=_published.removed(self.forgotten.path if self.forgotten else None),
            )
            dropped = _published.dropped(rows)
            manifest = self._manifest(desk, told, labels, dropped)
            contents = Contents(
                manifest,
                told.rows,
                pictures.scan,
                told.votes,
                told.asked,
                told.noisy,
                told.removed,
                self.images_zip,
            )
            folder = _written(desk, contents, self.workers)
            check_step(desk, folder, self.name, self.version)
            return Outcome(
                kept.select("image_id", "original_id", emotion="label", part="split"),
                dropped,
                files=folder,
                publish=self.folder_name(),
                notes={
                    "released": manifest.counts.released,
                    "linked": manifest.counts.linked,
                    "version": self.version,
                },
            )

        def _rebuilt(self, desk: Desk, rows: pl.DataFrame) -> tuple[Shelf, pl.DataFrame]:
            """Give the rebuilt pictures and their rows."""
            ships = pl.col("shipped") & pl.col("reason").is_null()
            wanted = rows.filter(ships).rename({"original_id": "image_id"})

            def watch(done: int, failures: int) -> None:
                desk.watch(Progress("release", done, wanted.height, failures))

            with (
                Decoders(self.workers, self.limits) as decoders,
                ThreadPoolExecutor(self.workers) as pool,
            ):
                work = Rebuilding(desk, decoders, shape.MAX_PIXELS, watch)
                return work.shelf, work.run(wanted, pool)

        def _salt(self, votes: pl.DataFrame, rows: pl.DataFrame) -> str:
            """Give what makes pseudonyms: the same for the same products, secret without them.

            The release holds neither the workers' own tokens, nor their exact times, nor names of
            files, nor when a web source answered; so nobody can try names against the pseudonyms.
            """
            rows = rows.drop("owner_url")  # without which products of an older affekt come
            secret = f"{self.folder_name()}\n{rows_sha256(votes)}\n{rows_sha256(rows)}"
            return sha256(secret.encode()).hexdigest()

        def _about(self) -> About:
            own = {name: getattr(self, name) for name in About.model_fields}
            return About.model_validate({**own, "title": self.title or self.name})

        def _manifest(
            self, desk: Desk, told: _evidence.Told, labels: pl.DataFrame, dropped: pl.DataFrame
        ) -> Manifest:
            identity = _evidence.without_places(self.identity())
            return Manifest(
                format=shape.FORMAT,
                tool=Tool(name="affekt", version=__version__),
                release=self._about(),
                taxonomy=self.taxonomy,
                plan=_plan.plan_of(self.taxonomy, [*desk.history, {"recipe": identity}]),
                recipe=identity,
                near_bits=_evidence.near_bits(desk.history),
                seeds=_evidence.seeds(desk.history),
                stages=_evidence.steps(desk.history),
                counts=_evidence.counts(self.taxonomy, told, labels, dropped),
                versions=versions(),
            )


def _check_reason(what: str, reason: str) -> None:
    if len(reason.strip()) < 10 or not reason.isprintable():
        raise ValueError(
            f"{what} is {reason!r}; a sentence is expected that says why such pictures may be "
            "passed on"
        )


def _nothing(rows: pl.DataFrame) -> AffektError:
    if rows.is_empty():
        return AffektError(
            "release: no picture was labelled, so there is none to pass on; `affekt status` shows "
            "at which step they went"
        )
    reasons = _evidence.tally(rows["reason"])
    told = ", ".join(f"{reason} {n:,}" for reason, n in reasons.items())
    if set(reasons) == {"no-link"}:
        return Refused(
            f"release: not one of {rows.height:,} labelled pictures has a lasting address on the "
            'web that could be linked; set release.mode = "mixed" to ship those whose licence '
            "allows it, or name the addresses in a table for the source `links`: pictures of a "
            "folder are never linked"
        )
    return Refused(
        f"release: not one of {rows.height:,} labelled pictures may be passed on ({told}); state "
        "under `release.permitted` why they may, or say licence and owner at the source: a folder "
        "is told by its metadata.csv, other sources are asked anew when `collect.edition` is "
        'raised and `collect.earlier_editions` is "drop"'
    )


def _written(desk: Desk, contents: Contents, workers: int) -> Path:
    """Write the folder anew below the scratch, check it, and give it.

    Raises:
        AffektError: It does not pass its own check.
    """
    folder = desk.scratch / "release"
    if folder.exists():  # half written when a run was killed
        shutil.rmtree(folder)
    folder.mkdir()
    write(folder, contents)
    # Where the plan groups no near copies, its maker wants it so; `release check` tells of them.
    findings = check(folder, workers=workers, near_bits=0)
    if findings:
        one = findings[0]
        raise AffektError(
            f"release: what was written does not pass its check, {len(findings)} findings, the "
            "first: "
            f"{one.code}: {one.place}: {one.text}; {one.advice}"
        )
    return folder
