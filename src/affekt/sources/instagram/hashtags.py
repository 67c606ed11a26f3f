"""Hashtags in captions: Instagram has no other tags."""

import re
import unicodedata

MOST_LETTERS = 100  # of a hashtag
_LINK = re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE)
_SIGN = re.compile(r"[#＃]+")
_JOINERS = "\u200c\u200d"  # stand inside words of Persian and of Indian languages, and in emoji


def hashtags(text: str) -> list[str]:
    """Give the hashtags of a text without their signs, each once, in order, spelled as they are.

    A hashtag is made of letters, marks on letters, digits and underscores of any script, and ends
    where something else comes. None begins inside a word or a link; one may follow another at once.

    >>> hashtags("Such #awe! #Ehrfurcht_2020 ＃畏敬。x#no https://a.org/#top #a#b #1")
    ['awe', 'Ehrfurcht_2020', '畏敬', 'a', 'b', '1']
    """
    text = _LINK.sub(" ", text)
    found: dict[str, None] = {}
    at = ended = 0
    while sign := _SIGN.search(text, at):
        at = _end(text, sign.end())
        word = text[sign.end() : at].rstrip(_JOINERS)
        if word.strip("_") and (sign.start() == ended or _may_begin(text, sign.start())):
            found[word[:MOST_LETTERS]] = None
            ended = at
    return list(found)


def hashtag_of(word: str) -> str:
    """Give the hashtag of a word or of several, without sign; ``""`` when nothing of it may stay.

    >>> hashtag_of("Great fun!"), hashtag_of("#Ärger")
    ('greatfun', 'ärger')
    """
    plain = unicodedata.normalize("NFKC", word).lower()
    kept = "".join(letter for letter in plain if _is_part(letter)).strip(_JOINERS)
    return kept if kept.strip("_") else ""


def _end(text: str, start: int) -> int:
    """Give where the hashtag ends whose first letter would stand at ``start``."""
    # A mark needs a letter to stand on: "#" with marks behind it is the key of a telephone.
    if start == len(text) or text[start] in _JOINERS or unicodedata.category(text[start])[0] == "M":
        return start
    end = start
    while end < len(text) and _is_part(text[end]):
        end += 1
    return end


def _may_begin(text: str, at: int) -> bool:
    """Tell whether a sign there begins a hashtag: not in a word, an address, or ``&#39;``."""
    return at == 0 or not (text[at - 1] in "&/" or _is_part(text[at - 1]))


def _is_part(letter: str) -> bool:
    kind = unicodedata.category(letter)
    if kind == "Mn":
        return not unicodedata.name(letter, "").startswith("VARIATION SELECTOR")  # of emoji
    return kind[0] == "L" or kind in ("Mc", "Nd", "Nl") or letter == "_" or letter in _JOINERS
