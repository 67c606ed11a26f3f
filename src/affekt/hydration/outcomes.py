"""What became of each picture: exactly one word, kept in a file that only grows."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from affekt.errors import Damaged, UsageError

MEANINGS: Mapping[str, str] = {
    "exact": "it is, to the bit, the picture of the release",
    "same": "other bytes of the same look; used only on request",
    "changed": "something else is there",
    "gone": "it is no longer there",
    "refused": "it must not be used: opt-out, removal list, or its server does not let us",
    "failed": "it could not be fetched this time; the next run tries again",
}
OF_REASON: Mapping[str, str] = {
    "gone": "gone",
    "placeholder": "gone",
    "not-a-picture": "changed",
    "empty": "changed",
    "too-many-bytes": "changed",
    "opted-out": "refused",
    "robots": "refused",
    "forgotten": "refused",
    "denied": "refused",
    "forbidden-link": "refused",
    "forbidden-address": "refused",
}  # every other reason of a fetch is a failure
FILE = "outcomes.jsonl"
KEPT = re.compile(r"(?:pictures|same)/[0-9a-f]{64}\.[a-z]+")  # names of what may be removed again


class Outcome(NamedTuple):
    """What became of one picture.

    Attributes:
        image_id: The picture.
        outcome: One of `MEANINGS`.
        reason: Why, in one word; those of a fetch are in `affekt.fetch.reasons`.
        detail: More of it.
        sha256: Of what came, where something came whole.
        bits: In how many its perceptual hash differs, where it was looked at.
        file: Where it lies in the folder, for `exact` and `same`.
        licence: What its source said of the licence before it was fetched; None where no source
            was asked, or told nothing of it.
    """

    image_id: str
    outcome: str
    reason: str | None = None
    detail: str | None = None
    sha256: str | None = None
    bits: int | None = None
    file: str | None = None
    licence: str | None = None


class Journal:
    """The outcomes of one release in one folder; a run that was killed loses no whole line.

    Nothing is written before the first outcome is added.

    Args:
        folder: Where they are kept.
        digest: Tells the release.

    Raises:
        UsageError: The folder holds the outcomes of another release.
        Damaged: A line is none.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        self.path, self._digest = folder / FILE, digest
        self.latest: dict[str, Outcome] = {}
        data = self.path.read_bytes() if self.path.exists() else b""
        self._n_whole = data.rfind(b"\n") + 1  # behind it lies what a kill left of a line
        # Foreign words in a line may hold other characters that some take for the end of one.
        lines = data[: self._n_whole].decode("utf-8", "replace").split("\n")[:-1]
        if lines and self._found(1, lines[0]).get("release") != digest:
            raise UsageError(
                f"{folder}: holds pictures of another release, or of another edition of it; name "
                "another folder with --to"
            )
        for number, line in enumerate(lines[1:], 2):
            one = self._outcome(number, line)
            self.latest[one.image_id] = one

    def add(self, one: Outcome) -> None:
        """Keep what became of a picture; what is said last counts."""
        lines = [one._asdict()] if self._n_whole else [{"release": self._digest}, one._asdict()]
        data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        with self.path.open("ab") as file:
            file.truncate(self._n_whole)
            file.write(data)
        self._n_whole += len(data)
        self.latest[one.image_id] = one

    def _outcome(self, number: int, line: str) -> Outcome:
        try:
            one = Outcome(**self._found(number, line))
        except TypeError:
            raise self._none(number) from None
        if one.file is not None and not KEPT.fullmatch(str(one.file)):
            raise self._none(number)
        return one

    def _found(self, number: int, line: str) -> dict[str, Any]:
        try:
            return dict(json.loads(line))
        except (ValueError, TypeError):
            raise self._none(number) from None

    def _none(self, number: int) -> Damaged:
        return Damaged(
            f"{self.path}:{number}: is no outcome; move the file away and run again, which asks "
            "for all pictures once more"
        )
