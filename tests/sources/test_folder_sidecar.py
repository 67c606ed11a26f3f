"""The table beside a folder's pictures."""

import json
from pathlib import Path

import pytest

from affekt.errors import AffektError
from affekt.sources.folder.sidecar import read_sidecar
from tests.sources.test_folder import fill, folder, labelled_names, only_hit, refusals

HEADER = "file,emotion,tags,title,owner,licence,url,page_url\n"


def csv_beside(root: Path, text: str, *names: str) -> Path:
    (fill(root, *names) / "metadata.csv").write_text(text, encoding="utf-8")
    return root


def test_a_row_tells_all_about_a_file(tmp_path: Path) -> None:
    row = "x/a.jpg,fear,dark; night ;;wood,=Title,somebody,CC-BY-4.0,https://a.example/a.jpg,\n"
    hit = only_hit(folder(csv_beside(tmp_path, HEADER + row, "x/a.jpg")))
    assert hit["tags"] == ["dark", "night", "wood"]
    assert (hit["title"], hit["owner"]) == ("=Title", "somebody")
    assert hit["licence"] == "cc-by-4.0"
    assert hit["url"] == "x/a.jpg", "the bytes are here"
    assert hit["page_url"] == "https://a.example/a.jpg"


def test_the_page_wins_over_the_address_of_the_bytes(tmp_path: Path) -> None:
    text = "file,url,page_url\na.jpg,https://a.example/a.jpg,https://a.example/a\n"
    hit = only_hit(folder(csv_beside(tmp_path, text, "a.jpg")))
    assert hit["page_url"] == "https://a.example/a"


def test_json_lines_tell_the_same(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"file": "a.jpg", "emotion": "Scary", "tags": ["dark", "a,b"], "camera": {"iso": 100}},
        {"file": "b.jpg", "emotion": None, "tags": "one;two"},
    ]
    fill(tmp_path, "a.jpg", "b.jpg")
    text = "\n".join(json.dumps(row) for row in rows) + "\n\n"
    (tmp_path / "metadata.jsonl").write_text(text)
    assert labelled_names(folder(tmp_path)) == {"a.jpg": "fear", "b.jpg": None}
    sidecar = read_sidecar(tmp_path)
    assert sidecar.rows["a.jpg"].tags == ("dark", "a,b")
    assert sidecar.rows["b.jpg"].tags == ("one", "two")
    assert sidecar.bad == ()


def test_a_rows_emotion_wins_over_the_sub_folder(tmp_path: Path) -> None:
    text = "file,emotion\nfear/a.jpg,awe\nfear/b.jpg,\n"
    names = labelled_names(folder(csv_beside(tmp_path, text, "fear/a.jpg", "fear/b.jpg")))
    assert names == {"fear/a.jpg": "awe", "fear/b.jpg": "fear"}


def test_a_row_says_nothing_where_the_whole_folder_is_told(tmp_path: Path) -> None:
    csv_beside(tmp_path, "file,emotion\na.jpg,awe\n", "a.jpg")
    assert labelled_names(folder(tmp_path, emotion="fear")) == {"a.jpg": "fear"}
    assert labelled_names(folder(tmp_path, unlabelled=True)) == {"a.jpg": None}
    assert refusals(folder(tmp_path, emotion="fear")) == []


def test_a_row_with_an_unknown_emotion_is_told_and_its_picture_unlabelled(tmp_path: Path) -> None:
    csv_beside(tmp_path, "file,emotion\nfear/a.jpg,love\n", "fear/a.jpg")
    assert labelled_names(folder(tmp_path)) == {"fear/a.jpg": None}
    assert refusals(folder(tmp_path)) == [
        ("metadata.csv:2", "bad-row", "'love' is no emotion asked for")
    ]


def test_byte_order_mark_line_breaks_and_commas_in_cells_work(tmp_path: Path) -> None:
    """B04, B50."""
    text = '\ufeffFile,Title\r\n"a,b.jpg","two\nlines"\r\n"=c ""d"".jpg",x\r\n'
    csv_beside(tmp_path, text, "a,b.jpg", '=c "d".jpg')
    rows = read_sidecar(tmp_path).rows
    assert {name: row.title for name, row in rows.items()} == {
        "a,b.jpg": "two\nlines",
        '=c "d".jpg': "x",
    }


def test_every_bad_row_of_a_csv_is_told_by_its_line(tmp_path: Path) -> None:
    text = (
        'file,title\na.jpg,"two\nlines"\na.jpg,again\nb.jpg\n,nameless\n../x.jpg,out\n'
        'gone.jpg,x\n"b"c.jpg,x\n\nb.jpg,fine\n'
    )
    sidecar = read_sidecar(csv_beside(tmp_path, text, "a.jpg", "b.jpg"))
    assert [(bad.place, bad.detail) for bad in sidecar.bad] == [
        ("metadata.csv:4", "'a.jpg' stands in line 2 already"),
        ("metadata.csv:5", "has 1 cells, the header 2"),
        ("metadata.csv:6", "names no file"),
        ("metadata.csv:7", "'../x.jpg' leads out of the folder"),
        ("metadata.csv:8", "there is no file 'gone.jpg'"),
        ("metadata.csv:9", "is no CSV: ',' expected after '\"'"),
    ]
    assert sorted(sidecar.rows) == ["a.jpg", "b.jpg"]


def test_every_bad_line_of_json_is_told_by_its_line(tmp_path: Path) -> None:
    lines = ['{"file": "a.jpg"', "[1]", "{}", '{"file": 5}', '{"file": "a.jpg", "title": 5}']
    lines += ['{"file": "a.jpg", "tags": [1]}', '{"file": "a.jpg", "title": "\\ud800"}', "[" * 9999]
    (fill(tmp_path, "a.jpg") / "metadata.jsonl").write_text("\n".join(lines))
    sidecar = read_sidecar(tmp_path)
    assert [bad.place for bad in sidecar.bad] == [f"metadata.jsonl:{n}" for n in range(1, 9)]
    assert sidecar.rows == {}


def test_bytes_that_are_no_text_make_a_bad_row(tmp_path: Path) -> None:
    fill(tmp_path, "a.jpg", "b.jpg")
    (tmp_path / "metadata.csv").write_bytes(b"file,title\na.jpg,caf\xe9\nb.jpg,tea\n")
    sidecar = read_sidecar(tmp_path)
    assert [bad.detail for bad in sidecar.bad] == ["title is no UTF-8"]
    assert list(sidecar.rows) == ["b.jpg"]


def test_bad_rows_are_told_once_and_not_again_when_resumed(tmp_path: Path) -> None:
    csv_beside(tmp_path, "file\ngone.jpg\n", "fear/a.jpg", "b.jpg", "c.jpg")
    source = folder(tmp_path, per_page=1)
    assert [name for name, _, _ in refusals(source)] == ["metadata.csv:2"]
    rest = source.queries({"fear": ("fear",)})[-1]
    assert [page.refused for page in source.pages(rest, "b.jpg", None)] == [()]


def test_the_table_is_no_picture(tmp_path: Path) -> None:
    csv_beside(tmp_path, "file\na.jpg\n", "a.jpg")
    assert labelled_names(folder(tmp_path)) == {"a.jpg": None}


@pytest.mark.parametrize("text", ["", "name,tags\n", "file,file\n", '"fi"le\n'])
def test_a_csv_without_its_column_names_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(AffektError, match=r"metadata\.csv:1: (the columns are|is no CSV)"):
        read_sidecar(csv_beside(tmp_path, text))


def test_two_tables_are_refused(tmp_path: Path) -> None:
    fill(tmp_path, "metadata.csv", "metadata.jsonl")
    with pytest.raises(AffektError, match=r"has both metadata\.csv and metadata\.jsonl; keep one"):
        read_sidecar(tmp_path)


def test_a_table_behind_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").symlink_to("/etc/hostname")
    with pytest.raises(AffektError, match="is no plain file"):
        read_sidecar(tmp_path)


def test_a_table_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    csv_beside(tmp_path, "file\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AffektError, match=r"metadata\.csv: cannot be read \(Permission denied\)"):
        read_sidecar(tmp_path)
