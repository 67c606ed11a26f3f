"""What sources say today of pictures that are to be fetched: opt-outs, licences, what is hidden.

The links of a release show none of that: an owner who changes a licence or tags a picture says so
at the source. Whoever is asked is chosen by the addresses of a picture alone; where to ask is never
read from a release, so that no key can be led astray.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from affekt import licences
from affekt.errors import MissingSecret, SourceError
from affekt.fetch.opt_outs import TAGS
from affekt.hydration.named import Wanted
from affekt.hydration.outcomes import Outcome
from affekt.sources import Source, Today
from affekt.stages._tags import folded, glued

if TYPE_CHECKING:
    from affekt.fetch.fetcher import Fetcher

AT_ONCE = 500  # pictures that are asked about before they are fetched; more are lost by a kill
OUTCOME_OF = {"not-shown": "gone", "private": "refused"}
DETAILS = {
    "not-shown": "the source shows it to nobody: it was deleted, or is private",
    "private": "its owner shows it to some people only",
}


class Said(NamedTuple):
    """What sources said of some pictures, by image id.

    Attributes:
        ended: Those that are not to be fetched, and why.
        licences: What was said of the licence of the others that a source told of.
    """

    ended: Mapping[str, Outcome]
    licences: Mapping[str, str]


def ready(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Give the sources that can be asked: those that need no key, or have it."""
    return tuple(one for one in sources if not lacking(one))


def lacking(source: Source) -> str:
    """Say what is missing to ask a source, or ``""``."""
    try:
        source.check_ready()
    except MissingSecret as trouble:
        return str(trouble)
    return ""


class Sources:
    """Sources that are asked about pictures.

    Args:
        sources: The first one that knows the addresses of a picture is asked.
        fetcher: Asks for them.
    """

    def __init__(self, sources: Sequence[Source], fetcher: "Fetcher") -> None:
        self._sources, self._fetcher = sources, fetcher
        self._lost: dict[int, str] = {}  # sources that gave no good answer in this run

    def say(self, batch: Sequence[Wanted]) -> Said:
        """Ask about some pictures.

        Raises:
            MissingSecret: A source does not accept its key.
        """
        names: list[dict[str, Wanted]] = [{} for _ in self._sources]
        twins: list[tuple[Wanted, int, str]] = []
        for wanted in batch:
            at, name = named(self._sources, wanted)
            if name is not None:
                names[at].setdefault(name, wanted)
                twins.append((wanted, at, name))
        told = [self._today(at, list(some)) for at, some in enumerate(names)]
        ended: dict[str, Outcome] = {}
        said: dict[str, str] = {}
        for wanted, at, name in twins:
            today = told[at].get(name)
            if at in self._lost and today is None:
                why = f"its source could not be asked whether it may be used: {self._lost[at]}"
                ended[wanted.image_id] = Outcome(wanted.image_id, "failed", "not-asked", why)
            elif today is not None:
                end = judged(wanted, today)
                if end is not None:
                    ended[wanted.image_id] = end
                said[wanted.image_id] = today.licence or "unknown"
        return Said(ended, said)

    def _today(self, at: int, names: list[str]) -> Mapping[str, Today]:
        if not names or at in self._lost:
            return {}
        try:
            return self._sources[at].today(names, self._fetcher)
        except SourceError as trouble:
            self._lost[at] = str(trouble)
            return {}


def named(sources: Sequence[Source], wanted: Wanted) -> tuple[int, str | None]:
    """Give the number of the source that knows a picture, and what it calls it."""
    for at, source in enumerate(sources):
        name = source.name_at(wanted.page_url, wanted.url)
        if name is not None:
            return at, name
    return -1, None


def judged(wanted: Wanted, today: Today) -> Outcome | None:
    """Give the end of a picture that is not to be fetched, by what its source says; else None."""
    if today.trouble:
        word = OUTCOME_OF[today.trouble]
        return Outcome(wanted.image_id, word, today.trouble, DETAILS[today.trouble])
    for tag in today.tags:
        if glued(folded(tag)) in TAGS:
            return Outcome(wanted.image_id, "refused", "opted-out", f"it is tagged {tag[:80]!r}")
    if not _is_closed(wanted.licence) and _is_closed(today.licence):
        told = f"it was {wanted.licence or 'not told'} and is {today.licence}"
        return Outcome(wanted.image_id, "refused", "licence-changed", told)
    return None


def _is_closed(word: str | None) -> bool:
    """Tell whether a licence that is known lets nothing be passed on."""
    licence = licences.of(word)
    if licence is None or licence.word == "unknown":
        return False
    return licence.redistribution == "reference"
