"""The text that people agree to before they begin, with its version (C57)."""

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from affekt.campaign import facts
from affekt.campaign.audit import note, plain
from affekt.campaign.live import Live
from affekt.campaign.settings import Asking, Pay
from affekt.errors import UsageError
from affekt.parts import canonical

VERSION = "affekt-2"  # of the text that comes with affekt; raise it with every change to its sense
LANGUAGES = ("en",)
ETHICS = "Ask whoever sent you the link which board has looked at this study."
SETTINGS = "SELECT settings FROM campaigns WHERE id = :campaign"
SET = text("UPDATE campaigns SET settings = :settings WHERE id = :campaign")


class Consent(NamedTuple):
    """A text as it is shown."""

    version: str
    language: str
    text: str
    sha256: str


def text_of(live: Live, language: str = "en") -> Consent:
    """Give the text that people agree to today; English where it is not in their language."""
    with live.database.read() as connection:
        texts = _texts(connection, live)
    return texts.get(language) or texts.get("en") or next(iter(texts.values()))


def set_text(live: Live, actor: str, version: str, texts: Mapping[str, str]) -> None:
    """Ask everybody to agree to another text from the next batch on.

    Args:
        live: The campaign.
        actor: Who changes it.
        version: Its name, never used before for another text.
        texts: Language → text, Markdown.

    Raises:
        UsageError: There is no text, or one of them is empty.
    """
    if not texts or not all(one.strip() for one in texts.values()):
        raise UsageError(
            f"consent {version!r}: a text is empty or missing; write what people agree to"
        )
    told = {"version": plain(version), "texts": {one: plain(texts[one]) for one in texts}}
    live.database.write(lambda to: _set_text(to, live, actor, told))


def is_current(connection: Connection, live: Live, worker: int) -> bool:
    """Whether a worker has agreed to today's text, in any of its languages."""
    return facts.agreed(connection, live, worker) in signatures(connection, live)


def has_agreed(connection: Connection, live: Live, worker: int) -> bool:
    """Whether a worker agreed to any text and did not withdraw: a batch begun may be ended."""
    return facts.agreed(connection, live, worker) is not None


def signatures(connection: Connection, live: Live) -> set[tuple[str, str] | None]:
    """Give version and hash of today's text in each of its languages."""
    return {(one.version, one.sha256) for one in _texts(connection, live).values()}


def _texts(connection: Connection, live: Live) -> dict[str, Consent]:
    row = connection.execute(text(SETTINGS), {"campaign": live.number}).scalar_one()
    own = json.loads(row).get("consent")
    if own:
        version, texts = own["version"], own["texts"]
    else:
        version, texts = VERSION, _all_ours(live.asking)
    return {one: _consent(version, one, words) for one, words in texts.items()}


def _all_ours(asking: Asking) -> dict[str, str]:
    return {one: _ours(one, asking.pay, asking.retention_days) for one in LANGUAGES}


@cache
def _ours(language: str, pay: Pay, days: int) -> str:
    """Give the text that comes with affekt, with what this campaign pays and how long it keeps."""
    words = files("affekt.campaign").joinpath(f"texts/consent.{language}.md").read_text("utf-8")
    pays = "You take part as a volunteer, without pay."
    if pay.per_batch or pay.per_test:
        pays = (
            f"A whole batch of pictures pays {pay.per_batch} {pay.currency}, a part of one its "
            f"share, and the test {pay.per_test} {pay.currency}, passed or not."
        )
    told = {"{pay}": pays, "{kept}": _kept(days), "{ethics}": ETHICS}
    for name, text_of_it in told.items():
        words = words.replace(name, text_of_it)
    return words


def _kept(days: int) -> str:
    if not days:
        return "as soon as the study is closed"
    return f"{days} days after the study is closed" if days > 1 else "a day after it is closed"


def _consent(version: str, language: str, words: str) -> Consent:
    return Consent(version, language, words, sha256(words.encode()).hexdigest())


def _set_text(to: Connection, live: Live, actor: str, told: dict[str, Any]) -> None:
    wait = " FOR UPDATE" if to.dialect.name == "postgresql" else ""
    row = to.execute(text(SETTINGS + wait), {"campaign": live.number}).scalar_one()
    settings = json.loads(row)
    before = sorted(one for one in signatures(to, live) if one)
    settings["consent"] = told
    names = {"campaign": live.number, "settings": canonical(settings).decode()}
    to.execute(SET, names)
    after = sorted(one for one in signatures(to, live) if one)
    if before != after:
        thing = f"campaign {live.number}"
        note(to, live, actor, "change consent text", thing, told["version"], before, after)
