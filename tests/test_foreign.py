"""Foreign text made fit for people, by one function for console, log and page (X4, B33, B75)."""

import json
import logging
import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.cli import log, voice
from affekt.foreign import JOINERS, MOST_MARKS, SEEN, SIGN, clean

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
TURNS = [*map(chr, (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))]
C1 = [*map(chr, range(0x80, 0xA0))]
OTHERS = (
    *("\x1b[31m", "\x9b2J", "\x07", "\x7f", "\ud83d", "\udcff", "\n", "\r\n", "\u2028", "\u2029"),
    *("\x85", "  ", "\xa0", "\u3000", "\u0301", "\u0489", "\ufe0f", "\u20e3", "\u200c", "\u200d"),
    *("\u200b", "\ufeff", "\u2060", "\xad", "\u0601", "\U000e0001", "\ufffe", "\U000e0fff", SIGN),
    *("…", FAMILY, WALES, "a", "é", "ا", "😀", "\U0001f3f4"),
)
PIECES = st.sampled_from([*TURNS, *OTHERS])
TEXTS = st.lists(PIECES | st.characters(), max_size=40).map("".join)


def is_seen(letter: str) -> bool:
    """Printable for Python, from a newer Unicode or one font only, or a sign that scripts need."""
    kind = unicodedata.category(letter)
    return letter.isprintable() or kind in ("Cn", "Co") or letter in SEEN or letter in JOINERS


@given(TEXTS | st.binary(), st.integers(1, 60))
def test_what_is_shown_is_one_line_of_seen_letters_within_the_length(
    text: str | bytes, longest: int
) -> None:
    shown = clean(text, longest)
    assert len(shown) <= longest
    assert shown == " ".join(shown.split())
    flagless = re.sub("\U0001f3f4[\U000e0020-\U000e007f]+", "", shown)
    assert all(map(is_seen, flagless)), ascii(shown)
    shown.encode()


@given(TEXTS, st.integers(1, 60) | st.none(), st.sampled_from(["", " ", " \n"]))
def test_cleaning_again_changes_nothing(text: str, longest: int | None, keep: str) -> None:
    once = clean(text, longest, keep=keep)
    assert clean(once, longest, keep=keep) == once


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1)))
def test_words_of_any_script_stay_as_they_are(words: list[str]) -> None:
    words = [word.replace(SIGN, "") or "x" for word in words]
    assert clean(" ".join(words), None) == " ".join(words)


@given(TEXTS, st.sampled_from([*TURNS, *C1, "\x1b", "\ud800", "\udfff", "\u200b", "\U000e0001"]))
def test_a_trick_leaves_a_sign_wherever_it_stands(text: str, trick: str) -> None:
    around = clean(f"{text} .{trick}. {text}", None)
    assert trick not in around
    assert (f".{SIGN}." in around) is not trick.isspace()


@pytest.mark.parametrize(
    "white", ["\n", "\r\n", "\t", "\v", "\x1c", "\x85", "\u2028", "\u2029", "\xa0", "\u3000"]
)
def test_every_line_separator_is_one_blank(white: str) -> None:
    assert clean(f"{white}a{white}{white}b{white}") == "a b"
    assert clean(f"a{white}{white}b", keep=" ") == "a b"


@pytest.mark.parametrize(
    "text",
    [
        FAMILY, WALES, "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3", "👍🏽", "e\u0301", "می\u200cخواهم",
        "क्\u200dष", "Donau\xaddampf", "\u0601\u0662\u0660", "\uf8ff", "\U000107c0",
    ],
)  # fmt: skip
def test_what_scripts_and_emoji_are_made_of_is_harmless(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pay\u200dpal", "pay\ufffdpal"),
        ("\u0301 is a mark", "\ufffd is a mark"),
        ("a \u0301", "a \ufffd"),
        ("\u202e\u0301", "\ufffd\ufffd"),
        ("hi\U000e0068\U000e0069", "hi\ufffd\ufffd"),
        ("a\u2065b\uffffc\ufdd0", "a\ufffdb\ufffdc\ufffd"),
        ("\ud83d\ude00", "\ufffd\ufffd"),
    ],
)
def test_what_joins_marks_or_spells_nothing_is_taken_out(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_marks_cannot_be_piled_up_over_other_lines() -> None:
    shown = clean("Z" + "\u0336\u0301" * 90)
    assert shown.rstrip(SIGN) == "Z" + "\u0336\u0301" * (MOST_MARKS // 2)


def test_a_cut_is_seen_and_costs_no_more_than_its_length() -> None:
    assert clean("x" * 201) == "x" * 199 + "…"
    assert clean("x" * 200) == "x" * 200
    assert clean("x" * 300, None) == "x" * 300


@given(TEXTS)
def test_lines_laid_out_by_us_stay_lines(text: str) -> None:
    laid_out = f"plan.toml:\n  line 2: {clean(text)}\n    hint"
    assert clean(laid_out, None, keep=" \n") == laid_out


def test_bytes_are_read_as_text() -> None:
    assert clean("Ünïcode  says:\thello".encode()) == "Ünïcode says: hello"
    assert clean(b"\xff\xfe cut") == f"{SIGN}{SIGN} cut"
    assert clean(None) == "None"


@given(TEXTS)
def test_the_console_prints_one_line(text: str) -> None:
    """B75."""
    out = _Out()
    before, sys.stdout = sys.stdout, out
    try:
        voice.line(text)
    finally:
        sys.stdout = before
    assert out.text == clean(text, None, keep=" ") + "\n"


class _Out:
    """Standard output that remembers, and takes what a real one takes."""

    text = ""

    def write(self, text: str) -> None:
        self.text += text.encode().decode()

    def flush(self) -> None:
        pass


@given(TEXTS)
def test_json_shows_no_trick_and_reads_back_as_it_was(text: str) -> None:
    shown = log.in_json({"title": text}, indent=1)
    assert all(one.isprintable() or one == "\n" for one in shown)
    assert json.loads(shown) == {
        "title": text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    }


def test_a_line_of_the_log_is_clean(tmp_path: Path) -> None:
    log.start(tmp_path)
    root = logging.getLogger("affekt")
    try:
        logging.getLogger("affekt.x").warning("it says %s", "a\x9b2J\u202e\u2028b\nc")
    finally:
        handler = root.handlers[-1]
        root.removeHandler(handler)
        handler.close()
    written = (tmp_path / "logs" / "affekt.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(written[-1])["text"] == f"it says a{SIGN}2J{SIGN} b\nc"
