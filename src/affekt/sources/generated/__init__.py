"""Pictures painted by this program, with planted faults and known truth; needs no network."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import polars as pl
from pydantic import Field, model_validator

from affekt.errors import PictureError, UsageError
from affekt.sources import Page, Query, Source
from affekt.sources.generated.catalogue import Entry, Rates, catalogue
from affekt.sources.generated.files import file_of
from affekt.sources.generated.moods import MOODS
from affekt.sources.generated.photographs import Photograph, photograph, present

if TYPE_CHECKING:
    from affekt.fetch.fetcher import Fetcher

PAINTING, PHOTOGRAPH = "generated:", "photograph:"
ALL_PHOTOGRAPHS = Query(None, ())


class Generated(Source):
    """Pictures painted by this program in the moods of eight emotions, to show and to test with.

    Each is painted from the seed and its own name alone. Planted among them, at the rates set:
    copies, near copies, tags that name two emotions, pictures returned by the query of another
    emotion, and broken files; `planted` tells where. Real photographs that come inside
    scikit-image join unlabelled. Every painted picture is marked as generated in all tables.
    """

    seed: int
    per_emotion: int = Field(45, ge=1, description="paintings an emotion, copies not counted")
    exact_copies: float = Field(0.04, ge=0, le=1, description="share with a copy, same bytes")
    reencoded_copies: float = Field(0.04, ge=0, le=1, description="share with a copy saved again")
    resized_copies: float = Field(0.04, ge=0, le=1, description="share with a smaller copy")
    two_emotions: float = Field(0.05, ge=0, le=1, description="share tagged with two emotions")
    wrong_labels: float = Field(0.10, ge=0, le=1, description="share returned by a wrong query")
    broken_files: float = Field(0.03, ge=0, le=1, description="share with broken bytes")
    photographs: bool = Field(True, description="add the photographs that come inside scikit-image")
    per_page: int = Field(100, ge=1, description="pictures a page")

    idle = frozenset({"per_page"})
    reasons: ClassVar[Mapping[str, str]] = {"unreadable": "there is no picture of that name"}

    @model_validator(mode="after")
    def _has_room_for_all_faults(self) -> Self:
        if sum(self._rates()) > 1 + 1e-9:
            raise ValueError(
                f"{', '.join(Rates._fields)} add up to {sum(self._rates()):.2f}; "
                "no picture gets two faults, so they may add up to 1 at most"
            )
        return self

    @classmethod
    def example(cls) -> Self:
        """Give a source of few pictures."""
        return cls(seed=1, per_emotion=4, exact_copies=0.1, broken_files=0.2, per_page=3)

    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        known = tuple(Query(name, words[name]) for name in words if name in MOODS)
        if not known:
            raise UsageError(
                f"the generated source paints {', '.join(MOODS)}; the plan's emotions are "
                f"{', '.join(words)}, so take the taxonomy 'mikels8' or another source"
            )
        return (*known, ALL_PHOTOGRAPHS) if self.photographs else known

    def pages(self, query: Query, after: str | None, fetcher: "Fetcher | None") -> Iterator[Page]:
        hits = list(_photographs()) if query.emotion is None else list(self._paintings(query))
        rest = [hit for hit in hits if after is None or hit["source_id"] > after]
        for start in range(0, max(1, len(rest)), self.per_page):
            batch = tuple(rest[start : start + self.per_page])
            is_last = start + self.per_page >= len(rest)
            yield Page(batch, after=None if is_last else batch[-1]["source_id"])

    def fetch(self, url: str) -> bytes:
        if url.startswith(PHOTOGRAPH):
            return photograph(url.removeprefix(PHOTOGRAPH))
        entry = self._catalogue().get(url.removeprefix(PAINTING))
        if entry is None or not url.startswith(PAINTING):
            raise PictureError("unreadable", f"{url!r} is no picture of this source")
        return file_of(entry, self.seed)

    def planted(self) -> pl.DataFrame:
        """Give the truth about every planted fault, one row a picture.

        Columns ``source_id``, ``fault`` (exact-copy, re-encoded-copy, resized-copy, two-emotions,
        wrong-label, empty-file, text-file, truncated-file, wrong-extension, bomb-header) and
        ``of``: the original of a copy, the second emotion of two, the emotion a wrongly labelled
        picture was painted for, else null. A wrong extension does no harm.
        """
        faulty = [entry for entry in self._catalogue().values() if entry.fault]
        return pl.DataFrame(
            {
                "source_id": [entry.name for entry in faulty],
                "fault": [entry.fault for entry in faulty],
                "of": [entry.of for entry in faulty],
            },
            schema={"source_id": pl.String, "fault": pl.String, "of": pl.String},
        )

    def _rates(self) -> Rates:
        return Rates(*(getattr(self, name) for name in Rates._fields))

    def _catalogue(self) -> dict[str, Entry]:
        return catalogue(self.seed, self.per_emotion, self._rates())

    def _paintings(self, query: Query) -> Iterator[dict[str, Any]]:
        for entry in self._catalogue().values():
            if entry.asked == query.emotion:
                yield {
                    "source_id": entry.name,
                    "tags": list(entry.tags),
                    "title": f"{entry.tags[1].capitalize()} (generated)",
                    "owner": entry.owner,
                    "licence": "cc0",
                    "url": PAINTING + entry.name,
                    "page_url": None,
                    "found_at": None,
                    "is_generated": True,
                    "truth": entry.emotion,
                }


def _photographs() -> Iterator[dict[str, Any]]:
    for name, one in present().items():
        yield _photograph_hit(name, one)


def _photograph_hit(name: str, one: Photograph) -> dict[str, Any]:
    return {
        "source_id": name,
        "tags": list(one.tags),
        "title": one.title,
        "owner": one.owner,
        "licence": one.licence,
        "url": PHOTOGRAPH + name,
        "page_url": None,
        "found_at": None,
        "is_generated": False,
        "truth": None,
    }
