"""Every way to spoil a release, and the finding that names it."""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from affekt.datasets.release import shape
from affekt.datasets.release.check import LIMITS, check, findings
from affekt.datasets.release.finding import SHOWN, Finding, shortened
from affekt.datasets.release.segments import scan
from affekt.datasets.release.write import checksums
from affekt.errors import NewerFormat
from affekt.pictures.decode import Decoders
from tests.datasets.published import Project, jpeg, painted, png
from tests.datasets.test_release import copied

TRAIN, TEST = "data/train-00000-of-00001.parquet", "data/test-00000-of-00001.parquet"
Row = dict[str, Any]
Check = Callable[[Path], list[Finding]]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release without findings."""
    files = Project(tmp_path_factory.mktemp("sound")).release().files
    assert files is not None
    return files


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return copied(sound, tmp_path)


@pytest.fixture(scope="module")
def checked() -> Iterator[Check]:
    """What a check gives, by one decoding child for all tests."""
    with Decoders(1, LIMITS) as decoders:
        yield lambda folder: findings(folder, decoders)


def codes(found: list[Finding]) -> set[str]:
    return {one.code for one in found}


def seal(folder: Path) -> None:
    """Make the checksums right again, as somebody who tampers would."""
    (folder / shape.CHECKSUMS).write_text(checksums(folder))


def change(folder: Path, name: str, how: Callable[[list[Row]], Any]) -> None:
    """Change the rows of a Parquet file."""
    schema = pq.read_schema(folder / name)
    rows = pq.read_table(folder / name).to_pylist()
    how(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / name, row_group_size=100)
    seal(folder)


def change_text(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    seal(folder)


def change_manifest(folder: Path, **values: Any) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, **values}))
    seal(folder)


def with_picture(folder: Path, data: bytes) -> None:
    """Put other bytes under the first picture, its names made to fit."""
    digest = hashlib.sha256(data).hexdigest()

    def swap(rows: list[Row]) -> None:
        rows[0] |= {"image": {"bytes": data, "path": f"{digest}.jpg"}}
        rows[0] |= {"image_id": digest, "sha256": digest, "bytes": len(data)}

    change(folder, TRAIN, swap)


def test_a_sound_release_has_no_findings(sound: Path) -> None:
    """R70."""
    assert check(sound) == []


def test_a_flipped_bit_is_named(folder: Path, checked: Check) -> None:
    """B64."""
    data = bytearray((folder / "LICENSE.md").read_bytes())
    data[10] ^= 1
    (folder / "LICENSE.md").write_bytes(data)
    assert ("changed", "LICENSE.md") in {(one.code, one.place) for one in checked(folder)}


def test_a_missing_and_an_extra_file_are_named(folder: Path, checked: Check) -> None:
    """B64."""
    (folder / "CITATION.cff").unlink()
    (folder / "data" / "run.py").write_text("print()")
    found = {(one.code, one.place) for one in checked(folder)}
    assert {
        ("missing", "CITATION.cff"),
        ("extra", "data/run.py"),
        ("unknown-file", "data/run.py"),
    } <= found


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (shape.LABELS, ",awe,", ",fear,", "labels-differ"),
        (shape.LABELS, "0.8", "0.9", "labels-differ"),
        (shape.ATTRIBUTION, "Owner 3", "Owner 4", "labels-differ"),
        (shape.ASKED, ",5,4,released", ",5,3,released", "evidence"),
        (shape.ASKED, "released", "rejected", "evidence"),
        ("LICENSE.md", "| 6 |", "| 7 |", "licence-counts"),
        (shape.LABELS, "shipped,label", "shipped,emotion", "unreadable"),
        (shape.ASKED, "question_id", '"question_id', "unreadable"),
    ],
)
def test_a_table_that_says_something_else_is_found(
    name: str, old: str, new: str, code: str, folder: Path, checked: Check
) -> None:
    change_text(folder, name, old, new)
    assert code in codes(checked(folder))


def swap_label(rows: list[Row]) -> None:
    rows[0]["label"] = "fear" if rows[0]["label"] == "awe" else "awe"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (lambda rows: rows.pop(), {"labels-differ", "counts", "evidence"}),
        (lambda rows: rows.append(rows[0]), {"twice"}),
        (swap_label, {"labels-differ", "counts"}),
        (lambda rows: rows[0].update(split="test"), {"wrong-split"}),
        (lambda rows: rows[0].update(label="joy"), {"unknown-label"}),
        (lambda rows: rows[0].update(label=None), {"empty", "unknown-label"}),
        (lambda rows: rows[0].update(image_id="0" * 64), {"wrong-id"}),
        (lambda rows: rows[0].update(image_id=None), {"empty"}),
        (lambda rows: rows[0].update(width_px=7), {"facts"}),
        (lambda rows: rows[0].update(bytes=7), {"facts"}),
        (lambda rows: rows[0].update(image=None), {"empty"}),
        (lambda rows: rows[0]["image"].update(path="../x.jpg"), {"file-names"}),
        (lambda rows: rows[0].update(phash="zz"), {"phash"}),
        (lambda rows: rows[0].update(share=[2.0]), {"share"}),
        (lambda rows: rows[0].update(share=[float("nan")] * 8), {"share"}),
        (lambda rows: rows[0].update(votes_yes=9), {"votes", "evidence"}),
        (lambda rows: rows[0].update(licence="unknown"), {"licence-forbids", "counts"}),
        (lambda rows: rows[0].update(licence="cc-by-nd-4.0"), {"licence-forbids"}),
        (lambda rows: rows[0].update(licence="cc-by-sa-4.0", author=None), {"author-missing"}),
        (lambda rows: rows[0].update(licence="cc0", author="Ann"), {"author-named"}),
        (lambda rows: rows[0].update(licence="cc0", author_url="https://a.org"), {"author-named"}),
        (lambda rows: rows[0].update(original_sha256="0" * 64), {"evidence", "labels-differ"}),
    ],
)  # fmt: skip
def test_a_changed_row_is_found(
    how: Callable[[list[Row]], Any], expected: set[str], folder: Path, checked: Check
) -> None:
    change(folder, TRAIN, how)
    assert expected <= codes(checked(folder))


def test_a_picture_on_two_sides_is_a_leak(folder: Path, checked: Check) -> None:
    stolen = pq.read_table(folder / TRAIN).to_pylist()[0]
    change(folder, TEST, lambda rows: rows.append({**stolen, "split": "test"}))
    assert "split-leak" in codes(checked(folder))


def test_a_group_on_two_sides_is_a_leak(folder: Path, checked: Check) -> None:
    group = pq.read_table(folder / TRAIN)["group_id"][0].as_py()
    change(folder, TEST, lambda rows: rows[0].update(group_id=group))
    assert "group-leak" in codes(checked(folder))


def test_near_copies_on_two_sides_are_a_leak(folder: Path, checked: Check) -> None:
    change(folder, TRAIN, lambda rows: rows[0].update(phash="00000000000000ff"))
    change(folder, TEST, lambda rows: rows[0].update(phash="00000000000000f0"))
    assert "near-leak" in codes(checked(folder))


@pytest.mark.parametrize(("phash", "is_leak"), [("ff", True), ("ef", False)])
def test_where_a_release_says_no_distance_near_copies_are_those_of_four_bits(
    phash: str, is_leak: bool, folder: Path, checked: Check
) -> None:
    """R70: splits are disjoint by near copies, too."""
    change(folder, TRAIN, lambda rows: rows[0].update(phash=f"0f000000000000{phash}"))
    change(folder, TEST, lambda rows: rows[0].update(phash="0f000000000000f0"))
    change_manifest(folder, near_bits=0)
    assert ("near-leak" in codes(checked(folder))) == is_leak
    assert "near-leak" not in codes(check(folder, near_bits=0))


def test_two_files_with_their_splits_swapped_are_found(folder: Path, checked: Check) -> None:
    for name, other in ((TRAIN, "data/x"), (TEST, TRAIN), ("data/x", TEST)):
        (folder / name).rename(folder / other)
    seal(folder)
    assert "wrong-split" in codes(checked(folder))


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (lambda rows: rows.pop(), "evidence"),
        (lambda rows: rows[0].update(felt=not rows[0]["felt"]), "evidence"),
        (lambda rows: rows[0].update(question_id="x"), "evidence"),
        (lambda rows: rows.clear(), "counts"),
    ],
)
def test_a_changed_vote_is_found(
    how: Callable[[list[Row]], Any], code: str, folder: Path, checked: Check
) -> None:
    change(folder, shape.VOTES, how)
    assert code in codes(checked(folder))


def test_a_noisy_picture_that_was_asked_is_found(folder: Path, checked: Check) -> None:
    original = pq.read_table(folder / TRAIN)["original_sha256"][0].as_py()
    with (folder / shape.NOISY).open("a") as file:
        file.write(f"{original},awe\n")
    seal(folder)
    assert {"noisy-overlap", "counts"} <= codes(checked(folder))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (jpeg(200), "metadata"),
        (jpeg(200) + b"PK\x03\x04", "metadata"),
        (png(200), "metadata"),
        (jpeg(200)[:-2], "format"),
        (b"<html>", "format"),
        (b"", "format"),
    ],
)
def test_foreign_bytes_under_a_picture_are_found(
    data: bytes, code: str, folder: Path, checked: Check
) -> None:
    """R11, R30, B48."""
    with_picture(folder, data)
    assert code in codes(checked(folder))


def test_a_picture_that_does_not_decode_is_found(folder: Path, checked: Check) -> None:
    data = bytearray(plain_png())
    data[60] ^= 0xFF
    with_picture(folder, bytes(data))
    assert "decode-error" in codes(checked(folder))


def test_a_picture_over_25_megapixels_is_found(folder: Path, checked: Check) -> None:
    """R11."""
    file = io.BytesIO()
    Image.new("L", (5100, 5000)).save(file, "PNG")
    with_picture(folder, file.getvalue())
    assert "too-many-pixels" in codes(checked(folder))


def plain_png(mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    painted(3).convert(mode).save(file, "PNG")
    return file.getvalue()


def saved(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    file = io.BytesIO()
    painted(3).convert(mode).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "extras"),
    [
        (saved("JPEG"), ()),
        (saved("JPEG", "L"), ()),
        (saved("JPEG", progressive=True), ()),
        (saved("PNG"), ()),
        (saved("JPEG", comment=b"hello"), ("comment",)),
        (saved("JPEG", xmp=b"<x/>"), ("XMP",)),
        (saved("JPEG", icc_profile=b"\0" * 128), ("colour profile",)),
        (saved("PNG", icc_profile=b"\0" * 128), ("colour profile",)),
        (saved("JPEG") + b"tail", ("a tail",)),
        (saved("PNG") + b"tail", ("a tail",)),
    ],
)
def test_the_scanner_names_what_is_not_pixels(data: bytes, extras: tuple[str, ...]) -> None:
    """R30."""
    seen = scan(data)
    assert (bool(seen.format), seen.is_plain, seen.extras) == (True, True, extras)


@pytest.mark.parametrize(
    "data", [saved("JPEG", "CMYK"), saved("PNG", "P"), saved("PNG", "LA"), saved("PNG", "1")]
)
def test_other_colours_than_rgb_and_grey_are_not_plain(data: bytes) -> None:
    """R11."""
    assert not scan(data).is_plain


def test_exif_and_gps_are_seen() -> None:
    assert "EXIF" in scan(jpeg(1)).extras


@pytest.mark.parametrize("end", [0, 1, 3, 10, 50, 300])
def test_a_torn_picture_is_nothing(end: int) -> None:
    assert scan(saved("JPEG")[:end]).format == ""
    assert scan(saved("PNG")[:end]).format == ""


def test_a_newer_format_is_refused(folder: Path) -> None:
    """B17."""
    change_manifest(folder, format=99)
    with pytest.raises(NewerFormat):
        check(folder)


@pytest.mark.parametrize(
    "values",
    [
        {"counts": None},
        {"format": "one"},
        {"taxonomy": {"name": "x", "emotions": []}},
        {"release": {"mode": "links"}},
        {"stages": 3},
        {"near_bits": "many"},
    ],
)
def test_a_manifest_of_other_types_is_unreadable(
    values: dict[str, Any], folder: Path, checked: Check
) -> None:
    change_manifest(folder, **values)
    assert ("unreadable", "manifest.json") in {(one.code, one.place) for one in checked(folder)}


@pytest.mark.parametrize("near_bits", [-5, 64, 10**12])
def test_an_absurd_limit_for_near_copies_does_no_harm(
    near_bits: int, folder: Path, checked: Check
) -> None:
    change_manifest(folder, near_bits=near_bits)
    assert isinstance(checked(folder), list)


@pytest.mark.parametrize("text", ["", "[]", "null", "[" * 100_000, "\xff", '{"format": 1}'])
def test_a_manifest_that_is_none_is_unreadable(text: str, folder: Path, checked: Check) -> None:
    (folder / "manifest.json").write_bytes(text.encode("latin-1"))
    assert "unreadable" in codes(checked(folder))


@pytest.mark.parametrize("name", [TRAIN, shape.VOTES])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_torn_parquet_file_is_unreadable(
    name: str, share: float, folder: Path, checked: Check
) -> None:
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: int(len(data) * share)])
    seal(folder)
    assert ("unreadable", name) in {(one.code, one.place) for one in checked(folder)}


def test_columns_of_another_type_are_unreadable(folder: Path, checked: Check) -> None:
    rows = pq.read_table(folder / TRAIN)
    at = rows.column_names.index("votes")
    pq.write_table(rows.set_column(at, "votes", rows["votes"].cast(pa.string())), folder / TRAIN)
    seal(folder)
    assert "unreadable" in codes(checked(folder))


def test_too_many_rows_in_a_group_are_not_read(folder: Path, checked: Check) -> None:
    rows = pq.read_table(folder / TRAIN)
    pq.write_table(pa.concat_tables([rows] * 20), folder / TRAIN)
    seal(folder)
    assert any("announces 120 rows" in one.text for one in checked(folder))


def test_text_that_is_not_utf_8_is_unreadable(folder: Path, checked: Check) -> None:
    rows = pq.read_table(folder / TRAIN)
    broken = pa.array([b"\xff\xfe"] * len(rows)).view(pa.string())
    pq.write_table(
        rows.set_column(rows.column_names.index("title"), "title", broken), folder / TRAIN
    )
    (folder / shape.LABELS).write_bytes(b"\xff\xfe")
    seal(folder)
    assert {TRAIN, shape.LABELS} <= {
        one.place for one in checked(folder) if one.code == "unreadable"
    }


def test_links_and_pipes_are_named_and_never_opened(
    folder: Path, tmp_path: Path, checked: Check
) -> None:
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to("/etc/passwd")
    (folder / "more").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(folder / "pipe")
    found = {(one.code, one.place) for one in checked(folder)}
    assert {("link", "README.md"), ("link", "more"), ("not-a-file", "pipe")} <= found


@pytest.mark.parametrize(
    "line", ["x  y", "0" * 64 + "  ../../etc/passwd", "0" * 64 + "  /etc/passwd"]
)
def test_checksums_that_lead_out_are_not_followed(line: str, folder: Path, checked: Check) -> None:
    (folder / shape.CHECKSUMS).write_text(line + "\n")
    assert "checksums" in codes(checked(folder))


def test_names_that_are_no_text_are_shown(folder: Path, checked: Check) -> None:
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.bin"))).write_bytes(b"")
    assert any(one.place == "\\udcff\\udcfe.bin" for one in checked(folder))


def test_an_empty_and_an_absent_folder_have_findings(tmp_path: Path, checked: Check) -> None:
    assert codes(checked(tmp_path)) == {"not-a-release"}
    assert codes(checked(tmp_path / "nowhere")) == {"not-a-release"}


@pytest.mark.parametrize(
    "name", [*shape.PAPERS, *shape.TABLES, shape.MANIFEST, shape.CHECKSUMS, TRAIN]
)
def test_any_missing_file_is_a_finding_and_no_crash(
    name: str, folder: Path, checked: Check
) -> None:
    (folder / name).unlink()
    assert "missing" in codes(checked(folder))


def test_many_findings_of_one_kind_are_counted() -> None:
    many = [Finding("x", str(number), "t", "a") for number in range(SHOWN + 7)]
    assert len(shortened(many)) == SHOWN + 1
    assert shortened(many)[-1].text.startswith("7 more")


def test_a_gap_in_the_numbers_of_files_is_found(folder: Path, checked: Check) -> None:
    (folder / TRAIN).rename(folder / "data/train-00001-of-00002.parquet")
    seal(folder)
    assert "file-names" in codes(checked(folder))


def test_a_file_without_the_description_of_its_columns_is_found(
    folder: Path, checked: Check
) -> None:
    """R13."""
    pq.write_table(pq.read_table(folder / TRAIN).replace_schema_metadata(None), folder / TRAIN)
    seal(folder)
    assert any("description of its columns" in one.text for one in checked(folder))


def test_another_set_of_columns_is_found(folder: Path, checked: Check) -> None:
    pq.write_table(pq.read_table(folder / TRAIN).drop(["votes"]), folder / TRAIN)
    seal(folder)
    assert "unreadable" in codes(checked(folder))


def test_a_count_in_the_manifest_is_held_against_the_tables(folder: Path, checked: Check) -> None:
    """R56."""
    counts = json.loads((folder / "manifest.json").read_text())["counts"]
    counts["emotions"]["awe"]["asked"] += 1
    counts["workers"] += 1
    change_manifest(folder, counts=counts)
    texts = [one.text for one in checked(folder) if one.code == "counts"]
    assert len(texts) == 2
    assert "counts.workers is 6, the tables give 5" in texts


def test_a_project_folder_is_no_release_and_nothing_in_it_is_touched(tmp_path: Path) -> None:
    """R70: advice about votes and pictures of a project would be dangerous."""
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "votes.db").write_bytes(b"votes")
    (tmp_path / "project.json").write_text("{}")
    found = check(tmp_path)
    assert [one.code for one in found] == ["not-a-release"]
    assert found[0].advice.endswith("those of a project lie in its releases/")


def test_a_project_folder_leads_to_its_releases(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "work" / "releases" / "small-0.1.0")
    found = check(tmp_path / "work")
    assert [one.code for one in found] == ["not-a-release"]
    assert found[0].advice.endswith(f"{tmp_path}/work/releases/small-0.1.0")


def test_nothing_extra_is_ever_to_be_deleted(folder: Path, checked: Check) -> None:
    """R70: what is no file of a release may be somebody's only copy."""
    (folder / "votes.db").write_bytes(b"votes")
    (folder / "link").symlink_to("nowhere")
    extra = [one for one in checked(folder) if one.place in ("votes.db", "link")]
    assert {one.code for one in extra} == {"unknown-file", "extra", "link"}
    assert all("move it away" in one.advice for one in extra)
