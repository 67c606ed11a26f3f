"""Which emotions a tag names, and which a title or a description does.

All text is compared after Unicode compatibility folding (NFKC) and folding of capital letters. A
*tag* counts as a whole: trimmed, without a leading ``#``, and once more with punctuation and spaces
removed, because some sources glue the words of a tag together. So "stranger" does not name anger,
and neither does "anger management". A *text* is searched for whole words, bounded by anything that
is no letter, digit or mark.

A set of emotions is a whole number with one bit an emotion, in the order of the taxonomy.
"""

import unicodedata
from collections.abc import Iterable, Mapping

from affekt.taxonomy import Emotion, Taxonomy

BOUND = r"[^\pL\pN\pM]"  # RE2: no letter, digit or mark
ASCII_BOUND = "[^0-9A-Za-z]"  # the same in ASCII text, and much less work for the searcher


def folded(tag: str) -> str:
    """Give a tag as it is compared.

    >>> folded(" #Ｊｏｙ ")
    'joy'
    """
    return folded_text(tag).strip().removeprefix("#").strip()


def folded_text(text: str) -> str:
    """Give a text as it is compared.

    >>> folded_text("Spaß")
    'spass'
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def glued(tag: str) -> str:
    """Give a folded tag without anything that is no letter, digit or mark.

    >>> glued("fear of-heights!")
    'fearofheights'
    """
    return "".join(char for char in tag if _is_of_a_word(char))


def split(text: str) -> list[str]:
    """Give the words of a folded text.

    >>> split("the fear_of heights!")
    ['the', 'fear', 'of', 'heights']
    """
    return "".join(char if _is_of_a_word(char) else " " for char in text).split()


def _is_of_a_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"


def bits_of(taxonomy: Taxonomy, *, forms: bool = False) -> dict[str, int]:
    """Give the bit of the emotion for every folded and glued word that names one."""
    bits: dict[str, int] = {}
    for number, emotion in enumerate(taxonomy.emotions):
        for word in _words(emotion, forms=forms):
            for form in (folded(word), glued(folded(word))):
                bits[form] = 1 << number
    bits.pop("", None)
    return bits


def named_by(tags: Iterable[str | None], bits: Mapping[str, int]) -> int:
    """Give the emotions that tags name."""
    found = 0
    for tag in tags:
        form = folded(tag or "")
        found |= bits.get(form, 0) | bits.get(glued(form), 0)
    return found


def names_of(found: int, taxonomy: Taxonomy) -> list[str]:
    """Give the names of a set of emotions, sorted."""
    return sorted(name for number, name in enumerate(taxonomy.names) if found >> number & 1)


def pattern_of(emotion: Emotion, *, forms: bool = False, is_ascii: bool = False) -> str | None:
    """Give what finds the words of an emotion in a folded text, as RE2 understands it.

    For ASCII text alone there is a quicker one, or None where no word of the emotion can stand in
    it.
    """
    bound = ASCII_BOUND if is_ascii else BOUND
    words, signs = _phrases(emotion, bound, forms=forms)
    if is_ascii:
        words = {word for word in words if word.isascii()}
    whole = "|".join(sorted(words))
    found = [f"(?:^|{bound})(?:{whole})(?:{bound}|$)"] if words else []
    return "(?i)" + "|".join([*found, *sorted(signs)]) if found or signs else None


def hint_of(taxonomy: Taxonomy) -> str:
    """Give what a text must hold to name any emotion at all; quick to look for, says too much."""
    hints: set[str] = set()
    for emotion in taxonomy.emotions:
        hints |= {split(folded(word))[0] for word in _words(emotion, forms=True) if _is_word(word)}
        hints |= _phrases(emotion, BOUND, forms=True)[1]
    return "(?i)" + "|".join(
        sorted(one for one in hints if not any(two in one for two in hints - {one}))
    )


def _words(emotion: Emotion, *, forms: bool) -> tuple[str, ...]:
    return (emotion.name, *emotion.words, *(emotion.forms if forms else ()))


def _is_word(word: str) -> bool:
    return bool(split(folded(word)))


def _phrases(emotion: Emotion, bound: str, *, forms: bool) -> tuple[set[str], set[str]]:
    """Give the patterns of words, and of signs without any letter, such as an emoji."""
    words: set[str] = set()
    signs: set[str] = set()
    for word in _words(emotion, forms=forms):
        parts = split(folded(word))
        if parts:
            words |= {f"{bound}+".join(parts), "".join(parts)}
        elif folded(word):
            signs.add("".join(f"\\x{{{ord(char):x}}}" for char in folded(word)))
    return words, signs
