"""Hashtags in captions of every script."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.sources.instagram.hashtags import MOST_LETTERS, hashtag_of, hashtags

LETTERS = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#awe", ["awe"]),
        ("so much #Awe, really #AWE", ["Awe", "AWE"]),
        ("#awe #awe", ["awe"]),
        ("#snow_2020 #2020", ["snow_2020", "2020"]),
        ("#畏敬の念 and #경외심 and #恐惧。", ["畏敬の念", "경외심", "恐惧"]),
        ("見て#夕焼け", []),
        ("見て #夕焼け、#空", ["夕焼け", "空"]),
        ("#رهبة، #می‌خواهم", ["رهبة", "می‌خواهم"]),
        ("#हिन्दी #ภาพถ่าย", ["हिन्दी", "ภาพถ่าย"]),
        ("#cafe\u0301", ["cafe\u0301"]),
        ("＃畏敬 ＃ full", ["畏敬"]),
        ("#love❤️ ❤️#awe #😀 #sun☀️ny", ["love", "awe", "sun"]),
        ("#️⃣ and #1️⃣", ["1"]),
        ("#ne👨‍👩‍👧 #yes\u200d❤ #\u200dno #\u0301no", ["ne", "yes"]),
        ("a#b c#d tea#cup", []),
        ("#a#b##c ＃d#e", ["a", "b", "c", "d", "e"]),
        ("x#a#b", []),
        ("https://example.org/#top http://a.org/x?y=#z www.a.org#w", []),
        ("example.org/#top", []),
        ("看http://t.cn/abc。#敬畏", ["敬畏"]),
        ("it&#39;s &#x27; (#awe) [#fear] \u201c#joy\u201d -#sad", ["awe", "fear", "joy", "sad"]),
        ("#don't #rock-n-roll #a.b", ["don", "rock", "a"]),
        ("# awe #, #_ #__ #", []),
        ("#_awe_", ["_awe_"]),
        ("\n#one\n#two\r\n#three", ["one", "two", "three"]),
        ("#half\ud83d #\udc00", ["half"]),
        ("", []),
    ],
)
def test_hashtags_are_found_as_people_wrote_them(text: str, found: list[str]) -> None:
    """B33."""
    assert hashtags(text) == found


@given(st.lists(LETTERS, max_size=20))
def test_words_with_signs_before_them_are_hashtags(words: list[str]) -> None:
    assert hashtags(" ".join(f"#{word}" for word in words)) == list(dict.fromkeys(words))


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    found = hashtags(text)
    assert all(one and f"#{one}" in text.replace("＃", "#") for one in found)
    assert len(set(found)) == len(found)


def test_many_and_long_hashtags_are_read_at_once() -> None:
    """B33."""
    assert len(hashtags(" ".join(f"#a{number}" for number in range(5000)))) == 5000
    assert hashtags("#" * 100_000) == []
    assert hashtags("#" + "a" * 100_000) == ["a" * MOST_LETTERS]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("awe", "awe"),
        ("#Awe", "awe"),
        ("great fun", "greatfun"),
        ("awe-inspiring", "aweinspiring"),
        ("Ａｗｅ", "awe"),
        ("畏敬", "畏敬"),
        ("Größe", "größe"),
        ("!?", ""),
        ("__", ""),
    ],
)
def test_a_word_is_asked_as_one_hashtag(word: str, name: str) -> None:
    assert hashtag_of(word) == name


@given(LETTERS)
def test_a_hashtag_that_is_asked_for_is_found_in_a_caption(word: str) -> None:
    name = hashtag_of(word)
    assert hashtags(f"#{name}") == ([name] if name else [])


def test_recorded_captions_hold_what_was_searched_for(shared_data: Path) -> None:
    """19 of the 25 posts carry the hashtag in their caption, the others in a comment."""
    recorded = shared_data / "instagram_api" / "hashtag_top_medias_p1.json"
    posts = json.loads(recorded.read_text(encoding="utf-8"))["data"]
    found = [{tag.casefold() for tag in hashtags(post["caption"])} for post in posts]
    assert sum("love" in tags for tags in found) == 19
    assert sum(map(len, found)) > 200
