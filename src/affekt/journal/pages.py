"""The log of what sources answered: one file of JSON lines a query, each line one page.

A page counts once it is on disk. The first line says what was asked; every line carries the start
of the SHA-256 of its content, so that an overwritten byte is found and not believed.

An object store cannot lengthen a file: there every line is an object of its own, in a folder named
as the file, and the file is made again from them on another machine.

Nothing in a file changes, with one exception: what was removed on request is taken out of its line.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from affekt import durable
from affekt.errors import Damaged, NewerFormat
from affekt.files import Files
from affekt.parts import canonical

FORMAT = 1  # of the file; raised when an older affekt could not read it
CHECK_DIGITS = 16
BEFORE, BETWEEN, BEHIND = b'{"check":"', b'","page":', b"}\n"
FIRST_BYTES = 65_536  # of a file, in which its first line ends
GONE = "removed:"  # begins what stands for a way on that named something removed
START = len(BEFORE) + CHECK_DIGITS + len(BETWEEN)  # of the content in its line
# A quote inside a text has a backslash before it: this stands once in a line, behind its head.
HITS = b',"hits":['


class StoredPage(NamedTuple):
    """One answer of a source as it lies on disk."""

    after: str | None  # where the next page begins; None on the last
    hits: tuple[Mapping[str, Any], ...]
    refused: tuple[tuple[str, str, str], ...]
    asked_at: str  # when it came, ISO 8601, UTC


class Head(NamedTuple):
    """What of a page is known without reading its hits."""

    after: str | None
    n_hits: int
    n_refused: int


class Pages:
    """The answers to one query, append-only.

    A line torn by a crash at the end of the file was never counted: it is cut off before the next
    append.

    Args:
        folder: Where the files lie; made at the first append.
        asked: All that decides the answers (source, edition, query) as JSON values; names the file.
        files: The files of the project, where these lie in an object store.
    """

    def __init__(self, folder: Path, asked: Mapping[str, Any], files: Files | None = None) -> None:
        self.asked: dict[str, Any] = {"format": FORMAT, "asked": dict(asked)}
        self.path = folder / f"{hashlib.sha256(canonical(dict(asked))).hexdigest()[:32]}.jsonl"
        self.after: str | None = None  # where to go on asking; None at the beginning and the end
        self.n_pages = self.n_hits = self.n_refused = 0
        self._ways: set[bytes] = set()  # digests of every `after`
        self._whole_bytes = self._n_lines = 0
        self._files = files if files is not None and files.url is not None else None
        if self._files is not None:
            self._bring_back(self._files)
        for text in self._texts():
            self._count(_head(text))

    @property
    def is_complete(self) -> bool:
        """Whether the last page has come."""
        return self.n_pages > 0 and self.after is None

    def leads_back(self, after: str) -> bool:
        """Tell whether a page that is stored led there already."""
        return _digest(after) in self._ways

    def append(
        self,
        after: str | None,
        hits: tuple[Mapping[str, Any], ...],
        refused: tuple[tuple[str, str, str], ...] = (),
    ) -> None:
        """Put one page on disk; it is safe there when this returns.

        Raises:
            ValueError: The last page is stored already, or this one holds what JSON does not know.
        """
        if self.is_complete:
            raise ValueError(f"{self.path.name}: the last page is stored, none can follow")
        asked_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        head = Head(after, len(hits), len(refused))
        page = {**head._asdict(), "asked_at": asked_at, "hits": hits, "refused": refused}
        lines = [_line(page)]
        if not self._whole_bytes:
            lines.insert(0, _line(self.asked))
        self._write(b"".join(lines))
        for line in lines:
            if self._files is not None:
                self._files.put(self._object(self._n_lines), line)
            self._n_lines += 1
        self._count(head)

    def stored(self) -> Iterator[StoredPage]:
        """Give the pages on disk, in the order they came, one in memory at a time.

        Raises:
            NewerFormat: A newer affekt wrote the file.
            Damaged: A line is not what was written; only the very last may be torn.
        """
        return map(_page, self._texts())

    def forget(self, is_gone: Callable[[Mapping[str, Any]], bool], *, dry: bool = False) -> int:
        """Take hits and refusals out of their pages, and give how many; ``dry`` only counts.

        A refusal is asked about as a hit that has nothing but its ``source_id``. Interrupted, it
        has done nothing or all in the file, and finishes when it is called again.
        """
        gone = [str(one["source_id"]) for one in self._entries() if is_gone(one)]
        if dry or not gone:
            return len(gone)
        texts = self._texts()
        with durable.replaced(self.path) as beside, beside.open("wb") as file:
            file.write(_line(self.asked))
            for number, text in enumerate(texts, start=1):
                line = _without(text, is_gone, set(gone), is_last=number == self.n_pages)
                if self._files is not None and line != _sealed(text):
                    self._files.put(self._object(number), line)
                file.write(line)
        self.__init__(self.path.parent, self.asked["asked"], self._files)  # type: ignore[misc]
        return len(gone)

    def _entries(self) -> Iterator[Mapping[str, Any]]:
        for page in self.stored():
            yield from page.hits
            yield from ({"source_id": name} for name, _, _ in page.refused)

    def _texts(self) -> Iterator[bytes]:
        """Give the content of every line but the first, as it was written."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            size, whole = os.fstat(file.fileno()).st_size, 0
            for number, line in enumerate(file, start=1):
                whole += len(line)
                text = _content(line)
                if text is None and whole == size:
                    return
                if text is None:
                    raise _damaged(self.path, number)
                self._whole_bytes = max(whole, self._whole_bytes)
                self._n_lines = max(number, self._n_lines)
                if number == 1:
                    self._check(json.loads(text))
                else:
                    yield text

    def _count(self, head: Head) -> None:
        self.after = head.after
        if head.after is not None:
            self._ways.add(_digest(head.after))
        self.n_pages += 1
        self.n_hits += head.n_hits
        self.n_refused += head.n_refused

    def _check(self, first: Mapping[str, Any]) -> None:
        format_ = first.get("format")
        if isinstance(format_, int) and format_ > FORMAT:
            raise NewerFormat(
                f"{self.path}: pages written in format {format_}, this affekt reads up to "
                f"{FORMAT}; update affekt. Nothing was touched"
            )
        if first != self.asked:
            raise _damaged(self.path, 1)

    def _object(self, number: int) -> Path:
        return self.path.with_suffix("") / f"{number:08d}.line"

    def _bring_back(self, files: Files) -> None:
        """Make file and objects hold the same lines: each may lack the last ones of the other."""
        there = files.listed(self.path.with_suffix(""), "*.line")
        here = self._whole_lines()
        for number, line in list(enumerate(here))[len(there) :]:
            files.put(self._object(number), line)
        missing = []
        for path in there[len(here) :]:
            with files.opened(path) as file:
                missing.append(file.read())
        if missing:
            self._whole_bytes = sum(len(line) for line in here)
            self._write(b"".join(missing))

    def _whole_lines(self) -> list[bytes]:
        if not self.path.exists():
            return []
        lines = self.path.read_bytes().splitlines(keepends=True)
        return lines if not lines or _content(lines[-1]) is not None else lines[:-1]

    def _write(self, text: bytes) -> None:
        is_new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.truncate(self._whole_bytes)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            durable.settle(self.path.parent)
        self._whole_bytes += len(text)


def every(folder: Path, files: Files | None = None) -> Iterator[Pages]:
    """Give the answers to every query of a project, by the names of their files.

    Raises:
        Damaged: The first line of a file is not what was written.
    """
    for asked in asked_in(folder, files):
        yield Pages(folder, asked, files)


def asked_in(folder: Path, files: Files | None = None) -> Iterator[dict[str, Any]]:
    """Give what was asked in every query of a project, by the names of their files.

    Raises:
        Damaged: The first line of a file is not what was written.
    """
    files = files or Files(folder)
    names = {path.stem for path in files.listed(folder, "*.jsonl")}
    names |= {path.parent.name for path in files.listed(folder, "*.line")}
    for name in sorted(names):
        path = folder / f"{name}.jsonl"
        place = path if path.exists() else folder / name / f"{0:08d}.line"
        with files.opened(place) as source:
            head = source.read(FIRST_BYTES)
            line, end, _ = (head if b"\n" in head else head + source.read()).partition(b"\n")
        if not end:  # torn by a crash before its first page was there
            continue
        text = _content(line + end)
        if text is None:
            raise Damaged(f"{place}:1: this line is not what was written; put back a backup")
        yield json.loads(text)["asked"]


def counted(path: Path) -> int:
    """Give how many pages a file holds, after holding each line against its checksum.

    A last line that a crash has torn does not count.

    Raises:
        Damaged: A line is not what was written.
    """
    n_lines = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if _content(line) is not None:
                n_lines = number
            elif line.endswith(b"\n"):
                raise _damaged(path, number)
    return max(n_lines - 1, 0)


def _damaged(path: Path, number: int) -> Damaged:
    return Damaged(
        f"{path}:{number}: this line is not what was written; put the file back from a "
        "backup, or delete it to ask the source again from the first page"
    )


def _without(
    text: bytes, is_gone: Callable[[Mapping[str, Any]], bool], names: set[str], *, is_last: bool
) -> bytes:
    """Give the line of a page without some entries; a way on that names one tells it no longer.

    The last way on is still needed, if the query is not at its end.
    """
    page = _page(text)
    hits = [hit for hit in page.hits if not is_gone(hit)]
    refused = [one for one in page.refused if not is_gone({"source_id": one[0]})]
    after = page.after
    tells = after is not None and not is_last and any(name in after for name in names)
    if tells and after is not None:
        after = GONE + _digest(after).hex()
    if not tells and len(hits) == len(page.hits) and len(refused) == len(page.refused):
        return _sealed(text)
    head = Head(after, len(hits), len(refused))._asdict()
    return _line({**head, "asked_at": page.asked_at, "hits": hits, "refused": refused})


def _line(content: Mapping[str, Any]) -> bytes:
    # Escaped to ASCII, so that half a character pair in a foreign title cannot stop the log.
    return _sealed(json.dumps(content, separators=(",", ":"), allow_nan=False).encode("ascii"))


def _sealed(text: bytes) -> bytes:
    return b"".join((BEFORE, _check_of(text), BETWEEN, text, BEHIND))


def _check_of(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:CHECK_DIGITS].encode("ascii")


def _digest(after: str) -> bytes:
    return hashlib.blake2b(after.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _content(line: bytes) -> bytes | None:
    """Give what a line holds, or None when it is torn or changed."""
    text = line[START : -len(BEHIND)]
    frame = (BEFORE, _check_of(text), BETWEEN)
    is_whole = line.endswith(BEHIND) and line.startswith(b"".join(frame))
    return text if is_whole else None


def _head(text: bytes) -> Head:
    head = json.loads(text.partition(HITS)[0] + b"}")
    if "n_hits" in head:
        return Head(head["after"], head["n_hits"], head["n_refused"])
    page = _page(text)  # written before heads told the numbers
    return Head(page.after, len(page.hits), len(page.refused))


def _page(text: bytes) -> StoredPage:
    content = json.loads(text)
    refused = tuple((name, reason, detail) for name, reason, detail in content["refused"])
    return StoredPage(content["after"], tuple(content["hits"]), refused, content["asked_at"])
