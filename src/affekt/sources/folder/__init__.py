"""A folder of pictures on this machine, sub-folders named by emotions, with or without a table."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from affekt.errors import AffektError, UsageError
from affekt.parts import Place, did_you_mean
from affekt.sources import Page, Query, Source
from affekt.sources.folder.reading import read_inside
from affekt.sources.folder.sidecar import NAMES as SIDECARS
from affekt.sources.folder.sidecar import Row, Sidecar, read_sidecar
from affekt.sources.folder.walk import REASONS, Entry, walk

if TYPE_CHECKING:
    from affekt.fetch.fetcher import Fetcher

Refusal = tuple[str, str, str]


class Folder(Source):
    """A folder of pictures on this machine.

    The first sub-folder below `root` says what a picture was found for: its name is that, or a
    keyword, of an emotion. Everything else joins unlabelled. A table ``metadata.csv`` or
    ``metadata.jsonl`` in `root` may tell more about each file (columns file, emotion, tags with
    ``;`` between, title, owner, licence, url, page_url); its emotion wins over the sub-folder.
    Links are not followed, hidden names are left out, and what is no picture is told later by its
    content.
    """

    root: Place = Field(description="the folder")
    emotion: str | None = Field(None, description="the whole folder was found for this emotion")
    unlabelled: bool = Field(False, description="no name says anything about emotion")
    max_bytes: int = Field(20_000_000, gt=0, description="larger files are not read")
    per_page: int = Field(500, gt=0, description="pictures a page")

    idle = frozenset({"per_page"})
    reasons = REASONS

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if self.unlabelled and self.emotion is not None:
            raise ValueError(
                f"emotion is {self.emotion!r} and unlabelled is true; leave one of the two out"
            )
        return self

    @classmethod
    def example(cls) -> Self:
        """Give the pictures that come with scikit-image."""
        spec = find_spec("skimage")
        assert spec is not None
        assert spec.origin is not None
        return cls(root=Place(written=str(Path(spec.origin).parent / "data")), per_page=5)

    def witness(self) -> str:
        root = self.root.path
        if not root.is_dir():
            return "missing"
        digest = hashlib.sha256()
        for entry in walk(root, None):
            path = root / entry.name
            with suppress(OSError):
                digest.update(f"{entry.name}\0{path.lstat().st_size}\n".encode(errors="replace"))
                if entry.name in SIDECARS:
                    digest.update(path.read_bytes())
        return digest.hexdigest()

    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        if self.unlabelled:
            return (Query(None, ()),)
        if self.emotion is not None:
            return (Query(_emotion_of(self.emotion, words), ()),)
        claimed = [Query(name, _names(name, words[name])) for name in words]
        # The last asks for what no emotion claims: its words say what to leave out.
        return (*claimed, Query(None, tuple(word for query in claimed for word in query.words)))

    def pages(self, query: Query, after: str | None, fetcher: "Fetcher | None") -> Iterator[Page]:
        root = self.root.path
        if not root.is_dir():
            state = "is no folder" if root.exists() else "does not exist"
            raise AffektError(
                f"the folder source: {self.root.written!r} {state}; correct `root`, "
                "which is looked up from the folder of the plan"
            )
        sidecar = read_sidecar(root)
        findings = self._findings(query, sidecar) if after is None else ()
        entries = self._claimed(query, sidecar, after)
        while True:
            batch = list(islice(entries, self.per_page))
            rest = next(entries, None)
            hits, refused = _sorted_out(root, sidecar, batch)
            yield Page(hits, batch[-1].name if rest else None, (*findings, *refused))
            if rest is None:
                return
            entries, findings = chain([rest], entries), ()

    def fetch(self, url: str) -> bytes:
        return read_inside(self.root.path, url, self.max_bytes)

    def _claimed(self, query: Query, sidecar: Sidecar, after: str | None) -> Iterator[Entry]:
        """Give the entries that belong to a query."""
        takes_all = self.unlabelled or self.emotion is not None
        words = {word.casefold() for word in query.words}
        for entry in walk(self.root.path, after):
            is_named = _word_for(entry, sidecar) in words
            if entry.name not in SIDECARS and (
                takes_all or is_named == (query.emotion is not None)
            ):
                yield entry

    def _findings(self, query: Query, sidecar: Sidecar) -> tuple[Refusal, ...]:
        """Give the lines of the table that cannot be used; one query tells them for all."""
        if self.unlabelled or self.emotion is not None:
            return sidecar.findings(None)
        known = {word.casefold() for word in query.words}
        return sidecar.findings(known) if query.emotion is None else ()


def _names(emotion: str, words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*words, emotion)))


def _emotion_of(word: str, words: Mapping[str, tuple[str, ...]]) -> str:
    for name in words:
        if word.casefold() in {one.casefold() for one in _names(name, words[name])}:
            return name
    raise UsageError(
        f"the folder source: emotion is {word!r}, which is none of the plan's; "
        + did_you_mean(word, list(words))
    )


def _word_for(entry: Entry, sidecar: Sidecar) -> str | None:
    """Give the word that says what an entry was found for: its row's, else its first folder's."""
    row = sidecar.rows.get(entry.name)
    if row is not None and row.emotion:
        return row.emotion.casefold()
    return entry.parts[0].casefold() if len(entry.parts) > 1 else None


def _sorted_out(
    root: Path, sidecar: Sidecar, batch: list[Entry]
) -> tuple[tuple[dict[str, Any], ...], tuple[Refusal, ...]]:
    """Give the hits among some entries, and the refusals."""
    hits: list[dict[str, Any]] = []
    refused: list[Refusal] = []
    for entry in batch:
        try:
            if not entry.reason:
                hits.append(_hit(root, entry.name, sidecar))
        except OSError as trouble:  # gone, or forbidden, since its folder was read
            refused.append((entry.name, "unreadable", trouble.strerror or ""))
        if entry.reason:
            refused.append((_shown(entry.name), entry.reason, entry.detail))
    return tuple(hits), tuple(refused)


def _hit(root: Path, name: str, sidecar: Sidecar) -> dict[str, Any]:
    row = sidecar.rows.get(name) or Row(0, name)
    (root / name).lstat()  # gone since its folder was read? that is told, not found out later
    return {
        "source_id": name,
        "tags": list(row.tags),
        "title": row.title,
        "owner": row.owner,
        "licence": row.licence,
        "url": name,
        "page_url": row.page_url or row.url,
        "found_at": None,
        "is_generated": False,
        "truth": None,
    }


def _shown(name: str) -> str:
    """Give a name as text, bytes that are none spelled out."""
    return name.encode("utf-8", "backslashreplace").decode()
