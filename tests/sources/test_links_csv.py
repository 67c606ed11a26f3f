"""Tables of links in CSV, as programs and people write them."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import AffektError
from affekt.sources.links.columns import Columns
from affekt.sources.links.lines import MAX_LINE, csv_records
from tests.sources.test_links import LINK, hits, links, refusals, table

STRANGE = [
    "two words.jpg", "a,b.jpg", 'a"b.jpg', "a'b.jpg", "=1+1.jpg", "-rf.jpg", "ä€.jpg", "日本.jpg",
    "%41.jpg", "a;b.jpg", "*?[].jpg", "‮gpj.exe.jpg", "😀.jpg", "a\u2028b.jpg",
]  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def records(text: str | bytes) -> list[tuple[int, Any]]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(csv_records(io.BytesIO(data), Columns({}), "t.csv"))


def urls(text: str | bytes) -> list[Any]:
    return [cells if isinstance(cells, str) else cells[0] for _, cells in records(text)]


@pytest.mark.parametrize("name", STRANGE)
def test_strange_names_survive_table_and_resuming(tmp_path: Path, name: str) -> None:
    """B33, B50."""
    file = io.StringIO()
    csv.writer(file).writerows([["url"], [f"http://h/{name}"], [f"http://h/x/{name}"]])
    source = links(table(tmp_path, file.getvalue(), f"{name}.csv".replace("/", "")), per_page=1)
    first, second = (
        page for query in source.queries({}) for page in source.pages(query, None, None)
    )
    assert first.hits[0]["url"] == f"http://h/{name}"
    assert list(source.pages(source.queries({})[0], first.after, None)) == [second]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", ["", "end"])
def test_ends_of_lines_and_a_byte_order_mark_do_not_matter(
    end: str, mark: bytes, last: str
) -> None:
    text = f"url,title{end}http://h/1,a{end}{end}http://h/2,b{end if last else ''}"
    assert [(line, cells[0]) for line, cells in records(mark + text.encode())] == [
        (2, "http://h/1"),
        (4, "http://h/2"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_stands_between_cells_is_seen_in_the_header(delimiter: str) -> None:
    text = f'title{delimiter}url\n"a, b; c\td"{delimiter}{LINK}\n'
    ((_, cells),) = records(text)
    assert cells[0] == LINK
    assert cells[3] == "a, b; c\td"


def test_five_thousand_tags_are_kept(tmp_path: Path) -> None:
    """B33."""
    tags = [f"a tag of some forty characters, number {n:,}" for n in range(5_000)]
    path = table(tmp_path, f'url,tags\n{LINK},"{";".join(tags)}"\n')
    (hit,) = hits(links(path))
    assert hit["tags"] == tags


def test_a_cell_with_line_ends_is_one_row_at_its_first_line() -> None:
    told = records(f'url,title\n"{LINK}","a\nb\r\nc"\n{LINK},d\n')
    assert [(line, cells[3]) for line, cells in told] == [(2, "a\nb\r\nc"), (5, "d")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("http://h/2", "has 1 cells, the header 2"),
        ("http://h/2,b,c", "has 3 cells, the header 2"),
        ('"http://h/2"x,b', "is no CSV: ',' expected after '\"'"),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_costs_no_other(row: str, said: str) -> None:
    """B59."""
    told = records(f"url,title\nhttp://h/1,a\n{row}\nhttp://h/3,c\n")
    assert [line for line, _ in told] == [2, 3, 4]
    assert told[1][1] == said
    assert told[2][1][0] == "http://h/3"


@pytest.mark.parametrize("tail", ["", '\nhttp://h/5,"e"', '\nhttp://h/5,"e\nf"'])
def test_a_stray_quote_does_not_swallow_the_rows_behind_it(tail: str) -> None:
    told = urls(f'url,title\nhttp://h/1,a\nhttp://h/2,"b\nhttp://h/3,c\nhttp://h/4,d{tail}\n')
    assert [one for one in told if one.startswith("http")][:3] == [
        "http://h/1",
        "http://h/3",
        "http://h/4",
    ]


def test_text_that_is_no_utf8_costs_one_row() -> None:
    told = urls(b"url,title\nhttp://h/1,a\nhttp://h/2,\xff\nhttp://h/3,c\n")
    assert told == ["http://h/1", "is no UTF-8", "http://h/3"]


def test_trouble_inside_a_row_of_several_lines_is_told_for_each_of_its_lines() -> None:
    told = records(b'url,title\nhttp://h/1,"a\n\xff\nc"\nhttp://h/2,b\n')
    assert [line for line, _ in told if line < 5] == [2, 3, 4]
    assert told[-1] == (5, ("http://h/2", None, None, "b", *[None] * 6))


def test_a_line_without_end_is_not_held_in_memory() -> None:
    long = b"http://h/" + b"a" * (3 * MAX_LINE)
    told = urls(b"url\n" + long + b"\nhttp://h/2\n")
    assert told == ["is longer than 1,048,576 bytes", "http://h/2"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("url\n".encode("utf-16"), r"is UTF-16; save it as UTF-8"),
        (b"", r"no column 'url'"),
        (b"\xffurl\n", r"its header is no UTF-8"),
        (b'"url\n', r"1: is no CSV"),
        (b"url\rhttp://h/1\r", r"1: is no CSV"),
    ],
)
def test_a_header_that_cannot_be_used_is_told(data: bytes, said: str) -> None:
    with pytest.raises(AffektError, match=f"t.csv.*{said}"):
        records(data)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_what_was_written_is_read(rows: list[tuple[str, str]]) -> None:
    file = io.StringIO(newline="")
    written = [(f"u{one}", two) for one, two in rows]
    csv.writer(file).writerows([("url", "title"), *written])
    told = [(cells[0], cells[3]) for _, cells in records(file.getvalue())]
    assert told == written


def test_a_bad_row_and_a_good_one_make_all_rows(tmp_path: Path) -> None:
    """Rows of the table = hits + refusals."""
    rows = [f"http://h/{n % 40},fear\nbad,awe\nhttp://h/{n},joy\n" for n in range(50)]
    text = f"url,emotion\n{''.join(rows)}"
    source = links(table(tmp_path, text), per_page=9)
    assert len(hits(source)) + len(refusals(source)) == 150
