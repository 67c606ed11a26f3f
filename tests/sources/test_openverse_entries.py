"""One record of Openverse as one row, and what its headers say."""

from typing import Any

import pytest

from affekt import licences
from affekt.sources.openverse import LICENCES
from affekt.sources.openverse.entries import licence_of, picture
from affekt.sources.openverse.rates import Rate, rates
from tests.servers.openverse import some

BASE = "https://api.example.org"


def record(**changed: Any) -> dict[str, Any]:
    return {**some("awe", 1, BASE)[0], **changed}


def row(**changed: Any) -> dict[str, Any]:
    made = picture(record(**changed))
    assert isinstance(made, dict)
    return made


def test_a_record_becomes_a_hit_with_all_that_is_told_of_it() -> None:
    hit = row()
    own = record()["id"]
    assert len(hit.pop("raw_sha256")) == 64
    assert hit == {
        "source_id": own,
        "title": "A street, number 0",
        "tags": ["awe", "Street 0"],
        "machine_tags": ["outdoors"],
        "owner": "Ann 0",
        "owner_url": "https://www.example.org/people/0",
        "licence": "cc-by-2.0",
        "url": f"{BASE}/files/{own}.jpg",
        "page_url": f"https://www.example.org/photos/{own}",
        "sizes": [
            {
                "name": "thumbnail",
                "url": f"{BASE}/v1/images/{own}/thumb/",
                "width_px": None,
                "height_px": None,
            },
            {
                "name": "original",
                "url": f"{BASE}/files/{own}.jpg",
                "width_px": 1024,
                "height_px": 768,
            },
        ],
        "safety": "safe",
        "is_generated": False,
    }


@pytest.mark.parametrize("nothing", [None, "", "  ", 7, []])
def test_what_is_not_told_is_null(nothing: Any) -> None:
    """B33."""
    names = ("title", "creator", "creator_url", "license", "foreign_landing_url", "thumbnail")
    more = ("license_url", "license_version", "tags", "width", "mature")
    silent = {**dict.fromkeys((*names, *more), nothing), "width": None}
    hit = row(**silent)
    assert [hit[name] for name in ("title", "owner", "owner_url", "page_url", "licence")] == (
        [None] * 5
    )
    assert (hit["tags"], hit["machine_tags"], hit["safety"]) == ([], [], None)
    assert [size["width_px"] for size in hit["sizes"]] == [None]
    assert [size["height_px"] for size in hit["sizes"]] == [None]


@pytest.mark.parametrize(
    ("tag", "is_made"),
    [
        ({"name": "x"}, False),
        ({"name": "x", "accuracy": None}, False),
        ({"name": "x", "accuracy": 0.5}, True),
        ({"name": "x", "accuracy": 0.0}, True),
        ({"name": "x", "accuracy": None, "unstable__provider": "museum"}, False),
        ({"name": "x", "accuracy": None, "unstable__provider": "flickr"}, False),
        ({"name": "x", "accuracy": None, "unstable__provider": "rekognition"}, True),
        ({"name": "x", "accuracy": None, "unstable__provider": None}, False),
    ],
)
def test_tags_of_programs_stand_apart(tag: dict[str, Any], is_made: bool) -> None:
    hit = row(tags=[tag], provider="flickr", source="museum")
    assert (hit["machine_tags"], hit["tags"]) == ((["x"], []) if is_made else ([], ["x"]))


def test_tags_that_are_none_are_left_out_and_repeats_too() -> None:
    """B33."""
    tags = [{"name": ""}, {}, "awe", None, {"name": "a"}, {"name": "b"}, {"name": "a"}]
    assert row(tags=tags)["tags"] == ["a", "b"]


@pytest.mark.parametrize("word", LICENCES)
@pytest.mark.parametrize("version", ["1.0", "2.0", "2.5", "3.0", "4.0"])
def test_every_licence_has_its_canonical_word(word: str, version: str) -> None:
    found = licence_of({"license": word, "license_version": version})
    assert found in licences.words()
    assert found == (word if word in ("cc0", "pdm") else f"cc-{word}-{version}")


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"license": "BY-SA", "license_version": "4.0"}, "cc-by-sa-4.0"),
        ({"license": "CC0"}, "cc0"),
        ({"license": "by", "license_version": "2.1"}, "unknown"),
        ({"license": "by", "license_version": None}, "unknown"),
        (
            {"license": "by", "license_url": "https://creativecommons.org/licenses/by/3.0/de/"},
            "cc-by-3.0",
        ),
        ({"license": "sampling+", "license_version": "1.0"}, "unknown"),
        ({"license": "all rights", "license_version": "1"}, "unknown"),
        ({"license_url": "https://www.example.org/terms"}, "unknown"),
    ],
)
def test_a_licence_that_is_not_known_allows_nothing(told: dict[str, Any], word: str) -> None:
    assert licence_of(told) == word


@pytest.mark.parametrize(
    ("told", "safety"),
    [
        ({"mature": True}, "restricted"),
        ({"mature": True, "unstable__sensitivity": ["sensitive_text"]}, "restricted"),
        ({"mature": False, "unstable__sensitivity": ["sensitive_text"]}, "moderate"),
        ({"mature": False, "unstable__sensitivity": []}, "safe"),
        ({"mature": False, "unstable__sensitivity": None}, "safe"),
        ({"mature": None}, None),
        ({"mature": "no"}, None),
    ],
)
def test_what_is_called_mature_is_restricted(told: dict[str, Any], safety: str | None) -> None:
    assert row(**told)["safety"] == safety


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"url": None}, "no-address"),
        ({"url": "ftp://example.org/x.jpg"}, "no-address"),
        ({"filetype": "svg"}, "other-format"),
        ({"filetype": "TIFF"}, "other-format"),
    ],
)
def test_what_is_no_picture_is_refused(about: dict[str, Any], reason: str) -> None:
    refused = picture(record(**about))
    assert not isinstance(refused, dict)
    assert refused[:2] == (record()["id"], reason)


@pytest.mark.parametrize("kind", ["jpg", "JPEG", "png", "webp", "gif", None, ""])
def test_pictures_of_all_known_kinds_are_taken(kind: str | None) -> None:
    assert row(filetype=kind)["url"]


@pytest.mark.parametrize("side", [0, -1, True, "1024", 1 << 31, 1.5])
def test_what_is_no_side_is_null(side: Any) -> None:
    original = row(width=side)["sizes"][-1]
    assert (original["width_px"], original["height_px"]) == (None, None)


def test_the_digest_tells_of_the_picture_and_not_of_the_question() -> None:
    digest = row()["raw_sha256"]
    assert row(fields_matched=["description"])["raw_sha256"] == digest
    assert row(title="Another")["raw_sha256"] != digest
    assert row(title="\ud83d")["raw_sha256"] != digest


def test_the_allowances_are_read_from_the_headers() -> None:
    headers = {
        "x-ratelimit-limit-anon_burst": "20/min",
        "x-ratelimit-available-anon_burst": "7",
        "x-ratelimit-limit-anon_sustained": "200/day",
        "x-ratelimit-available-anon_sustained": "0",
        "x-ratelimit-limit-broken": "many",
        "x-ratelimit-available-broken": "1",
        "x-ratelimit-limit-lonely": "1/s",
        "x-ratelimit-limit-none": "0/min",
        "x-ratelimit-available-none": "0",
        "x-ratelimit-limit-odd": "5/hour",
        "x-ratelimit-available-odd": "²",
        "content-type": "application/json",
    }
    assert rates(headers) == [Rate("20/min", 20, 60.0, 7), Rate("200/day", 200, 86_400.0, 0)]


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [
        (Rate("20/min", 20, 60.0, 20), 0.0),
        (Rate("20/min", 20, 60.0, 5), 0.0),
        (Rate("20/min", 20, 60.0, 4), 3.0),
        (Rate("20/min", 20, 60.0, 0), 60.0),
        (Rate("200/day", 200, 86_400.0, 1), 0.0),
        (Rate("200/day", 200, 86_400.0, 0), 86_400.0),
    ],
)
def test_the_fewer_calls_are_left_the_slower_they_come(rate: Rate, seconds: float) -> None:
    assert rate.pause(120.0) == seconds
