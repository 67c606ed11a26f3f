"""What others wrote, made fit for people: nothing in it steers a terminal, a page or an eye."""

import re
from collections.abc import Iterator
from unicodedata import category

LONGEST = 200  # characters; a title or an error page of a megabyte is an attack
SIGN = "\ufffd"
MOST_MARKS = 8  # on one letter; Tibetan stacks seven, what goes on is piled up to hide other lines
JOINERS = "\u200c\u200d"
TAGS = re.compile("[\U000e0020-\U000e007f]")  # spell the region behind a black flag
FLAG = "\U0001f3f4"
# Format characters that are seen: the break inside a word, signs that enclose Arabic numbers.
SEEN = frozenset("\u00ad\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd") | {
    chr(code) for code in range(0x0600, 0x0606)
}
# Not assigned, and Unicode has promised that they never get a shape.
NEVER = re.compile("[\u2065\ufdd0-\ufdef\ufff0-\ufff8\U000e0000-\U000e0fff]")


def clean(text: object, longest: int | None = LONGEST, *, keep: str = "") -> str:
    r"""Give foreign text on one line, without what steers a terminal or the direction of reading.

    What is taken out leaves U+FFFD in its place: something was there. Taken out are control
    characters, halves of character pairs, and format characters that nobody sees, which turn the
    direction of reading or hide words; so are marks that have no letter to stand on, or more than
    `MOST_MARKS` on one. Joiners stay behind letters other than ASCII, where scripts and emoji need
    them. Letters that only a newer Unicode knows, or only one font, stay too.

    Args:
        text: Bytes are read as UTF-8, any other object by its ``str``.
        longest: Characters at most, 1 or more; an ellipsis ends what is cut. None cuts nothing.
        keep: White space that stays as it is, such as blanks and line breaks in a text that affekt
            has laid out itself; any other becomes one blank, and none stays at the ends.

    >>> clean(b"<h1>Not\n found\x1b[2J</h1>")
    '<h1>Not found�[2J</h1>'
    """
    given = text if isinstance(text, bytes) else str(text)
    start = given if longest is None else given[: 20 * longest]
    letters = start.decode("utf-8", "replace") if isinstance(start, bytes) else start
    spaced = re.sub(rf"[^\S{keep}]+", " ", letters)
    spaced = spaced if keep else spaced.strip()
    is_harmless = spaced.isascii() and spaced.isprintable()  # most are; this takes no time
    shown = spaced if is_harmless else "".join(_shown(spaced, keep))
    return shown if longest is None or len(shown) <= longest else shown[: longest - 1] + "…"


def spelled(text: str) -> str:
    r"""Give a text as it is, or in escapes where `clean` would take something out of it.

    >>> spelled("für.jpg"), spelled("a\x1b[2J")
    ('für.jpg', 'a\\x1b[2J')
    """
    return text if clean(text, None, keep=" ") == text else ascii(text)[1:-1]


def _shown(text: str, keep: str) -> Iterator[str]:
    # A letter is judged by those before it only, so the start of a text is shown as in the whole.
    below, marks = "", 0
    for letter in text:
        if _stands_alone(letter):
            is_shown = letter in keep or not _is_trick(letter)
            below, marks = letter if is_shown else SIGN, 0
            yield below
        elif marks < MOST_MARKS and _is_borne(letter, below):
            marks += 1
            yield letter
        else:
            below, marks = SIGN, 0
            yield SIGN


def _stands_alone(letter: str) -> bool:
    return not (category(letter)[0] == "M" or letter in JOINERS or TAGS.match(letter))


def _is_borne(mark: str, letter: str) -> bool:
    if mark in JOINERS:
        return not letter.isascii() and letter != SIGN
    if TAGS.match(mark):
        return letter == FLAG
    return letter.strip() not in ("", SIGN)


def _is_trick(letter: str) -> bool:
    kind = category(letter)
    if kind == "Cn":
        return ord(letter) & 0xFFFE == 0xFFFE or NEVER.match(letter) is not None
    return kind in ("Cc", "Cs") or (kind == "Cf" and letter not in SEEN)
