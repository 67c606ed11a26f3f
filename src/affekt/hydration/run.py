"""Fetches, judges and keeps: the one road from a link in a release to a picture in a folder."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from affekt import __version__, durable
from affekt.errors import PictureError
from affekt.fetch.manners import Manners
from affekt.fetch.words import Fetched, Link
from affekt.forgotten import Forgotten
from affekt.hydration import asking
from affekt.hydration.named import Named, Wanted, named_in
from affekt.hydration.outcomes import OF_REASON, Journal, Outcome
from affekt.hydration.survival import Receipt, receipt, written
from affekt.pictures.decode import Decoders
from affekt.pictures.headers import format_of
from affekt.pictures.limits import Limits
from affekt.sources import Source
from affekt.stage import Progress
from affekt.store import disk, lock

if TYPE_CHECKING:
    from affekt.fetch.fetcher import Fetcher

SAME_BITS = 8  # a perceptual hash so near is that of the same look
OPT_OUTS = ("noai", "noimageai", "noml")  # words in the headers of an answer that forbid the use
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
RECEIPT = "receipt.json"


class Waiting(NamedTuple):
    """What a run would ask for: pictures, of so many hosts, and bytes as the release says."""

    pictures: int
    hosts: int
    n_bytes: int


def hydrate(  # noqa: PLR0913  (one name for each decision of the user)
    release: Path,
    folder: Path,
    manners: Manners,
    *,
    forgotten: Forgotten = Forgotten(),  # noqa: B008  # frozen
    sources: Iterable[Source] = (),
    same: bool = False,
    again: bool = False,
    watch: Callable[[Progress], None] = lambda _: None,
) -> Receipt:
    """Fetch what a release does not ship into a folder; run it again to go on.

    Args:
        release: The release folder, which is never changed.
        folder: Where pictures, outcomes and receipt go.
        manners: How servers are asked.
        forgotten: What was removed or withdrawn, besides what the release says.
        sources: Asked what they say today of a picture before it is fetched, as far as they need no
            key or have it.
        same: Look at bytes that are not those of the release, and keep what has the same look apart
            in ``same/``; what was `changed` before is fetched once more.
        again: Ask once more for all that is not exact, final or not.
        watch: Told how far it is.

    Raises:
        UsageError: There is no release, or the folder holds pictures of another.
        Damaged: The release is not as its checksums say.
        MissingSecret: The manners name no contact.
        Locked: Another process works in the folder.
    """
    named = named_in(release)
    with disk.disk_trouble(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with lock.hold(folder):
            journal = Journal(folder, named.digest)
            gone = Forgotten([*forgotten.entries, *named.removed.entries])
            run = _Run(folder, journal, gone, same=same)
            run.take_out(named.wanted())
            wanted = _open(named, journal, folder, same=same, again=again)
            run.fetch(wanted, manners, asking.ready(sources), watch)
            _tell_placeholders(journal)
            return _kept(folder, named, journal.latest)


def ahead(release: Path, folder: Path, *, same: bool = False, again: bool = False) -> Waiting:
    """Tell what `hydrate` would ask for; no network, no write.

    Raises:
        UsageError: There is no release, or the folder holds pictures of another.
        Damaged: The release is not as its checksums say.
    """
    named = named_in(release)
    wanted = _open(named, Journal(folder, named.digest), folder, same=same, again=again)
    sizes = dict(named.rows.select("image_id", "bytes").iter_rows())
    hosts = {one.url.partition("//")[2].partition("/")[0] for one in wanted}
    return Waiting(len(wanted), len(hosts), sum(sizes[one.image_id] or 0 for one in wanted))


def _open(named: Named, journal: Journal, folder: Path, *, same: bool, again: bool) -> list[Wanted]:
    """Give what is still to be asked for."""

    def is_open(wanted: Wanted) -> bool:
        known = journal.latest.get(wanted.image_id)
        if known is None or known.outcome == "failed":
            return True
        if known.file:
            is_lost = not (folder / known.file).is_file()
            return is_lost or (again and known.outcome == "same")
        return again or (same and known.outcome == "changed")

    return [one for one in named.wanted() if is_open(one)]


class _Run:
    """One run over the links of a release."""

    def __init__(self, folder: Path, journal: Journal, gone: Forgotten, *, same: bool) -> None:
        self._folder, self._journal, self._gone = folder, journal, gone
        self._same = same
        self._decoders: Decoders | None = None

    def fetch(
        self,
        wanted: Iterable[Wanted],
        manners: Manners,
        sources: Sequence[Source],
        watch: Callable[[Progress], None],
    ) -> None:
        """Fetch and judge every link, and keep what became of it."""
        from affekt.fetch.fetcher import Fetcher  # only what goes out imports the way out

        by_id = {one.image_id: one for one in wanted}
        counts: Counter[str] = Counter()

        def keep(one: Outcome) -> None:
            one = self._settled(one)
            self._journal.add(one)
            counts[one.outcome] += 1
            tallies = {"outcomes": dict(counts)}
            watch(Progress("hydrate", counts.total(), len(by_id), counts["failed"], tallies))

        with ExitStack() as stack:
            if self._same:
                self._decoders = stack.enter_context(Decoders(1, Limits()))
            for one in self._refused(by_id.values()):
                keep(one)
            left = [one for one in by_id.values() if not self._is_withdrawn(one)]
            if not left:
                return
            fetcher = Fetcher(manners, self._folder / "servers", opt_outs=OPT_OUTS)
            stack.callback(fetcher.close)
            for one in self._ended(left, fetcher, sources):
                keep(one)

    def _ended(
        self, wanted: Sequence[Wanted], fetcher: "Fetcher", sources: Sequence[Source]
    ) -> Iterator[Outcome]:
        """Give what became of each picture: first its source is asked, then its link."""
        asked = asking.Sources(sources, fetcher)
        step = asking.AT_ONCE if sources else len(wanted)
        for at in range(0, len(wanted), step):
            batch = {one.image_id: one for one in wanted[at : at + step]}
            said = asked.say(list(batch.values()))
            yield from said.ended.values()
            may = [one for key, one in batch.items() if key not in said.ended]
            links = (Link(one.image_id, one.url, one.robots) for one in may)
            for fetched in fetcher.pictures(links):
                end = self._judged(batch[fetched.name], fetched)
                yield end._replace(licence=said.licences.get(fetched.name))

    def take_out(self, wanted: Iterable[Wanted]) -> None:
        """Remove what an earlier run fetched and was withdrawn since."""
        for one in wanted:
            known = self._journal.latest.get(one.image_id)
            if known is None or not known.file:
                continue
            if self._is_withdrawn(one) or self._gone.has("image", str(known.sha256)):
                (self._folder / known.file).unlink(missing_ok=True)
                self._journal.add(_withdrawn(one.image_id))

    def _settled(self, one: Outcome) -> Outcome:
        """Leave of what an earlier run kept no more than the outcome says, for all there is read.

        A failure says nothing: what was kept stays, and its outcome.
        """
        known = self._journal.latest.get(one.image_id)
        if known and known.file and (self._folder / known.file).is_file():
            if one.outcome == "failed":
                return known
            if one.file != known.file:
                (self._folder / known.file).unlink()
        return one

    def _is_withdrawn(self, one: Wanted) -> bool:
        return self._gone.has("image", one.sha256) or self._gone.is_near(one.phash)

    def _refused(self, wanted: Iterable[Wanted]) -> Iterator[Outcome]:
        """Give what need not be asked for, because it was withdrawn."""
        for one in wanted:
            if self._is_withdrawn(one):
                yield _withdrawn(one.image_id)

    def _judged(self, wanted: Wanted, fetched: Fetched) -> Outcome:
        name = wanted.image_id
        if fetched.data is None:
            word = OF_REASON.get(str(fetched.reason), "failed")
            return Outcome(name, word, fetched.reason, fetched.detail)
        digest = hashlib.sha256(fetched.data).hexdigest()
        if self._gone.has("image", digest):
            return Outcome(name, "refused", "forgotten", "what came was withdrawn", digest)
        if digest == wanted.sha256:
            file = self._write("pictures", name, fetched.data)
            return Outcome(name, "exact", sha256=digest, bits=0, file=file)
        if self._decoders is None:
            return Outcome(name, "changed", "other-bytes", "was not looked at", digest)
        return self._looked(wanted, fetched.data, digest, self._decoders)

    def _looked(self, wanted: Wanted, data: bytes, digest: str, decoders: Decoders) -> Outcome:
        """Give what became of other bytes, which the user allowed to be decoded."""
        try:
            seen = decoders.facts(data).phash
        except PictureError as trouble:
            return Outcome(wanted.image_id, "changed", trouble.reason, trouble.detail, digest)
        if self._gone.is_near(seen):
            told = "what came looks like what was withdrawn"
            return Outcome(wanted.image_id, "refused", "forgotten", told, digest)
        if seen is None or wanted.phash is None:
            told = "a flat picture has no perceptual hash"
            return Outcome(wanted.image_id, "changed", "other-bytes", told, digest)
        bits = (seen ^ wanted.phash).bit_count()
        if bits > SAME_BITS:
            return Outcome(wanted.image_id, "changed", "other-look", None, digest, bits)
        file = self._write("same", wanted.image_id, data)
        return Outcome(wanted.image_id, "same", "other-bytes", None, digest, bits, file)

    def _write(self, below: str, image_id: str, data: bytes) -> str:
        name = f"{below}/{image_id}.{_ending(data)}"
        path = self._folder / name
        path.parent.mkdir(exist_ok=True)
        with durable.replaced(path) as beside:
            beside.write_bytes(data)
        return name


def _withdrawn(image_id: str) -> Outcome:
    return Outcome(image_id, "refused", "forgotten", "it was withdrawn")


def _ending(data: bytes) -> str:
    try:
        return ENDINGS.get(format_of(data), "bin")
    except PictureError:
        return "bin"


def _tell_placeholders(journal: Journal) -> None:
    """One content that came for several pictures is none of them."""
    changed = [one for one in journal.latest.values() if one.outcome == "changed" and one.sha256]
    counts = Counter(one.sha256 for one in changed)
    for one in changed:
        if counts[one.sha256] > 1:
            told = f"{counts[one.sha256]} links give these bytes"
            journal.add(one._replace(outcome="gone", reason="placeholder", detail=told))


def _kept(folder: Path, named: Named, latest: Mapping[str, Outcome]) -> Receipt:
    """Write the receipt and what stands beside it, and give it."""
    made = receipt(folder, named, latest)
    document = {**asdict(made), "format": 1, "tool": f"affekt {__version__}"}
    del document["folder"]  # it may be moved, and is nobody's business
    texts = written(made, named, latest)
    texts[RECEIPT] = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    for name, text in texts.items():
        with durable.replaced(folder / name) as beside:
            beside.write_text(text, encoding="utf-8")
    return made
