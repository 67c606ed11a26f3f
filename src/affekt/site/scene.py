"""What every page needs: the campaign, its pictures, what signs, and who came how often."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from affekt.campaign.live import Live
from affekt.site.gallery import Gallery, Pool
from affekt.site.guard import host_of
from affekt.site.rates import Rates
from affekt.site.seals import Seals
from affekt.site.words import FIRST, Words, languages, words

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Scene:
    """One site.

    Attributes:
        live: The campaign.
        title: Of the plan.
        gallery: Hands out pictures.
        pool: Pictures of the test and its key, which no page shows to a worker.
        seals: Signs and seals.
        address: Where people reach the site, ``https://…`` without a slash at its end.
        publish: Writes the export of the campaign into a new folder.
        plan: File of the plan, which the wizard of campaigns builds on.
        contact: Whom a worker can ask, as the plan says it.
        rates: Who came how often.
        refused: What was refused since the start, by reason.
        kept: What is worked out anew only once in a while: name → (when, what).
    """

    live: Live
    title: str
    gallery: Gallery
    pool: Pool
    seals: Seals
    address: str
    plan: Path
    contact: str = ""
    publish: Callable[[Path], object] = lambda _: None
    rates: Rates = field(default_factory=Rates)
    refused: Counter[str] = field(default_factory=Counter)
    kept: dict[str, tuple[float, Any]] = field(default_factory=dict)
    gate: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_https(self) -> bool:
        """Whether people reach it by https."""
        return self.address.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Names under which the site answers; those of this machine only where it is meant."""
        own = host_of(urlsplit(self.address).netloc)
        return frozenset({own, *LOOPBACK} if own in LOOPBACK or self.is_https else {own})

    @property
    def languages(self) -> list[str]:
        """The languages in which the question is asked, English first."""
        asked = [one for one in self._spoken if self.words(one).is_reviewed]
        return sorted(asked, key=lambda one: one != FIRST) or [FIRST]

    @property
    def unreviewed(self) -> list[str]:
        """Languages of the question in which nobody is asked: their words are not reviewed."""
        return [one for one in self._spoken if not self.words(one).is_reviewed]

    @property
    def _spoken(self) -> list[str]:
        return [one for one in languages() if one in self.live.asking.question]

    def words(self, language: str) -> Words:
        """Give the texts of a language, with the words for the emotions that the plan gives."""
        known = words(language)
        own = self.live.asking.words.get(language)
        if own is None:
            return known
        emotions = {**known.emotions, **own.emotions}
        is_whole = all(one in own.emotions for one in self.live.emotions)
        return replace(
            known,
            emotions=emotions,
            source=own.source,
            is_reviewed=known.is_reviewed or is_whole,
        )

    def refuse(self, reason: str) -> None:
        """Count something that was not taken."""
        with self.gate:
            self.refused[reason] += 1
