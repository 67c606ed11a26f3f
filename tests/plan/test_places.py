"""Where keys stand in a TOML text."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from affekt.plan.places import Places

TEXT = """# a comment with = and [brackets]
title = "a # no comment"
[collect]
sources = [ # two
  { kind = "folder", root = "a]b" }, { kind = 'folder', "ro ot" = "raw" },
]
[sample]
more = { fear = 2_000, 'awe' = 1 }
a . b = 3
[[bench.entries]]
name = "x"
[[bench.entries]]
name = \"\"\"
y = [ \"\"\"
[bench.entries.model]
kind = 'svm'
"""


def test_keys_and_values_are_found_in_every_form_of_table() -> None:
    """C3: tables, lists of tables, dotted keys, inline tables, strings over lines."""
    tomllib.loads(TEXT)
    places = Places(TEXT)
    assert places.of(("title",)) == (2, 9)
    assert places.of(("collect", "sources", 1, "kind")) == (5, 47)
    assert places.of(("collect", "sources", 1, "ro ot"), key=True) == (5, 57)
    assert places.of(("sample", "more", "fear")) == (8, 17)
    assert places.of(("sample", "more", "awe"), key=True) == (8, 24)
    assert places.of(("sample", "a", "b")) == (9, 9)
    assert places.of(("bench", "entries", 0, "name")) == (11, 8)
    assert places.of(("bench", "entries", 1, "name")) == (13, 8)
    assert places.of(("bench", "entries", 1, "model", "kind")) == (16, 8)


def test_strings_with_any_letter_and_every_escape_are_passed_over() -> None:
    r"""B01: a list of bare words, and ``\"`` and ``\\`` within them."""
    text = r"""a = ["con", "a\"b", "\\", 'n\', "generated"]
b = { "né\u006e" = 1, c = "n" }
"""
    tomllib.loads(text)
    places = Places(text)
    assert places.of(("a", 1)) == (1, 13)
    assert places.of(("a", 4)) == (1, 33)
    assert places.of(("b", "c")) == (2, 27)


def test_an_unknown_path_is_shown_at_its_nearest_outer_key() -> None:
    assert Places(TEXT).of(("sample", "nothing")) == (7, 1)
    assert Places(TEXT).of(("nothing",)) == (1, 1)


@given(st.text(max_size=200))
def test_no_text_makes_it_stumble(text: str) -> None:
    """X13: only valid TOML is ever asked about, but nothing may raise."""
    line, column = Places(text).of(("a", "b"))
    assert line >= 1
    assert column >= 1
