"""Tables of links as a source."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from affekt.errors import AffektError, UsageError
from affekt.parts import Place, Reader
from affekt.sources import Page, Query
from affekt.sources.links import Links
from affekt.sources.links.row import normalised
from affekt.sources.links.seen import Seen

WORDS = {"fear": ("fear", "scary"), "awe": ("wonder",)}
LINK = "https://example.org/a.jpg"


def links(path: Path, **settings: Any) -> Links:
    return Links(path=Place(written=str(path)), **settings)


def answers(source: Links, after: str | None = None) -> list[tuple[Query, Page]]:
    return [
        (query, page)
        for query in source.queries(WORDS)
        for page in source.pages(query, after, None)
    ]


def hits(source: Links) -> list[dict[str, Any]]:
    return [dict(hit) for _, page in answers(source) for hit in page.hits]


def refusals(source: Links) -> list[tuple[str, str, str]]:
    return [refused for _, page in answers(source) for refused in page.refused]


def table(folder: Path, text: str | bytes, name: str = "links.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def of(hit: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(hit.get(name) for name in names)


def test_a_row_becomes_a_hit_with_all_that_it_says(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "url,title,description,tags,owner,owner_url,licence,page_url,source_id,emotion,rest\n"
        f" {LINK} ,Stairs,Dark ones,night; ;stairs ,Ann,https://ann.example,CC BY 2.0,"
        "https://example.org/a,x7,Scary,whatever\n",
    )
    (hit,) = hits(links(path))
    assert hit == {
        "source_id": "x7", "url": LINK, "title": "Stairs", "description": "Dark ones",
        "tags": ["night", "stairs"], "owner": "Ann", "owner_url": "https://ann.example",
        "licence": "cc-by-2.0", "page_url": "https://example.org/a", "emotion": "fear",
        "query": "fear", "found_at": None, "is_generated": False, "truth": None,
    }  # fmt: skip


def test_missing_is_null(tmp_path: Path) -> None:
    """B33."""
    (hit,) = hits(links(table(tmp_path, f"url,title,licence,owner,emotion\n{LINK},, ,,\n")))
    assert of(hit, "title", "licence", "owner", "emotion", "page_url") == (None,) * 5
    assert hit["tags"] == []
    assert "query" not in hit


def test_a_table_says_all_in_one_reading(tmp_path: Path) -> None:
    path = table(tmp_path, "url,emotion\nhttp://h/1,FEAR\nhttp://h/2,wonder\nhttp://h/3,\n")
    assert len(links(path).queries(WORDS)) == 1
    assert [of(hit, "emotion", "query") for hit in hits(links(path))] == [
        ("fear", "fear"),
        ("awe", "awe"),
        (None, None),
    ]


def test_other_keywords_are_another_question(tmp_path: Path) -> None:
    source = links(table(tmp_path, "url\n"))
    assert source.queries(WORDS) != source.queries({**WORDS, "awe": ("awe", "marvel")})


def test_a_row_with_another_emotion_is_refused_not_joined_unlabelled(tmp_path: Path) -> None:
    source = links(table(tmp_path, f"url,emotion\n{LINK},joy\n"))
    assert not hits(source)
    assert refusals(source) == [("links.csv:2", "bad-row", "'joy' is no emotion asked for")]


def test_a_whole_table_can_be_one_emotion(tmp_path: Path) -> None:
    source = links(table(tmp_path, f"url,emotion\n{LINK},joy\n"), emotion="Scary")
    ((query, page),) = answers(source)
    assert query.emotion == "fear"
    assert "emotion" not in page.hits[0]


def test_a_whole_table_can_be_unlabelled(tmp_path: Path) -> None:
    source = links(table(tmp_path, f"url,emotion\n{LINK},fear\n"), unlabelled=True)
    ((query, page),) = answers(source)
    assert query.emotion is None
    assert "emotion" not in page.hits[0]


def test_an_emotion_for_an_unlabelled_table_is_a_contradiction() -> None:
    """B02."""
    with pytest.raises(ValueError, match="emotion is 'awe' and unlabelled is true"):
        links(Path("x.csv"), emotion="awe", unlabelled=True)


def test_an_unknown_emotion_names_the_known() -> None:
    """B01."""
    with pytest.raises(UsageError, match=r"'feer'.*did you mean 'fear'"):
        links(Path("x.csv"), emotion="feer").queries(WORDS)


def test_any_column_can_be_named(tmp_path: Path) -> None:
    path = table(tmp_path, f"Bild,Gefühl,Wörter,url\n{LINK},awe,a|b,no link\n")
    named = {"url": "bild", "emotion": "Gefühl", "tags": "wörter"}
    (hit,) = hits(links(path, columns=named, separator="|", emotion=None))
    assert of(hit, "url", "tags") == (LINK, ["a", "b"])


def test_a_column_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    path = table(tmp_path, f"url,mood\n{LINK},awe\n")
    with pytest.raises(AffektError, match=r"no column 'feeling' for `emotion`; .*'mood'.*columns"):
        hits(links(path, columns={"emotion": "Feeling"}))


@pytest.mark.parametrize("name", ["links.csv", "links.tsv", "links.csv.gz"])
def test_a_table_without_links_is_no_table_of_links(tmp_path: Path, name: str) -> None:
    data = f"address\n{LINK}\n".encode()
    path = table(tmp_path, gzip.compress(data) if name.endswith("gz") else data, name)
    with pytest.raises(AffektError, match=r"no column 'url' or 'image_url'.*'address'.*columns"):
        hits(links(path))


def test_a_mistyped_column_is_told_with_the_known() -> None:
    reader = Reader({})
    assert reader.read(Links, {"path": "x.csv", "columns": {"emotoin": "a"}}, ()) is None
    assert "'emotoin'" in reader.troubles[0].text
    assert "'emotion'" in reader.troubles[0].text


def test_the_title_of_a_plan_is_no_name_of_a_column() -> None:
    reader = Reader({"title": "My pictures"})
    source = reader.read(Links, {"path": "x.csv", "columns": {"url": "a"}}, ())
    assert source is not None
    assert source.columns == {"url": "a"}


def test_the_usual_names_of_columns_need_no_word(tmp_path: Path) -> None:
    path = table(tmp_path, f"IMAGE_URL,Caption,License,Author,Keywords\n{LINK},Hello,cc0,Bob,a;b\n")
    (hit,) = hits(links(path))
    assert of(hit, "url", "title", "licence", "owner", "tags") == (
        LINK,
        "Hello",
        "cc0",
        "Bob",
        ["a", "b"],
    )


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("http://creativecommons.org/licenses/by-nd/3.0/deed", "cc-by-nd-3.0"),
        ("by-nc", "cc-by-nc-4.0"),
        ("ask my lawyer", "unknown"),
    ],
)
def test_licences_become_their_canonical_word(tmp_path: Path, written: str, word: str) -> None:
    """R4."""
    (hit,) = hits(links(table(tmp_path, f"url,licence\n{LINK},{written}\n")))
    assert hit["licence"] == word


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("HTTP://EXAMPLE.org/a", "http://example.org:80/a"),
        ("https://example.org", "https://example.org:443/#top"),
        ("http://example.org/a b", "http://example.org/a%20b"),
        ("http://example.org/ä?q=ü", "http://example.org/%C3%A4?q=%C3%BC"),
    ],
)
def test_two_spellings_of_a_link_are_one_picture(tmp_path: Path, written: str, same: str) -> None:
    source = links(table(tmp_path, f"url\n{written}\n{same}\n"))
    assert [hit["url"] for hit in hits(source)] == [written]
    assert refusals(source) == [("links.csv:3", "duplicate", same)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("/a", "/A"), ("/a", "/a/"), ("/a?b", "/a"), ("/a%2Fb", "/a/b"), (":81/", ":82/")],
)
def test_what_a_server_may_tell_apart_stays_apart(tmp_path: Path, one: str, other: str) -> None:
    path = table(tmp_path, f"url\nhttp://h{one}\nhttp://h{other}\n")
    assert len({hit["source_id"] for hit in hits(links(path))}) == 2


@given(st.text(max_size=40))
def test_the_one_spelling_is_its_own(text: str) -> None:
    once = normalised("http://h/" + "".join(one for one in text if one.isprintable()))
    assert normalised(once) == once


@given(st.text("abz09.-%_~/?#[]@!$&'()*+,;=:", max_size=20))
@example("?")
@example("a?b?c")
def test_a_link_told_at_a_glance_is_spelt_as_one_looked_at(rest: str) -> None:
    """Capital letters in its scheme keep a link from being told at a glance."""
    assert normalised(f"http://h/{rest}") == normalised(f"HTTP://h/{rest}")


@pytest.mark.parametrize(
    "written",
    [
        "", "ftp://example.org/a.jpg", "file:///etc/passwd", "a.jpg", "//example.org/a.jpg",
        "http://", "http:///a.jpg", "http://[::1", "http://h:99999/", "javascript:alert(1)",
        "http://user:secret@example.org/a.jpg", "http://h/\ta", f"http://h/{'a' * 9000}",
        "data:image/png;base64,AAAA",
    ],
)  # fmt: skip
def test_what_is_no_link_is_a_bad_row(tmp_path: Path, written: str) -> None:
    """B35: a password in a link is not written anywhere either."""
    source = links(table(tmp_path, f'url,title\n"{written}",x\n{LINK},y\n'))
    assert len(hits(source)) == 1
    ((place, reason, detail),) = refusals(source)
    assert (place, reason) == ("links.csv:2", "bad-row")
    assert "secret" not in detail


def test_one_link_under_two_emotions_stays_for_both(tmp_path: Path) -> None:
    """C8: cleaning must see that the emotions disagree."""
    source = links(
        table(tmp_path, f"url,emotion\n{LINK},fear\n{LINK},awe\n{LINK},scary\n{LINK},\n")
    )
    assert [of(hit, "emotion", "query") for hit in hits(source)] == [
        ("fear", "fear"),
        ("awe", "awe"),
        (None, None),
    ]
    assert refusals(source) == [("links.csv:4", "duplicate", LINK)]


def test_a_folder_of_tables_is_read_in_order_of_names(tmp_path: Path) -> None:
    table(tmp_path, "url\nhttp://h/2\n", "b.csv")
    table(tmp_path, "http://h/1\n\nhttp://h/2\n", "a.txt")
    table(tmp_path, "not read", ".hidden.csv")
    table(tmp_path, "What this is", "README.md")
    (tmp_path / "more.csv").mkdir()
    source = links(tmp_path)
    assert [hit["url"] for hit in hits(source)] == ["http://h/1", "http://h/2"]
    assert refusals(source) == [
        ("README.md", "not-a-table", ""),
        ("more.csv", "not-a-table", ""),
        ("b.csv:2", "duplicate", "http://h/2"),
    ]
    assert {reason for _, reason, _ in refusals(source)} <= set(Links.reasons)


@pytest.mark.parametrize(
    ("name", "said"),
    [("none.csv", "does not exist"), ("notes.md", "is no table"), ("empty", "holds no file")],
)
def test_where_no_table_is_that_is_told(tmp_path: Path, name: str, said: str) -> None:
    table(tmp_path, "x", "notes.md")
    (tmp_path / "empty").mkdir()
    with pytest.raises(AffektError, match=f"links source: .*{said}.*parquet"):
        hits(links(tmp_path / name))


def test_a_table_without_rows_gives_nothing(tmp_path: Path) -> None:
    ((_, page),) = answers(links(table(tmp_path, "url\n")))
    assert page == Page((), None)


@pytest.mark.parametrize("per_page", [1, 3, 10])
@pytest.mark.parametrize("cut", range(1, 7))
def test_asking_goes_on_behind_any_page_with_pages_of_any_size(
    tmp_path: Path, per_page: int, cut: int
) -> None:
    """B11: also duplicates of rows that were given before the cut are known again."""
    table(tmp_path, "url\n" + "".join(f"http://h/{n % 5}\n" for n in range(9)), "a.csv")
    table(tmp_path, "url\n" + "bad\n" * 3 + "http://h/7\nhttp://h/0\n", "b.csv")
    whole = [page for _, page in answers(links(tmp_path, per_page=2))]
    rest = answers(links(tmp_path, per_page=per_page), whole[cut - 1].after)
    resumed = [*whole[:cut], *(page for _, page in rest)]
    assert [hit for page in resumed for hit in page.hits] == [
        hit for page in whole for hit in page.hits
    ]
    assert [one for page in resumed for one in page.refused] == [
        one for page in whole for one in page.refused
    ]


def test_a_changed_table_is_noticed_and_a_new_time_is_not(tmp_path: Path) -> None:
    path = table(tmp_path, f"url\n{LINK}\n")
    before = links(tmp_path).witness()
    assert links(path).witness() == before
    path.touch()
    table(tmp_path, "hidden", ".x.csv.swp")
    assert links(tmp_path).witness() == before
    table(tmp_path, f"url\n{LINK.replace('a.jpg', 'b.jpg')}\n")
    assert links(tmp_path).witness() != before


def test_a_changed_end_of_a_large_table_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("affekt.sources.links.files.WHOLE_BYTES", 4_000)
    monkeypatch.setattr("affekt.sources.links.files.PIECE_BYTES", 1_000)
    path = table(tmp_path, b"a" * 10_001)
    before = links(path).witness()
    table(tmp_path, b"a" * 10_000 + b"b")
    assert links(path).witness() != before


def test_a_table_that_is_not_there_has_a_witness(tmp_path: Path) -> None:
    assert links(tmp_path / "none.csv").witness() == "missing"


@given(st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=12))
def test_a_number_comes_for_the_first_time_once(batches: list[list[int]]) -> None:
    seen = Seen()
    told = [seen.first(np.array(batch, np.uint64)).tolist() for batch in batches]
    row = [number for batch in batches for number in batch]
    assert [one for batch in told for one in batch] == [
        number not in row[:at] for at, number in enumerate(row)
    ]


def test_parquet_of_many_types_is_read(tmp_path: Path) -> None:
    rows = {
        "url": pa.array([f"{LINK}?{n}" for n in range(3)]).dictionary_encode(),
        "tags": [["a", None, " b "], [], None],
        "source_id": [7, 8, 9],
        "title": pa.array([1.5, float("nan"), None]),
        "emotion": pa.array(["fear", None, "awe"], pa.large_string()),
        "blob": [b"\xff", b"", None],
    }
    pq.write_table(pa.table(rows), tmp_path / "a.parquet", row_group_size=2)
    told = [of(hit, "source_id", "tags", "title", "emotion") for hit in hits(links(tmp_path))]
    assert told == [
        ("7", ["a", "b"], "1.5", "fear"),
        ("8", [], None, None),
        ("9", [], None, "awe"),
    ]


def test_parquet_rows_with_broken_text_are_bad_rows(tmp_path: Path) -> None:
    """B33."""
    ends = pa.py_buffer(np.array([0, 10, 20], np.int32).tobytes())
    text = pa.py_buffer(b"http://h/\xffhttp://h/2")
    torn = pa.Array.from_buffers(pa.string(), 2, [None, ends, text])
    pq.write_table(pa.table({"url": torn}), tmp_path / "a.parquet")
    source = links(tmp_path)
    assert [hit["url"] for hit in hits(source)] == ["http://h/2"]
    assert refusals(source) == [("a.parquet:1", "bad-row", "is no UTF-8")]


def parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"url": [LINK]}), file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.parquet", parquet()),
        ("a.csv.gz", gzip.compress(b"url\n" + b"".join(b"http://h/%d\n" % n for n in range(999)))),
        ("a.txt.gz", b"never was one"),
    ],
)
def test_a_file_that_is_cut_off_is_told(tmp_path: Path, name: str, data: bytes) -> None:
    table(tmp_path, data[: len(data) // 2], name)
    with pytest.raises(AffektError, match=r"a\..*cannot be read to its end.*put a whole file"):
        hits(links(tmp_path))


def test_json_lines_name_their_columns_themselves(tmp_path: Path) -> None:
    rows = [
        {"URL": f"{LINK}?1", "tags": ["a", "b"], "emotion": "fear"},
        {"url": f"{LINK}?2", "text": "with ; in it", "tags": "c;d"},
        {"url": f"{LINK}?3", "title": "\ud83d half a pair"},
    ]
    text = "\n".join(json.dumps(row) for row in rows)
    source = links(table(tmp_path, text, "a.jsonl"))
    assert [of(hit, "title", "tags", "emotion") for hit in hits(source)] == [
        (None, ["a", "b"], "fear"),
        ("with ; in it", ["c", "d"], None),
        ("\ud83d half a pair", [], None),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{", "[]", '"x"', "17", "null", "{}", '{"url": 7}', '{"url": ["http://h/"]}',
        '{"url": "http://h/\\ud83d"}', '{"url": "http://h/", "tags": {"a": 1}}',
        '{"url": "http://h/", "tags": [["a"]]}', '{"url": "http://h/", "title": {}}',
        '{"url": "http://h/", "emotion": []}', '{"url": "http://h/", "source_id": "\\ud83d"}',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_a_json_line_that_cannot_be_used_costs_one_row(tmp_path: Path, line: str) -> None:
    """B33."""
    good = json.dumps({"url": LINK})
    source = links(table(tmp_path, f"{good}\n\n{line}\n", "a.jsonl"))
    assert len(hits(source)) == 1
    assert [refused[:2] for refused in refusals(source)] == [("a.jsonl:3", "bad-row")]
