"""The two-emotion rule: which emotions the tags of a picture name.

Tags are compared after Unicode compatibility folding (NFKC), folding of capital letters, trimming
and without a leading ``#``, and once more with punctuation and spaces removed, because some
sources glue the words of a tag together. Whole tags only: "stranger" does not name anger.
"""

import unicodedata
from collections.abc import Iterable, Mapping

from affekt.taxonomy import Taxonomy


def folded(tag: str) -> str:
    """Give a tag as it is compared.

    >>> folded(" #Ｊｏｙ ")
    'joy'
    """
    text = unicodedata.normalize("NFKC", tag).casefold()
    return unicodedata.normalize("NFKC", text).strip().removeprefix("#").strip()


def glued(tag: str) -> str:
    """Give a folded tag without anything that is no letter, digit or mark.

    >>> glued("fear of-heights!")
    'fearofheights'
    """
    return "".join(char for char in tag if unicodedata.category(char)[0] in "LNM")


def words_of(taxonomy: Taxonomy) -> dict[str, str]:
    """Give the emotion for every folded and glued word that names one."""
    named = {}
    for emotion in taxonomy.emotions:
        for word in (emotion.name, *emotion.words):
            for form in (folded(word), glued(folded(word))):
                named[form] = emotion.name
    named.pop("", None)
    return named


def named_by(tags: Iterable[str | None], words: Mapping[str, str]) -> set[str]:
    """Give the emotions that the tags name."""
    forms = {folded(tag) for tag in tags if tag}
    forms |= {glued(form) for form in forms}
    return {words[form] for form in forms if form in words}
