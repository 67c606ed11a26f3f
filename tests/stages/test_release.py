"""The release stage: what goes in, what stays out, and that it is the same every time."""

import hashlib
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from PIL import Image
from pydantic import ValidationError

from affekt import cells
from affekt.datasets.release.segments import scan
from affekt.errors import AffektError, Refused
from affekt.pictures.decode import Decoders
from affekt.stage import Outcome
from affekt.stages.release import Release
from affekt.taxonomy import MIKELS8
from tests.datasets.published import (
    NASTY_TITLE,
    SECRET,
    WORKERS,
    Original,
    Project,
    files_of,
    jpeg,
    painted,
    png,
    several,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A release of twelve sound pictures."""
    return Project(tmp_path_factory.mktemp("release")).release()


def folder_of(outcome: Outcome) -> Path:
    assert outcome.files is not None
    return outcome.files


def rows_of(outcome: Outcome) -> list[dict[str, Any]]:
    files = sorted(folder_of(outcome).glob("data/*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def csv_of(outcome: Outcome, name: str) -> list[dict[str, str | None]]:
    text = (folder_of(outcome) / "annotations" / name).read_text(encoding="utf-8")
    return [dict(row) for row in cells.from_csv(text)[1]]


def dropped_of(outcome: Outcome) -> dict[str, str]:
    assert isinstance(outcome.dropped, pl.DataFrame)
    return dict(outcome.dropped.select("image_id", "reason").iter_rows())


def test_pictures_lie_inside_with_their_labels(made: Outcome) -> None:
    """R1, R13, R14, R20."""
    rows = rows_of(made)
    assert len(rows) == 12
    assert {row["split"] for row in rows} == {"train", "validation", "test"}
    assert {row["label"] for row in rows} == {"awe", "fear"}
    assert all(row["shipped"] for row in rows)
    assert rows[0]["share"][MIKELS8.names.index(rows[0]["label"])] == 0.8


def test_an_id_is_the_hash_of_the_released_bytes(made: Outcome) -> None:
    """R10: and the file name is the id with its extension."""
    for row in rows_of(made):
        assert hashlib.sha256(row["image"]["bytes"]).hexdigest() == row["image_id"] == row["sha256"]
        assert re.fullmatch(row["image_id"] + r"\.(jpg|png)", row["image"]["path"])
        assert row["original_sha256"] != row["image_id"]


def test_the_extension_is_that_of_the_bytes(tmp_path: Path) -> None:
    """B40, B48: whatever the original was called, and without its tail."""
    originals = [
        Original(png(1), url="https://example.org/1.jpg"),
        Original(jpeg(2) + b"PK\3\4<script>", url="https://example.org/2.png"),
    ]
    rows = rows_of(Project(tmp_path, originals).release())
    seen = {(Path(row["image"]["path"]).suffix, scan(row["image"]["bytes"]).format) for row in rows}
    assert seen == {(".png", "PNG"), (".jpg", "JPEG")}
    assert not [row for row in rows if b"PK\3\4" in row["image"]["bytes"]]


def test_released_pictures_are_plain_jpeg_or_png(made: Outcome) -> None:
    """R11, R30: read by our own scanner and by Pillow."""
    for row in rows_of(made):
        seen = scan(row["image"]["bytes"])
        assert (seen.format in ("JPEG", "PNG"), seen.is_plain, seen.extras) == (True, True, ())
        with Image.open(io.BytesIO(row["image"]["bytes"])) as picture:
            assert not picture.getexif()
            assert not {"comment", "icc_profile", "exif", "Author"} & set(picture.info)
            assert picture.size == (row["width_px"], row["height_px"])


def test_nothing_private_of_the_originals_is_in_any_file(made: Outcome) -> None:
    """B65, R31: no name in a file, no worker's token, no time of day, no place on a disk."""
    whole = b"".join(files_of(folder_of(made)).values())
    for word in (SECRET, "Secretive", *WORKERS, "09:08", "/home/ann", "10:00:00"):
        assert word.encode() not in whole, word


def test_names_stand_only_where_the_licence_demands_them(made: Outcome) -> None:
    """R31."""
    named = {row["licence"]: row["author"] is not None for row in rows_of(made)}
    assert named == {"cc0": False, "cc-by-2.0": True}
    assert all(re.fullmatch("[0-9a-f]{16}", row["owner_id"]) for row in rows_of(made))


@pytest.mark.parametrize(
    ("licence", "page", "told"),
    [
        ("cc-by-2.0", "https://example.org/people/zoe", "https://example.org/people/zoe"),
        ("cc0", "https://example.org/people/zoe", None),
        ("cc-by-2.0", "file:///home/zoe", None),
        ("cc-by-2.0", None, None),
    ],
)
def test_the_author_s_page_stands_where_the_name_does(
    tmp_path: Path, licence: str, page: str | None, told: str | None
) -> None:
    """R20, R31: and only an address on the web."""
    one = Original(png(1), licence=licence, owner="Zoe", owner_url=page)
    made = Project(tmp_path, [one]).release()
    assert rows_of(made)[0]["author_url"] == told
    assert csv_of(made, "attribution.csv")[0]["author_url"] == told


def test_pictures_of_an_older_affekt_are_released_without_their_authors_pages(
    tmp_path: Path,
) -> None:
    """R20: no product becomes invalid, and pseudonyms stay what they were."""
    one = Original(png(1), licence="cc-by-2.0", owner="Zoe")
    ours = Project(tmp_path, [one])
    labels, images, *rest = ours.tables()
    stage = Release(taxonomy=MIKELS8, name="small", creators=("A. Maker",), workers=1)
    older = stage.run(ours.desk("old"), labels, images.drop("owner_url"), *rest)
    assert rows_of(older)[0]["author_url"] is None
    assert files_of(folder_of(older)) == files_of(folder_of(ours.release()))


def test_a_name_in_a_title_or_link_goes_with_the_name(tmp_path: Path) -> None:
    """R31."""
    one = Original(png(1), owner="Zoe", title="by zoe", url="https://example.org/Zoe/1")
    row = rows_of(Project(tmp_path, [one]).release())[0]
    assert (row["author"], row["title"], row["source_url"]) == (None, None, None)


@pytest.mark.parametrize("url", ["Ann Secretive/at the doctor.jpg", "painting:1", None])
def test_only_an_address_on_the_web_is_published(tmp_path: Path, url: str | None) -> None:
    """R31: names of files on somebody's machine may hold private words."""
    web = Original(png(2), emotion="fear", url="HTTPS://example.org/2.png")
    made = Project(tmp_path, [Original(png(1), url=url), web]).release()
    assert {row["source_url"] for row in rows_of(made)} == {None, web.url}
    assert b"doctor" not in files_of(folder_of(made))["annotations/attribution.csv"]


def test_every_credit_can_be_printed(made: Outcome) -> None:
    """R21: title, author, licence, source for each shipped picture."""
    credits = csv_of(made, "attribution.csv")
    assert len(credits) == 12
    by_title = {row["title"]: row for row in credits}
    assert by_title["Picture 3"]["text"] == (
        '"Picture 3", Owner 3, Creative Commons Attribution 2.0, https://example.org/3.jpg'
    )


def test_a_formula_in_a_title_is_text_in_a_spreadsheet_and_reads_back(made: Outcome) -> None:
    """B60, R16."""
    raw = (folder_of(made) / "annotations" / "attribution.csv").read_text(encoding="utf-8")
    assert ",\"'=HYPERLINK" in raw
    assert NASTY_TITLE in {row["title"] for row in csv_of(made, "attribution.csv")}


def test_checksums_are_those_of_the_usual_tool(made: Outcome) -> None:
    """R55."""
    ran = subprocess.run(
        ["sha256sum", "-c", "--strict", "CHECKSUMS.sha256"],
        cwd=folder_of(made),
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0
    assert ran.stdout.count(b": OK") == len(files_of(folder_of(made))) - 1


def test_rebuilding_gives_the_same_bytes(made: Outcome, tmp_path: Path) -> None:
    """R12: another folder, another number of workers, another order of originals."""
    again = Project(tmp_path, several()[::-1]).release(workers=2)
    assert files_of(folder_of(again)) == files_of(folder_of(made))


@pytest.mark.slow
def test_a_killed_run_goes_on_and_gives_the_same_bytes(made: Outcome, tmp_path: Path) -> None:
    """D3: rebuilt pictures stay, a half-written folder is written anew."""
    project = Project(tmp_path)
    folder = folder_of(project.release())
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.glob("scratch/rebuilt*/*")}
    (folder / "README.md").unlink()
    (folder / "half.tmp").write_bytes(b"x")
    again = project.release()
    assert files_of(folder_of(again)) == files_of(folder_of(made))
    assert stamps == {path: path.stat().st_mtime_ns for path in stamps}
    shutil.rmtree(tmp_path / "scratch" / "rebuilt")
    (tmp_path / "scratch" / "rebuilt-000000.parquet").unlink()
    assert files_of(folder_of(project.release())) == files_of(folder_of(made))


def test_workers_have_other_names_in_another_version(made: Outcome, tmp_path: Path) -> None:
    """R31: random per release, yet one person stays one inside it."""
    votes = pl.read_parquet(folder_of(made) / "annotations" / "votes.parquet")
    later = Project(tmp_path).release(version="1.1.0")
    others = pl.read_parquet(folder_of(later) / "annotations" / "votes.parquet")
    assert votes["worker"].n_unique() == others["worker"].n_unique() == len(WORKERS)
    assert not set(votes["worker"]) & set(others["worker"])


def test_votes_carry_no_time_finer_than_a_second(made: Outcome) -> None:
    votes = pl.read_parquet(folder_of(made) / "annotations" / "votes.parquet")
    assert votes.height == 65
    assert votes["seconds"].dtype == pl.Int32
    assert sorted(votes["seconds"].unique()) == [3, 4, 5, 6, 7]


def test_every_asked_picture_is_evidence_with_its_votes(made: Outcome) -> None:
    asked = csv_of(made, "asked.csv")
    rejected = [row for row in asked if row["outcome"] == "rejected"]
    assert (len(asked), len(rejected)) == (13, 1)
    assert (rejected[0]["votes"], rejected[0]["votes_yes"], rejected[0]["image_id"]) == (
        "5",
        "1",
        None,
    )


def test_the_noisy_draw_is_named_and_was_not_asked(made: Outcome) -> None:
    asked = {row["original_sha256"] for row in csv_of(made, "asked.csv")}
    assert [row["original_sha256"] in asked for row in csv_of(made, "noisy.csv")] == [False]


@pytest.mark.parametrize(
    ("licence", "owner", "reason"),
    [
        (None, "Ann", "licence-missing"),
        ("unknown", "Ann", "licence-unknown"),
        ("my-terms", "Ann", "licence-unknown"),
        ("all-rights-reserved", "Ann", "licence-forbids"),
        ("cc-by-nd-4.0", "Ann", "licence-forbids"),
        ("cc-by-4.0", None, "author-missing"),
    ],
)
def test_what_may_not_be_passed_on_is_dropped_and_counted(
    licence: str | None, owner: str | None, reason: str, tmp_path: Path
) -> None:
    """R4, B63."""
    barred = Original(png(50), licence=licence, owner=owner)
    out = Project(tmp_path, [Original(png(1)), barred]).release()
    assert dropped_of(out) == {barred.image_id: reason}
    manifest = json.loads((folder_of(out) / "manifest.json").read_text())
    assert manifest["counts"]["dropped"] == {reason: 1}
    assert {row["outcome"] for row in csv_of(out, "asked.csv")} == {"released", "not-shipped"}


def test_a_generated_picture_needs_no_author(tmp_path: Path) -> None:
    out = Project(tmp_path, [Original(png(1), licence="cc-by-4.0", is_generated=True)]).release()
    assert rows_of(out)[0]["is_generated"] is True
    card = (folder_of(out) / "README.md").read_text()
    assert "All pictures in this release are generated" in card


def test_a_permission_lets_a_licence_word_in_and_stands_in_the_release(tmp_path: Path) -> None:
    """R4: not without the reason being written down."""
    reason = "The authors offer the set for free use in research."
    one = Original(png(1), licence=None)
    out = Project(tmp_path, [one]).release(permitted={"missing": reason})
    assert dropped_of(out) == {}
    assert reason in (folder_of(out) / "LICENSE.md").read_text()
    assert json.loads((folder_of(out) / "manifest.json").read_text())["release"]["permitted"] == {
        "missing": reason
    }


def test_of_equal_pixels_one_stays(tmp_path: Path) -> None:
    twins = [Original(png(1, "a")), Original(png(1, "b"))]
    out = Project(tmp_path, [*twins, Original(png(2))]).release()
    first, second = sorted(one.image_id for one in twins)
    assert dropped_of(out) == {second: "same-pixels"}
    assert first in {row["original_sha256"] for row in rows_of(out)}


def test_a_picture_that_cannot_be_rebuilt_costs_itself_only(tmp_path: Path) -> None:
    broken = Original(jpeg(3)[:400])
    out = Project(tmp_path, [Original(png(1)), broken]).release()
    assert list(dropped_of(out)) == [broken.image_id]
    assert dropped_of(out)[broken.image_id] in Release.reasons


def test_a_picture_without_a_part_is_dropped(tmp_path: Path) -> None:
    lost = Original(png(3), part=None)
    out = Project(tmp_path, [Original(png(1)), lost]).release()
    assert dropped_of(out) == {lost.image_id: "no-split"}


def test_kept_and_dropped_are_what_came_in(tmp_path: Path) -> None:
    """D4."""
    originals = [*several(), Original(png(70), licence=None), Original(jpeg(71)[:300])]
    out = Project(tmp_path, originals).release()
    assert isinstance(out.table, pl.DataFrame)
    assert out.table.height + len(dropped_of(out)) == sum(one.is_label for one in originals)


def test_groups_are_called_by_a_released_picture(tmp_path: Path) -> None:
    near = [Original(png(number), group="f" * 64) for number in (1, 2)]
    rows = rows_of(Project(tmp_path, [*near, Original(png(3))]).release())
    ids = {row["image_id"] for row in rows}
    assert len({row["group_id"] for row in rows}) == 2
    assert {row["group_id"] for row in rows} <= ids


def test_nothing_to_pass_on_is_an_error_that_counts_reasons(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="licence-missing 1") as refused:
        Project(tmp_path, [Original(png(1), licence=None)]).release()
    for word in ("`release.permitted`", "metadata.csv", "`collect.edition`"):
        assert word in str(refused.value)


def test_a_day_that_no_source_tells_is_not_told(tmp_path: Path) -> None:
    """R12: a folder knows no day, and the time of a file is none."""
    project = Project(tmp_path, found_at=None)
    made = project.release()
    card = (folder_of(made) / "README.md").read_text()
    assert {row["retrieved_at"] for row in rows_of(made)} == {None}
    assert "When sources were asked is unknown." in card
    assert "were asked from" not in card


def test_without_a_label_the_licence_is_not_the_trouble(tmp_path: Path) -> None:
    with pytest.raises(AffektError, match=r"no picture was labelled.*affekt status") as caught:
        Project(tmp_path, [Original(png(1), is_label=False)]).release()
    assert not isinstance(caught.value, Refused)


def test_a_name_the_licence_does_not_demand_is_said_to_be_withheld(made: Outcome) -> None:
    """R31: nobody shall think that the author is unknown."""
    texts = {row["licence"]: row["text"] for row in csv_of(made, "attribution.csv")}
    assert "author withheld" in str(texts["cc0"])
    assert "withheld" not in str(texts["cc-by-2.0"])


@pytest.mark.slow
def test_a_leak_between_parts_is_never_published(tmp_path: Path) -> None:
    """R17: what was written is checked before it can be renamed into place."""
    pair = [Original(jpeg(1, quality=95), part="train"), Original(jpeg(1, quality=60), part="test")]
    with Decoders(1) as decoders:
        for one in pair:
            one.phash = decoders.facts(one.data).phash
    with pytest.raises(AffektError, match="near-leak"):
        Project(tmp_path, pair).release()


@pytest.mark.slow
def test_a_large_picture_is_made_smaller(tmp_path: Path) -> None:
    """R11: at most 25 megapixels."""
    file = io.BytesIO()
    painted(5).resize((5200, 5000)).save(file, "JPEG", quality=30)
    row = rows_of(Project(tmp_path, [Original(file.getvalue())]).release())[0]
    assert 24_000_000 < row["width_px"] * row["height_px"] <= 25_000_000


@pytest.mark.parametrize(
    "name",
    [
        "../up",
        "a/b",
        "a\\b",
        "C:",
        ".hidden",
        "con",
        "LPT1",
        "x" * 300,
        "",
        "a.b",
        "a b",
        "ä",
        "a\n",
    ],
)
def test_a_name_never_becomes_a_path(name: str) -> None:
    """B06."""
    with pytest.raises(ValidationError, match="letters, digits"):
        Release(taxonomy=MIKELS8, name=name)


@pytest.mark.parametrize(
    "version", ["1", "1.0", "v1.0.0", "1.0.0-beta", "01.0.0", "1.0.0\n", "../1.0.0"]
)
def test_a_version_is_three_numbers(version: str) -> None:
    with pytest.raises(ValidationError, match="three numbers"):
        Release(taxonomy=MIKELS8, name="x", version=version)


def test_a_permission_needs_a_sentence() -> None:
    with pytest.raises(ValidationError, match="a sentence is expected"):
        Release(taxonomy=MIKELS8, name="x", permitted={"unknown": "yes"})


def test_an_unknown_licence_for_the_annotations_lists_the_known() -> None:
    with pytest.raises(ValidationError, match=r"cc-by-4\.0"):
        Release(taxonomy=MIKELS8, name="x", licence="mine")


def test_the_version_is_part_of_what_made_it() -> None:
    one = Release(taxonomy=MIKELS8, name="x")
    other = Release(taxonomy=MIKELS8, name="x", version="0.1.1")
    assert one.folder_name() == "x-0.1.0"
    assert one.digest() != other.digest()
    assert one.digest() == Release(taxonomy=MIKELS8, name="x", workers=7).digest()


@pytest.mark.slow
def test_pictures_that_all_fail_alike_stop_the_stage(tmp_path: Path) -> None:
    """D5."""
    torn = [Original(jpeg(number)[:-40]) for number in range(50)]
    with pytest.raises(AffektError, match=r"none of the first 50 .* 'truncated'"):
        Project(tmp_path, torn).release()


def test_a_text_with_control_signs_is_refused() -> None:
    """B75."""
    with pytest.raises(ValidationError, match="only printable text"):
        Release(taxonomy=MIKELS8, name="x", title="a\x1b[31m")


def test_the_annotations_licence_may_be_written_in_any_way() -> None:
    assert Release(taxonomy=MIKELS8, name="x", licence="CC BY 4.0").licence == "cc-by-4.0"


def test_noncommercial_and_mixed_pictures_are_told_on_the_papers(tmp_path: Path) -> None:
    originals = [
        Original(png(1), licence="cc-by-nc-4.0", owner="Ann"),
        Original(png(2), is_generated=True),
    ]
    folder = folder_of(Project(tmp_path, originals).release(changes=("First <one>",)))
    assert "only for purposes that earn no money" in (folder / "LICENSE.md").read_text()
    assert "1 of the 2 pictures are generated" in (folder / "README.md").read_text()
    assert "- First \\<one\\>" in (folder / "CHANGELOG.md").read_text()
