"""One photo of an answer as one row, whatever the answer looks like."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt import licences
from affekt.sources.flickr import rights
from affekt.sources.flickr.entries import Refusal, chosen, number, row, sizes, stripped
from affekt.tables import FOUND
from tests.servers._flickr_catalogue import Catalogue

BARE: dict[str, Any] = {"id": "7", "url_m": "https://live.staticflickr.com/1/7_a.jpg"}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = (
    "id", "owner", "title", "license", "description", "dateupload", "datetaken", "ownername",
    "datetakengranularity", "datetakenunknown", "tags", "machine_tags", "media", "pathalias",
    "safety_level", "url_s", "url_m", "width_m", "height_m", "url_o", "o_width", "o_height",
)  # fmt: skip


def made(**fields: Any) -> dict[str, Any]:
    """Give the row of a photo with these fields."""
    found = row(BARE | fields, rights.NUMBERS, 500)
    assert not isinstance(found, Refusal)
    return found


def size(name: str, width_px: int | None, height_px: int | None) -> dict[str, Any]:
    return {"name": name, "url": f"https://x/{name}", "width_px": width_px, "height_px": height_px}


def recorded(path: Path) -> list[dict[str, Any]]:
    """Give the photos of a recorded answer in the JSON form of the same fields."""
    tree = ET.parse(path)
    return [
        {**photo.attrib, "description": {"_content": photo.findtext("description") or ""}}
        for photo in tree.iter("photo")
    ]


@pytest.mark.parametrize("name", ["search_nature_page1.xml", "group_pool_page1.xml"])
def test_recorded_answers_are_read(shared_data: Path, name: str) -> None:
    photos = recorded(shared_data / "flickr_api" / name)
    rows = [row(photo, rights.NUMBERS, 500) for photo in photos]
    hits = [one for one in rows if not isinstance(one, Refusal)]
    assert len(photos) == 100
    assert len(hits) == sum(photo["media"] == "photo" for photo in photos)
    assert all(set(one) <= set(FOUND.columns) for one in hits)
    assert all(one["url"].startswith("https://live.staticflickr.com/") for one in hits)
    assert all(one["uploaded_at"].endswith("Z") and one["owner_id"] for one in hits)
    assert all(one["page_url"].endswith(f"/{one['source_id']}/") for one in hits)
    assert {one["licence"] for one in hits} <= set(licences.TABLE) - {"unknown"}
    assert not [one for one in hits if "</" in (one["description"] or "")]


@pytest.mark.parametrize("name", ["search_nature_page1.xml", "group_pool_page1.xml"])
def test_the_fields_of_our_own_server_are_those_that_were_recorded(
    shared_data: Path, name: str
) -> None:
    """The local server stays faithful: it makes up values, not fields."""
    known = set().union(*recorded(shared_data / "flickr_api" / name))
    catalogue = Catalogue("fear", 200, 10**9, 10**9 + 10**6)
    ours = set().union(*(catalogue.photo(one) for one in range(200)))
    beyond = {"machine_tags", "o_width", "o_height"}  # extras that were not asked for there
    beyond |= {f"{what}_{size}" for what in ("url", "width", "height") for size in "nzchk"}
    assert ours - known <= beyond


@pytest.mark.parametrize("value", [12, "12", 12.0, " 12 "])
def test_numbers_are_read_from_numbers_and_texts(value: Any) -> None:
    assert number(value) == 12


@pytest.mark.parametrize("value", [None, "", "1e3", "²", "9" * 30, 1.5, float("inf"), [], "-"])
def test_what_is_no_whole_number_is_none(value: Any) -> None:
    assert number(value) is None


@pytest.mark.parametrize(
    ("side_px", "name"), [(100, "s"), (240, "s"), (241, "m"), (500, "m"), (800, "l"), (9999, "o")]
)
def test_the_smallest_size_that_is_enough_is_chosen_else_the_largest(
    side_px: int, name: str
) -> None:
    offered = [size("s", 240, 180), size("m", 375, 500), size("l", None, None), size("o", 3000, 9)]
    assert chosen(offered, side_px)["name"] == name


def test_sizes_come_smallest_first_with_sides_where_they_are_told() -> None:
    photo = {
        "url_o": "https://x/o.jpg", "o_width": "600", "o_height": 400,
        "url_m": "https://x/m.jpg", "width_m": "500", "height_m": 333,
        "url_l": "https://x/l.jpg",
        "url_z": "https://x/z.jpg", "width_z": 0, "height_z": "0",
    }  # fmt: skip
    assert [(one["name"], one["width_px"], one["height_px"]) for one in sizes(photo)] == [
        ("m", 500, 333), ("o", 600, 400), ("z", None, None), ("l", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "url", [None, "", 5, "javascript:alert(1)", "file:///x", "https://x/photo_unavailable_l.png"]
)
def test_an_address_that_is_none_makes_no_size(url: Any) -> None:
    """B34: the picture of no picture is none."""
    assert sizes({"url_m": url}) == []
    assert row({"id": 1, "url_m": url}, {}, 500) == Refusal("no-address", "no size has an address")


def test_a_video_is_refused() -> None:
    assert row(BARE | {"media": "video"}, {}, 500) == Refusal("no-photo", "media is 'video'")


def test_what_is_missing_is_null() -> None:
    """B33."""
    absent = {name for name, value in made().items() if value is None}
    assert absent == {
        "title", "description", "tags", "machine_tags", "owner", "owner_id", "owner_url",
        "page_url", "taken_at", "uploaded_at", "safety",
    }  # fmt: skip
    assert made()["licence"] == "unknown"


def test_no_tags_are_an_empty_list_where_the_server_says_so() -> None:
    assert made(tags="")["tags"] == []
    assert made(tags="sea  glass ünïcode")["tags"] == ["sea", "glass", "ünïcode"]


def test_pages_are_named_by_alias_else_by_id() -> None:
    photo = made(owner="12@N03", pathalias="odo")
    assert photo["page_url"] == "https://www.flickr.com/photos/odo/7/"
    assert photo["owner_url"] == "https://www.flickr.com/people/odo/"
    assert photo["owner_id"] == "12@N03"
    assert made(owner="12@N03", pathalias=None)["page_url"] == (
        "https://www.flickr.com/photos/12@N03/7/"
    )
    assert made(pathalias="a/../b?c")["owner_url"].endswith("/people/a%2F..%2Fb%3Fc/")


@pytest.mark.parametrize("value", [1690770543, "1690770543"])
def test_upload_dates_become_iso_utc(value: Any) -> None:
    assert made(dateupload=value)["uploaded_at"] == "2023-07-31T02:29:03Z"


@pytest.mark.parametrize("value", [None, "", -1, "soon", 10**12, [1]])
def test_an_upload_date_that_is_none_is_null(value: Any) -> None:
    assert made(dateupload=value)["uploaded_at"] is None


@pytest.mark.parametrize(
    ("granularity", "taken_at"),
    [("0", "2023-06-16T12:48:59"), (4, "2023-06"), ("6", "2023"), (8, "2023"), (None, None)],
)
def test_the_date_of_the_camera_is_as_exact_as_it_is_known(
    granularity: Any, taken_at: str | None
) -> None:
    """Without zone, because the camera knew none."""
    photo = made(datetaken="2023-06-16 12:48:59", datetakengranularity=granularity)
    assert photo["taken_at"] == (taken_at or "2023-06-16T12:48:59")


@pytest.mark.parametrize(
    "fields",
    [
        {"datetaken": "2023-06-16 12:48:59", "datetakenunknown": "1"},
        {"datetaken": "2023-06-16 12:48:59", "datetakenunknown": 1},
        {"datetaken": "0000-00-00 00:00:00"},
        {"datetaken": "yesterday"},
        {"datetaken": 5},
    ],
)
def test_a_date_that_nobody_knows_is_null(fields: dict[str, Any]) -> None:
    assert made(**fields)["taken_at"] is None


@pytest.mark.parametrize(("value", "word"), [("0", "safe"), (1, "moderate"), ("2", "restricted")])
def test_safety_has_a_word(value: Any, word: str) -> None:
    assert made(safety_level=value)["safety"] == word


def test_texts_come_bare_or_in_a_box() -> None:
    assert made(title={"_content": " In a box "})["title"] == "In a box"
    assert made(description="<p>Two</p>lines")["description"] == "Two\nlines"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a <b>bold</b> word &amp; more", "a bold word & more"),
        ("one<br />two<BR>three", "one\ntwo\nthree"),
        ("&lt;script&gt; as text", "<script> as text"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("<i></i>", None),
        ("", None),
        ("x" * 5000, "x" * 2000),
    ],
)
def test_descriptions_lose_their_mark_up_and_end(text: str, plain: str | None) -> None:
    assert stripped(text) == plain


def test_endless_open_brackets_cost_no_time() -> None:
    """B33: a pattern that went back over them would take minutes."""
    assert stripped("<" * 1_000_000) == "<" * 2000
    assert stripped("<b " * 300_000) is not None


def test_the_digest_tells_one_entry_from_another() -> None:
    text = '{"id":"7","title":"\\ud83d","url_m":"https://x/7.jpg"}'
    one, same = (row(json.loads(each), {}, 500) for each in (text, text))
    other = row(json.loads(text) | {"views": 5}, {}, 500)
    assert one == same
    assert not isinstance(one, Refusal)
    assert not isinstance(other, Refusal)
    assert one["raw_sha256"] != other["raw_sha256"]


@given(
    fields=st.dictionaries(
        st.sampled_from(FIELDS),
        JSON_VALUES | st.text(st.characters(exclude_categories=[])) | st.integers(10**18, 10**40),
    )
)
def test_any_json_makes_a_row_or_a_refusal(fields: dict[str, Any]) -> None:
    """B33, X13."""
    found = row(fields, rights.NUMBERS, 500)
    assert isinstance(found, Refusal) or set(found) <= set(FOUND.columns)
    assert isinstance(found, Refusal) or "" not in found.values()


def test_every_number_of_a_licence_has_a_canonical_word() -> None:
    assert list(rights.NUMBERS) == [str(one) for one in range(17)]
    assert set(rights.NUMBERS.values()) <= set(licences.TABLE)
    assert len(set(rights.NUMBERS.values())) == 17


def test_the_servers_list_adds_licences_and_corrects_them() -> None:
    entries = [
        {"id": 4, "name": "", "url": "https://creativecommons.org/licenses/by/2.0/"},
        {"id": "5", "name": "", "url": "https://creativecommons.org/licenses/by-sa/4.0/"},
        {"id": 17, "name": "", "url": "https://creativecommons.org/publicdomain/zero/1.0/"},
        {"id": 18, "name": "Our own terms", "url": "https://example.org/terms"},
        {"id": 7, "name": "", "url": "https://www.flickr.com/commons/usage/"},
        {"id": 8, "name": "", "url": "http://www.usa.gov/copyright.shtml"},
        {"id": 10, "name": "", "url": "https://creativecommons.org/publicdomain/mark/1.0/"},
        {"id": 0, "name": "All Rights Reserved", "url": ""},
        {"id": 19, "url": None},
        "not an entry",
    ]
    assert rights.told(entries) == {"5": "cc-by-sa-4.0", "17": "cc0"}


def test_numbers_of_licences_rise() -> None:
    names = {**rights.NUMBERS, "42": "cc0"}
    assert rights.numbers(("cc0", "pdm", "cc-by-2.0"), names) == ("4", "9", "10", "42")
    assert rights.numbers((), names)[:3] == ("0", "1", "2")
    assert len(rights.numbers((), names)) == 18
