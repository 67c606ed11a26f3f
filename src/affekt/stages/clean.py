"""Fetch and decode what was found, and drop what nobody should be asked about."""

import hashlib
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

import daft
import polars as pl
from pydantic import Field, field_validator

from affekt import engine, licences
from affekt.errors import AffektError
from affekt.fetch.manners import Manners
from affekt.fetch.neighbours import Together
from affekt.fetch.opt_outs import TAGS
from affekt.fetch.reasons import REASONS as NOT_FETCHED
from affekt.forgotten import Forgotten
from affekt.forgotten import read as read_forgotten
from affekt.journal.fetched import COLUMNS, LINK, Attempts
from affekt.parts import Place, did_you_mean
from affekt.pictures.limits import Limits
from affekt.pictures.reasons import REASONS
from affekt.pictures.shelf import PER_SHARD
from affekt.sources import Source, guests, labelled
from affekt.stage import Desk, Outcome, Stage
from affekt.stages._arrivals import Setup
from affekt.stages._assembled import Assembly, Finished, placeholders_in
from affekt.stages._chunks import each_chunk, works_here
from affekt.stages._conflicts import Choice, Effects
from affekt.stages._held import Terms, still_answer
from affekt.stages._look import Look
from affekt.stages._tags import folded, glued
from affekt.stages._tally import Tally
from affekt.stages._verdicts import Rules, judged
from affekt.stages._windows import Window, windows_of
from affekt.tables import CLEAN, FOUND
from affekt.taxonomy import Taxonomy

KEY = list(FOUND.key)
PIECES = 8  # shards a chunk
PIECES_APART = 32  # shards at most that another process does before it waits for its slowest link
SHARES = 4  # chunks a process gets at least, so that all of them have work to the end
VERSION = re.compile(r"-\d\.\d$")  # end of a licence word that names its version
SHA256 = re.compile(r"[0-9a-f]{64}")


class Clean(Stage):
    """Fetch every picture found, decode it whole in a child, keep those that can be asked about.

    A picture that names two emotions is dropped, and so is one found for two emotions. What decodes
    goes on the shelf; a picture found twice stays once. What every other way of looking for two
    emotions would have dropped is counted in the notes of the product, as ``conflicts``.

    What was fetched once is never fetched again, also not for other settings, as long as they are
    not about fetching. When the step is made anew, links whose trouble may pass are asked again.
    """

    version = 2
    sources: tuple[Source, ...] = Field(description="where the bytes are fetched")
    taxonomy: Taxonomy = Field(description="the emotions whose words are looked for")
    fetch: Manners = Field(
        default_factory=Manners, description="how servers are asked; from the section [fetch]"
    )
    min_side_px: int = Field(64, ge=1, description="shorter side a picture needs, px")
    max_aspect: float = Field(10.0, ge=1, description="longer side over shorter side at most")
    licences: tuple[str, ...] | None = Field(
        None,
        description="licence words that are kept, without version for all versions; all if absent",
    )
    without_owners: tuple[str, ...] = Field(
        (), description="owners, by name or unchanging name, who asked not to be used"
    )
    forgotten: Place | None = Field(
        None,
        description=(
            "list of what was removed on request and stays away; CSV, written by `affekt forget`"
        ),
    )
    conflicts: Literal["off", "tags", "tags+title", "tags+title+description"] = Field(
        "tags", description='where two emotions must not be named together; "off": nowhere'
    )
    word_forms: bool = Field(
        False, description="whether other forms of the words, such as amusing, name an emotion"
    )
    machine_tags: bool = Field(False, description="whether tags that no person gave count")
    query_counts: bool = Field(True, description="whether the emotion searched for counts as named")
    two_queries: Literal["drop", "keep-first"] = Field(
        "drop", description="what happens to a picture found for two emotions"
    )
    opt_outs: tuple[str, ...] = Field(
        ("noai", "noimageai", "noml"),
        description="words in the headers of an answer that forbid the use of its picture",
    )
    opt_out_tags: tuple[str, ...] = Field(
        TAGS,
        description="tags by which owners forbid the use of a picture; letters and digits count",
    )
    placeholders: tuple[str, ...] = Field(
        (), description="SHA-256 of pictures that servers show in place of missing ones"
    )
    store_side_px: int | None = Field(
        None,
        ge=64,
        description="longer side above which a smaller JPEG is stored, px; as it came if absent",
    )
    workers: int = Field(2, ge=1, description="pictures decoded at a time, in each process")
    processes: int = Field(1, ge=1, description="processes that fetch and decode")
    limits: Limits = Field(default_factory=Limits, description="what one picture may take")

    takes = FOUND
    gives = CLEAN
    engine = "daft"
    asks_the_world = True
    idle = frozenset({"sources", "fetch", "workers", "processes", "forgotten"})
    reasons: ClassVar[Mapping[str, str]] = {
        **NOT_FETCHED,
        **REASONS,
        "two-emotions": "it names two emotions, where they are looked for",
        "two-queries": "it was found for two emotions",
        "found-twice": "the same picture of the same source was found by another query",
        "licence": "its licence is missing or not among those allowed",
        "link": "a symbolic link, or reached through one; links are not followed",
        "not-a-file": "neither a file nor a folder",
        "unreadable": "the operating system does not let it be read",
        "refused": "the source named another reason; the detail tells it",
        "internal-error": "affekt failed on it again and again; the detail names the error",
    }

    @field_validator("licences")
    @classmethod
    def _are_known(cls, words: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for word in words or ():
            if licences.of(word) is None:
                raise ValueError(
                    f"the licence {word!r} is not known; {did_you_mean(word, licences.words())}"
                )
        return words

    @field_validator("placeholders")
    @classmethod
    def _are_digests(cls, digests: tuple[str, ...]) -> tuple[str, ...]:
        for digest in digests:
            if not SHA256.fullmatch(digest):
                raise ValueError(f"{digest!r} is no SHA-256: 64 digits 0–9, a–f are expected")
        return digests

    def witness(self) -> str:
        # What was withdrawn is kept out when it comes again; what stands is the release's to omit,
        # which else would draw other pictures, ask anew and move what nobody withdrew.
        return self._forgotten().requests().digest()

    def _forgotten(self) -> Forgotten:
        return read_forgotten(self.forgotten.path if self.forgotten else None)

    def run(self, desk: Desk, found: Any, *_: Any, **__: Any) -> Outcome:
        windows = windows_of(found)
        told = self._judged(desk, found, windows)
        finished = self._looked_at(desk, told)
        whole = Assembly(
            found,
            windows,
            refused=told.dropped,
            finished=finished,
            forgotten=self._forgotten(),
            placeholders=placeholders_in(finished),
        )
        effects = list(told.effects.told())
        return Outcome(whole.table(), whole.dropped(), notes={"conflicts": effects})

    def _rules(self) -> Rules:
        choice = Choice(self.conflicts, self.word_forms, self.machine_tags, self.query_counts)
        return Rules(
            taxonomy=self.taxonomy,
            choice=None if self.conflicts == "off" else choice,
            drops_shared=self.two_queries == "drop",
            licences=None if self.licences is None else _matching(self.licences),
            owners=frozenset(self.without_owners),
            opt_outs=tuple(sorted({glued(folded(tag)) for tag in self.opt_out_tags} - {""})),
            forgotten=self._forgotten(),
        )

    def _judged(self, desk: Desk, found: daft.DataFrame, windows: Iterable[Window]) -> "_Judged":
        """Write down which rows are worth fetching, fleeting sources first, and which are not."""
        folder = desk.scratch / "judged"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        sources = labelled(self.sources)
        fleeting = [name for name, source in sources.items() if source.is_fleeting]
        told = _Judged(Effects(self.taxonomy), [], [], [])
        for number, rows in enumerate(judged(found, windows, self._rules())):
            told.effects.add(rows)
            wanted = rows.filter(pl.col("reason").is_null()).select(*KEY, "url", "keeps_bytes")
            _check_sources(wanted, sources)
            lost = rows.filter(pl.col("reason").is_not_null()).select(*KEY, "reason", "detail")
            expires = pl.col("source").is_in(fleeting)
            _keep(lost, folder / f"dropped-{number:06d}.parquet", told.dropped)
            _keep(wanted.filter(expires), folder / f"first-{number:06d}.parquet", told.first)
            _keep(wanted.filter(~expires), folder / f"then-{number:06d}.parquet", told.then)
        return told

    def _looked_at(self, desk: Desk, told: "_Judged") -> list[Finished]:
        """Look at every picture that is worth it and give the files that say what came of it."""
        processes = self._n_processes()
        work = Look(desk, self._setup(desk, processes))
        tally = Tally(desk.watch, told.n_wanted(), self.reasons, work)
        work.note = tally.note
        size = PER_SHARD * _pieces(told.n_wanted(), processes)
        files = []
        with closing(work):
            chunks = self._chunks(desk, told, work, size)
            with closing(each_chunk(work, chunks, processes=processes, most=processes)) as names:
                for name in names:
                    path = desk.files.ensure(work.path(name))
                    columns = ["source", "source_id", "reason", "detail"]
                    rows = pl.read_parquet(path, columns=columns)
                    tally.finish(name, rows)
                    files.append(Finished.of(str(path), rows))
        return files

    def _n_processes(self) -> int:
        """Give how many chunks are worked on at a time; on a cluster each needs its own places."""
        if not engine.is_cluster():
            return self.processes
        is_online = any(source.is_online for source in self.sources)
        places = engine.places()
        return (
            min(places, guests(self.fetch, self.sources).most_processes()) if is_online else places
        )

    def _setup(self, desk: Desk, processes: int) -> Setup:
        folder = desk.scratch / "hosts"
        shutil.rmtree(folder, ignore_errors=True)  # of a run that is over
        # The machines of a cluster may not see one folder: no place or pace there depends on it.
        divided = processes if engine.is_cluster() else 1
        return Setup(
            sources=labelled(self.sources),
            reasons=frozenset(self.reasons),
            terms=self._terms(),
            manners=guests(self.fetch, self.sources).shared_by(divided),
            ledger=desk.journal / "fetch",
            workers=self.workers,
            together=Together(folder, processes // divided) if processes > 1 else None,
        )

    def _terms(self) -> Terms:
        return Terms(
            opt_outs=self.opt_outs,
            limits=self.limits,
            side_px=self.store_side_px,
            placeholders=self.placeholders,
            min_side_px=self.min_side_px,
            max_aspect=self.max_aspect,
            forgotten=self._forgotten(),
        )

    def _chunks(
        self, desk: Desk, told: "_Judged", work: Look, size: int
    ) -> Iterator[tuple[str, pl.DataFrame]]:
        """Give name and rows of each chunk, with what the journal knows already.

        They are cut on everything that is wanted, so that a kill never shifts a border.
        """
        online = [name for name, one in labelled(self.sources).items() if one.is_online]
        attempts = Attempts(desk.journal / "fetched", desk.files)
        for number, rows in enumerate(_slices([*told.first, *told.then], size)):
            name = f"{number:06d}-{_digest(rows)[:16]}"
            asked = rows.filter(pl.col("source").is_in(online), pl.col("url").is_not_null())
            if work.is_done(name) or asked.is_empty():
                latest = pl.DataFrame(schema=COLUMNS)
            else:
                latest = attempts.latest(asked)
            yield name, self._with_held(rows, latest, desk.again)

    def _with_held(
        self, rows: pl.DataFrame, latest: pl.DataFrame, again: frozenset[str] | None
    ) -> pl.DataFrame:
        """Add to each row its latest attempt, if that still answers, and how many there were."""
        latest = latest.join(rows.select(*LINK, "keeps_bytes"), on=LINK)
        held = still_answer(latest, self._terms(), again=again).drop("keeps_bytes", "round")
        rounds = latest.select(*LINK, "round")
        rows = rows.join(rounds, on=LINK, how="left", maintain_order="left")
        held = held.with_columns(is_held=True)
        rows = rows.join(held, on=LINK, how="left", maintain_order="left")
        return rows.with_columns(pl.col("is_held").fill_null(False))


class _Judged(NamedTuple):
    """Files of rows after the rules before fetching."""

    effects: Effects
    first: list[str]  # worth fetching, of sources whose links expire
    then: list[str]  # worth fetching, of all others
    dropped: list[str]

    def n_wanted(self) -> int:
        """Count the rows worth fetching."""
        files = [*self.first, *self.then]
        return pl.scan_parquet(files).select(pl.len()).collect().item() if files else 0


def _pieces(n_rows: int, processes: int) -> int:
    """Give how many shards a chunk has."""
    if works_here(processes):
        return PIECES
    return max(1, min(PIECES_APART, n_rows // (PER_SHARD * SHARES * processes)))


def _check_sources(wanted: pl.DataFrame, sources: Mapping[str, Source]) -> None:
    for name in wanted["source"].unique().sort():
        if name not in sources:
            raise AffektError(
                f"clean: the source {name!r} is not in the plan, which knows "
                f"{', '.join(sources)}; put it back or raise `edition` of [collect]"
            )


def _keep(rows: pl.DataFrame, path: Path, paths: list[str]) -> None:
    """Write rows, if there are any, and note where."""
    if rows.height:
        rows.write_parquet(path, compression="lz4")
        paths.append(str(path))


def _slices(paths: Iterable[str], size: int) -> Iterator[pl.DataFrame]:
    """Give all rows of some files in pieces of one size; only the last is smaller."""
    rest = pl.DataFrame()
    for path in paths:
        rows = pl.concat([rest, pl.read_parquet(path)], how="diagonal")
        whole = rows.height - rows.height % size
        yield from rows[:whole].iter_slices(size)
        rest = rows[whole:]
    if rest.height:
        yield rest


def _digest(rows: pl.DataFrame) -> str:
    """Name a chunk by its rows."""
    return hashlib.sha256(rows.select(*KEY, "url").write_ndjson().encode()).hexdigest()


def _matching(words: Iterable[str]) -> frozenset[str]:
    """Give the canonical words that licence words stand for: one, or all versions of one kind."""
    allowed = set()
    for word in words:
        one = licences.of(word)
        assert one is not None
        if VERSION.search(word.strip()):
            allowed.add(one.word)
        else:
            kind = VERSION.sub("", one.word)
            allowed |= {each for each in licences.words() if VERSION.sub("", each) == kind}
    return frozenset(allowed)
