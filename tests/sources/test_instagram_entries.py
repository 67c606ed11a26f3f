"""One post of Instagram as rows."""

from pathlib import Path
from typing import Any

import pytest

from affekt.fetch.words import Answer
from affekt.sources.instagram.answers import Reading
from affekt.sources.instagram.entries import pictures


def post(**about: Any) -> dict[str, Any]:
    return {"id": "1", "media_type": "IMAGE", "media_url": "https://a.org/1.jpg", **about}


def rows(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in pictures(entry) if isinstance(one, dict)]


def test_a_post_becomes_a_hit_without_owner_and_licence() -> None:
    (hit,) = rows(
        post(
            caption="By the water. #awe #Meer",
            permalink="https://www.instagram.com/p/x/",
            timestamp="2026-03-01T13:30:00+0100",
        )
    )
    assert len(hit.pop("raw_sha256")) == 64
    assert hit == {
        "source_id": "1",
        "title": None,
        "description": "By the water. #awe #Meer",
        "tags": ["awe", "Meer"],
        "machine_tags": [],
        "owner": None,
        "owner_id": None,
        "owner_url": None,
        "licence": None,
        "url": "https://a.org/1.jpg",
        "page_url": "https://www.instagram.com/p/x/",
        "sizes": [
            {"name": "media", "url": "https://a.org/1.jpg", "width_px": None, "height_px": None}
        ],
        "taken_at": None,
        "uploaded_at": "2026-03-01T12:30:00Z",
        "safety": None,
        "is_generated": False,
    }


@pytest.mark.parametrize("caption", [None, "", " \n", 7, {"_content": "x"}])
def test_a_post_without_a_caption_has_no_tags(caption: Any) -> None:
    """B33."""
    (hit,) = rows(post(caption=caption))
    assert hit["description"] is None
    assert hit["tags"] == []


@pytest.mark.parametrize(
    "when", ["yesterday", "", None, 1_772_366_400, "0001-01-01T00:00:00+2300", []]
)
def test_what_is_no_moment_is_null(when: Any) -> None:
    (hit,) = rows(post(timestamp=when))
    assert hit["uploaded_at"] is None


@pytest.mark.parametrize("page", ["javascript:alert(1)", "", None, 7])
def test_what_is_no_link_is_no_page(page: Any) -> None:
    (hit,) = rows(post(permalink=page))
    assert hit["page_url"] is None


def test_half_a_character_does_no_harm() -> None:
    (hit,) = rows(post(caption="#awe \ud83d"))
    assert hit["tags"] == ["awe"]


def test_of_a_carousel_every_picture_is_one() -> None:
    children = [
        {"id": "7", "media_type": "IMAGE", "media_url": "https://a.org/7.jpg"},
        {"id": "8", "media_type": "VIDEO"},
        {"media_type": "IMAGE", "media_url": "https://a.org/9.jpg"},
        "nothing",
    ]
    album = post(media_type="CAROUSEL_ALBUM", media_url=None, children={"data": children})
    given = list(pictures({**album, "caption": "#awe"}))
    found = [one for one in given if isinstance(one, dict)]
    assert [(one["source_id"], one["url"], one["tags"]) for one in found] == [
        ("1_7", "https://a.org/7.jpg", ["awe"]),
        ("1_3", "https://a.org/9.jpg", ["awe"]),
    ]
    assert [one[:2] for one in given if not isinstance(one, dict)] == [
        ("1_8", "other-media"),
        ("1_4", "no-address"),
    ]


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"media_type": "VIDEO"}, "other-media"),
        ({"media_type": "REEL"}, "other-media"),
        ({"media_url": None}, "no-address"),
        ({"media_url": "ftp://a.org/x"}, "no-address"),
        ({"media_type": "CAROUSEL_ALBUM"}, "no-address"),
        ({"media_type": "CAROUSEL_ALBUM", "children": {"data": []}}, "no-address"),
        ({"media_type": "CAROUSEL_ALBUM", "children": [1]}, "no-address"),
    ],
)
def test_what_is_no_picture_is_refused(about: dict[str, Any], reason: str) -> None:
    (refused,) = pictures(post(**about))
    assert not isinstance(refused, dict)
    assert refused[:2] == ("1", reason)


def test_the_still_of_a_video_is_a_picture() -> None:
    (hit,) = rows(post(media_type="VIDEO", thumbnail_url="https://a.org/still.jpg"))
    assert hit["url"] == "https://a.org/still.jpg"


def test_recorded_answers_are_read(shared_data: Path) -> None:
    folder = shared_data / "instagram_api"
    reading = Reading("INSTAGRAM_TOKEN")
    top = (folder / "hashtag_top_medias_p1.json").read_bytes()
    assert reading(Answer(200, {}, top)) is None
    posts = reading.posts()
    given = [one for entry in posts.entries for one in pictures(entry)]
    assert posts.after == "after"
    assert len(posts.entries) == 25
    assert sum(isinstance(one, dict) for one in given) == 24
    # The carousel holds four videos, which have addresses of their own.
    assert [one[1] for one in given if not isinstance(one, dict)] == ["other-media"] * 4
    recent = (folder / "hashtag_recent_medias_p1.json").read_bytes()
    assert reading(Answer(200, {}, recent)) is None
    bare = [one for entry in reading.posts().entries for one in pictures(entry)]
    assert [one[1] for one in bare if not isinstance(one, dict)] == ["no-address"] * 5
