"""Work on pictures, a chunk of rows at a time, in this process, in several, or on a cluster.

Each chunk commits a file of its own, so whatever dies in the middle costs the chunks in work and
nothing else. In several processes and on a cluster the work is a user-defined function of Daft with
one row a chunk. In this process, work that can goes over from chunk to chunk without a pause.
Neither engine is believed when it says that all is done (the native one loses the
query with a process, Ray may lose rows with a worker): what counts is which files are there.
"""

import json
import logging
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import daft
import polars as pl
import pyarrow as pa

from affekt import engine, errors
from affekt.errors import AffektError
from affekt.stages._work import Chunk, Flowing, Work, done_or_why, passing

TRIES = 3  # of a whole chunk before it is split, and of a single row before it is given up
WAVE = 64_000  # rows a process is handed at once; bounds what lies in memory
HOPELESS = 10  # rows given up before any chunk was done, after which going on is pointless
STOP = re.compile(r"<affekt-stop:([0-9a-f]+)>")
SILENT = ("daft_local_execution", "daft_local_execution.runtime_stats")  # told here in our words
log = logging.getLogger(__name__)


def each_chunk(
    work: Work,
    chunks: Iterable[tuple[str, pl.DataFrame]],
    *,
    processes: int = 1,
    most: int | None = None,
) -> Generator[str, None, None]:
    """Give the names of the files that are there, each as soon as it is; what lacks is made first.

    A chunk that fails three times is split until the bad row stands alone, which the work marks;
    then the names of the parts are given, ``chunk.0``, ``chunk.1``, ``chunk.1.0`` …, and not the
    chunk's. With one process on one machine, the work is done right here. A cluster works on as
    many chunks at a time as it has processors, or on `most`.

    Raises:
        AffektError: Of the work's own kind, as soon as it raises one; or nothing works at all.
        OSError: The disk refuses.
    """
    if works_here(processes):
        yield from _Foreman(work, _Here(work)).run(chunks)
    elif engine.is_cluster():
        crew = _Crew(work, engine.places(), None)
        if most and most < engine.places():
            crew.at_once = most
        yield from _Foreman(work, crew).run(chunks)
    else:
        with TemporaryDirectory(prefix="affekt-", ignore_cleanup_errors=True) as while_it_stands:
            crew = _Crew(work, processes, Path(while_it_stands))
            yield from _Foreman(work, crew).run(chunks)


def works_here(processes: int) -> bool:
    """Tell whether `each_chunk` works in this process, so that the work may hold what is here."""
    return processes == 1 and not engine.is_cluster()


class _Foreman:
    """Hands out chunks until the file of each is there."""

    def __init__(self, work: Work, hands: "_Here | _Crew") -> None:
        self._work = work
        self._hands = hands
        self._n_done = self._n_given_up = 0

    def run(self, chunks: Iterable[tuple[str, pl.DataFrame]]) -> Iterator[str]:
        everything = (Chunk(name, rows) for name, rows in chunks)
        if isinstance(self._hands, _Here) and isinstance(self._work, Flowing):
            yield from self._flow(self._work, everything)
        else:
            for wave in _waves(everything, self._hands.at_once):
                yield from self._finished(wave)

    def _flow(self, work: Flowing, chunks: Iterator[Chunk]) -> Iterator[str]:
        """Let chunks follow each other; where that fails, those at hand are done one by one."""
        for chunk in chunks:
            if self._is_fresh(chunk):
                intake = _Intake(chain([chunk], chunks), self)
                yield from self._flowed(work, intake)
                yield from intake.standing()
                rest = [*intake.split, *intake.at_hand.values()]
            else:
                rest = [chunk]
            for one in rest:
                yield from self._finished([one])

    def _flowed(self, work: Flowing, intake: "_Intake") -> Iterator[str]:
        try:
            for name in work.do_all(intake.fresh()):
                del intake.at_hand[name]
                self._check_here(name)
                yield from intake.standing()
                yield name
        except Exception as trouble:
            if trouble is intake.trouble:
                raise
            log.warning("%s failed: %s", ", ".join(intake.at_hand), passing(trouble))

    def is_done(self, chunk: Chunk) -> bool:
        """Tell whether the file of a chunk is there."""
        return self._work.is_done(chunk.name)

    def _is_fresh(self, chunk: Chunk) -> bool:
        return not self.is_done(chunk) and not self.was_split(chunk)

    def _finished(self, wave: list[Chunk]) -> Iterator[str]:
        """Do what lacks; halves of the wave, and again, where a process died on one of them."""
        fresh = []
        for chunk in wave:
            if self._work.is_done(chunk.name):
                yield chunk.name
            elif self.was_split(chunk):
                yield from self._split(chunk, "")
            else:
                fresh.append(chunk)
        yield from self._done(fresh)

    def was_split(self, chunk: Chunk) -> bool:
        """Tell whether an earlier run had to; the first of all its parts is done first."""
        while chunk.rows.height > 1:
            chunk = chunk.halves()[0]
            if self._work.is_done(chunk.name):
                return True
        return False

    def _done(self, group: list[Chunk]) -> Iterator[str]:
        if not group:
            return
        failed = dict[str, str]()
        told = set[str]()
        for name in self._tried(group, failed):
            told.add(name)
            yield name
        rest = []
        for chunk in group:
            if not self._work.is_done(chunk.name):
                rest.append(chunk)
            elif chunk.name not in told:  # and the process died before it could say so
                yield chunk.name
        lost = [chunk for chunk in rest if chunk.name not in failed or len(group) > 1]
        for chunk in rest:
            if chunk.name in failed and len(group) == 1:
                yield from self._again(chunk, failed[chunk.name])
        middle = (len(lost) + 1) // 2
        yield from self._done(lost[:middle])
        yield from self._done(lost[middle:])

    def _again(self, chunk: Chunk, error: str) -> Iterator[str]:
        """Try a chunk alone that failed alone, and split it when it keeps failing."""
        is_part_of_bad = chunk.name.endswith((".0", ".1"))
        more = 0 if is_part_of_bad and chunk.rows.height > 1 else TRIES - 1
        for _ in range(more):
            failed = dict[str, str]()
            yield from self._tried([chunk], failed)
            if not failed:
                return
            error = failed[chunk.name]
        yield from self._split(chunk, error)

    def _split(self, chunk: Chunk, error: str) -> Iterator[str]:
        if chunk.rows.height == 1:
            self._give_up(chunk, error)
            yield chunk.name
            return
        log.warning("%s fails again and again and is split", chunk.name)
        for half in chunk.halves():
            yield from self._finished([half])

    def _give_up(self, chunk: Chunk, error: str) -> None:
        self._n_given_up += 1
        if self._n_given_up >= HOPELESS and not self._n_done:
            raise AffektError(
                f"{chunk.name}: the first {HOPELESS} rows were tried {TRIES} times each and none "
                f"could be worked on, the last because of {_last_line(error)!r}; this is a defect "
                "of affekt or of this machine: run `affekt doctor`, and again when it is mended"
            )
        self._work.give_up(chunk.name, chunk.rows, _last_line(error))

    def _tried(self, group: list[Chunk], failed: dict[str, str]) -> Iterator[str]:
        """Give the names of what was done, and note the error of what was not and came back."""
        for name, error in self._hands.tried(group):
            if error:
                log.warning("%s failed: %s", name, error)
                failed[name] = error
            else:
                self._check_here(name)
                yield name

    def _check_here(self, name: str) -> None:
        """Believe that a chunk is done when its file is there."""
        if not self._work.is_done(name):
            raise AffektError(
                f"{name}: was done, but its file is not here; all machines of a cluster must "
                "see one project folder: put `project` on a shared disk or into S3"
            )
        self._n_done += 1


def _waves(chunks: Iterable[Chunk], n_rows: int) -> Iterator[list[Chunk]]:
    """Give chunks in groups of that many rows or a few more."""
    wave, n_held = list[Chunk](), 0
    for chunk in chunks:
        wave.append(chunk)
        n_held += chunk.rows.height
        if n_held >= n_rows:
            yield wave
            wave, n_held = [], 0
    if wave:
        yield wave


class _Intake:
    """Chunks on their way into work that flows.

    Attributes:
        at_hand: Those that were given and whose file is not there yet.
        split: Those that an earlier run had to split; they are for later.
        trouble: What the chunks themselves raised, which is no failure of the work.
    """

    def __init__(self, chunks: Iterator[Chunk], foreman: _Foreman) -> None:
        self._chunks, self._foreman = chunks, foreman
        self._standing: deque[str] = deque()
        self.at_hand: dict[str, Chunk] = {}
        self.split: list[Chunk] = []
        self.trouble: Exception | None = None

    def fresh(self) -> Iterator[Chunk]:
        """Give the chunks that are to be worked on, as long as they can follow each other."""
        try:
            for chunk in self._chunks:
                if self._foreman.is_done(chunk):
                    self._standing.append(chunk.name)
                elif self._foreman.was_split(chunk):
                    self.split.append(chunk)
                else:
                    self.at_hand[chunk.name] = chunk
                    yield chunk
        except Exception as trouble:
            self.trouble = trouble
            raise

    def standing(self) -> Iterator[str]:
        """Give the names of chunks met whose file was there already, each once."""
        while self._standing:
            yield self._standing.popleft()


class _Here:
    """Works in this process, so that an interrupt reaches the work at once."""

    at_once = 1  # row, so that chunks are taken one by one

    def __init__(self, work: Work) -> None:
        self._work = work

    def tried(self, group: list[Chunk]) -> Iterator[tuple[str, str]]:
        for chunk in group:
            yield chunk.name, done_or_why(self._work, chunk)


class _Crew:
    """Works in processes of Daft, on this machine or on all of a cluster."""

    def __init__(self, work: Work, processes: int, while_it_stands: Path | None) -> None:
        self.at_once = WAVE * processes
        self._while_it_stands = while_it_stands
        # On Ray, functions in processes of their own: when one dies, that is told at once. With a
        # set number of them Daft makes them actors instead, whose death can cost rows unnoticed.
        options: Mapping[str, Any] = {"max_concurrency": processes} if while_it_stands else {}
        station = daft.cls(_Station, use_process=True, **options)
        self._station = station(work, while_it_stands)
        for name in SILENT:
            logging.getLogger(name).setLevel(logging.CRITICAL)

    def tried(self, group: list[Chunk]) -> Iterator[tuple[str, str]]:
        """Give name and error, ``""`` for none, of each chunk that came back.

        Raises:
            AffektError: Whatever the work raised as one.
            OSError: The disk refused.
        """
        frame = daft.from_arrow([_packed(chunk) for chunk in group])
        report = self._station.report(frame["name"], frame["rows"])
        rows: Iterator[dict[str, Any]] = iter(
            frame.select(frame["name"], report.alias("error")).iter_rows(None)
        )
        try:
            for row in rows:
                yield str(row["name"]), str(row["error"])
        except GeneratorExit:
            self._let_go()
            raise
        except Exception as trouble:
            text = _chain(trouble)
            if stop := STOP.search(text):
                raise _unpacked_error(stop[1]) from None
            log.warning("a process died: %s", _last_line(text))
            if len(group) == 1:
                yield group[0].name, f"its process died ({_last_line(text)})"

    def _let_go(self) -> None:
        """Tell the processes that nobody waits for them."""
        if self._while_it_stands:
            self._while_it_stands.rmdir()


class _Station:
    """A place of a process where chunk after chunk is worked on; a class of Daft.

    Args:
        work: What is done.
        while_it_stands: A folder that goes away when nobody waits for results any longer.
    """

    def __init__(self, work: Work, while_it_stands: Path | None) -> None:
        self._work = work
        self._while_it_stands = while_it_stands

    @daft.method.batch(return_dtype=daft.DataType.string(), batch_size=1)
    def report(self, names: daft.Series, rows: daft.Series) -> list[str]:
        """Give the error of each chunk, ``""`` for none.

        Raises:
            RuntimeError: The run must end; the text holds the error that says why.
        """
        pairs = zip(names.to_pylist(), rows.to_pylist(), strict=True)
        return [self._reported(Chunk(name, pl.read_ipc_stream(data))) for name, data in pairs]

    def _reported(self, chunk: Chunk) -> str:
        if self._while_it_stands and not self._while_it_stands.exists():
            return "nobody waits for it"
        try:
            return done_or_why(self._work, chunk)
        except (AffektError, OSError) as trouble:
            raise RuntimeError(f"<affekt-stop:{_packed_error(trouble)}>") from None


def _packed(chunk: Chunk) -> pa.Table:
    """Give a chunk as a table of one row."""
    data = BytesIO()
    chunk.rows.write_ipc_stream(data)
    return pa.table({"name": [chunk.name], "rows": pa.array([data.getvalue()], pa.large_binary())})


def _packed_error(trouble: AffektError | OSError) -> str:
    facts: dict[str, Any] = {"kind": type(trouble).__name__, "text": str(trouble)}
    if isinstance(trouble, OSError):
        facts |= {"errno": trouble.errno, "text": trouble.strerror, "file": trouble.filename}
    return json.dumps(facts, default=str).encode().hex()


def _unpacked_error(packed: str) -> AffektError | OSError:
    """Give the error that ended the work in another process; one of ours keeps its class."""
    facts = json.loads(bytes.fromhex(packed))
    if "errno" in facts:
        return OSError(facts["errno"], facts["text"], facts["file"])
    kind = getattr(errors, facts["kind"], AffektError)
    with suppress(TypeError):  # one that is made of more than its sentence
        made = kind(facts["text"])
        assert isinstance(made, AffektError)
        return made
    return AffektError(facts["text"])


def _chain(trouble: BaseException) -> str:
    """Give the texts of an error and of all that led to it."""
    texts = [str(trouble)]
    while (before := trouble.__cause__ or trouble.__context__) is not None:
        texts.append(str(before))
        trouble = before
    return "\n".join(texts)


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no word")
