"""Modes of a release: what is shipped, what is linked, and what the tables say of either."""

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from affekt import cells
from affekt.datasets.release.check import LIMITS, findings
from affekt.errors import Refused
from affekt.pictures.decode import Decoders
from affekt.stage import Outcome
from affekt.stages._warnings import WORDS, of_tags
from affekt.stages.release import Release
from affekt.taxonomy import MIKELS8
from tests.datasets.published import Original, Project, files_of, jpeg, png

REASON = "Her owner wrote on the third of May that we may."
WEB = "https://example.org"


def originals() -> list[Original]:
    """Two that may be shipped, one of them without an address, and two that may not."""
    return [
        Original(png(1), url=f"{WEB}/1.png", owner="Ann"),
        Original(jpeg(2), part="test", emotion="fear"),
        Original(
            jpeg(3), licence="all-rights-reserved", owner="Zoe", title="by Zoe", url=f"{WEB}/Zoe/3"
        ),
        Original(png(4), licence="cc-by-nd-4.0", owner="Eva", part="validate", url=f"{WEB}/4.png"),
    ]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return Project(tmp_path_factory.mktemp("mixed"), originals()).release()


def folder_of(made: Outcome) -> Path:
    assert made.files is not None
    return made.files


def rows_of(made: Outcome, part: str) -> dict[str, dict[str, Any]]:
    """Give the rows below data or links by the hash of the original."""
    files = sorted(folder_of(made).glob(f"{part}/*.parquet"))
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    return {row["original_sha256"]: row for row in rows}


def csv_of(made: Outcome, name: str) -> list[dict[str, str | None]]:
    text = (folder_of(made) / "annotations" / name).read_text(encoding="utf-8")
    return [dict(row) for row in cells.from_csv(text)[1]]


def dropped_of(made: Outcome) -> dict[str, str]:
    assert isinstance(made.dropped, pl.DataFrame)
    return dict(made.dropped.select("image_id", "reason").iter_rows())


def test_what_may_not_be_shipped_is_linked(mixed: Outcome) -> None:
    """R3, R20: under the hash of the original, with its address, size and label."""
    first, second, reserved, verbatim = (one.image_id for one in originals())
    assert set(rows_of(mixed, "data")) == {first, second}
    rows = rows_of(mixed, "links")
    assert set(rows) == {reserved, verbatim}
    row = rows[reserved]
    assert "image" not in row
    assert row["image_id"] == row["sha256"] == reserved == hashlib.sha256(jpeg(3)).hexdigest()
    assert (row["shipped"], row["source_url"], row["label"]) == (False, f"{WEB}/Zoe/3", "awe")
    assert dropped_of(mixed) == {}


def test_a_linked_owner_is_named_only_where_terms_demand_it(mixed: Outcome) -> None:
    """R31: no terms, no name, and none in the title; the link itself stays."""
    rows = {row["source_url"]: row for row in rows_of(mixed, "links").values()}
    assert rows[f"{WEB}/4.png"]["author"] == "Eva"
    reserved = rows[f"{WEB}/Zoe/3"]
    assert (reserved["author"], reserved["title"]) == (None, None)


def test_every_table_names_both_and_says_which(mixed: Outcome) -> None:
    """R3: the column `shipped`."""
    wanted = dict.fromkeys(rows_of(mixed, "data"), "true")
    wanted |= dict.fromkeys(rows_of(mixed, "links"), "false")
    labels = {row["original_sha256"]: row["shipped"] for row in csv_of(mixed, "labels.csv")}
    assert labels == wanted
    shipped = [row["shipped"] for row in csv_of(mixed, "attribution.csv")]
    assert sorted(map(str, shipped)) == ["false", "false", "true", "true"]
    outcomes = {row["original_sha256"]: row["outcome"] for row in csv_of(mixed, "asked.csv")}
    assert outcomes == {
        one: {"true": "released", "false": "linked"}[said] for one, said in wanted.items()
    }


def test_the_manifest_counts_both(mixed: Outcome) -> None:
    """R56."""
    counts = json.loads((folder_of(mixed) / "manifest.json").read_text())["counts"]
    assert (counts["labelled"], counts["released"], counts["linked"]) == (4, 2, 2)
    assert counts["linked_licences"] == {"all-rights-reserved": 1, "cc-by-nd-4.0": 1}
    assert counts["emotions"]["awe"] | {"released": 1, "linked": 2} == counts["emotions"]["awe"]


def test_the_card_offers_the_links_by_name(mixed: Outcome) -> None:
    card = (folder_of(mixed) / "README.md").read_text()
    assert '- config_name: "links"\n    data_files:\n      - split: "train"' in card
    assert 'path: "links/validation-*"' in card
    assert 'path: "links/test-*"' not in card
    assert "2 are shipped; 2 are not" in card


def test_links_alone_ship_nothing(tmp_path: Path) -> None:
    """R2: no byte of a picture, and what has no address is dropped and counted."""
    made = Project(tmp_path, originals()).release(mode="links")
    card, licences = ((folder_of(made) / name).read_text() for name in ("README.md", "LICENSE.md"))
    assert "are generated" not in card
    assert "| **all** | 3 | " in card.partition("Of the kept pictures 0 are shipped; 3 are not")[2]
    assert "No picture is inside." in licences
    assert "Licences that their sources named: " in licences
    assert rows_of(made, "data") == {}
    assert dropped_of(made) == {originals()[1].image_id: "no-link"}
    with Decoders(1, LIMITS) as decoders:
        assert findings(folder_of(made), decoders) == []
    whole = b"".join(files_of(folder_of(made)).values())
    assert b"JFIF" not in whole
    assert b"IHDR" not in whole


def test_links_alone_of_pictures_without_an_address_are_refused_with_the_way_out(
    tmp_path: Path,
) -> None:
    """R2: no permission would help."""
    with pytest.raises(Refused, match="1 labelled pictures has a lasting address") as refused:
        Project(tmp_path, [originals()[1]]).release(mode="links")
    assert "release.permitted" not in str(refused.value)


def test_full_links_nothing(tmp_path: Path) -> None:
    """R1."""
    made = Project(tmp_path, originals()).release(mode="full")
    assert (len(rows_of(made, "data")), rows_of(made, "links")) == (2, {})
    assert sorted(dropped_of(made).values()) == ["licence-forbids", "licence-forbids"]


def test_one_picture_is_permitted_only_with_its_reason_in_the_release(tmp_path: Path) -> None:
    """R4."""
    barred = originals()[2]
    made = Project(tmp_path, [originals()[0], barred]).release(
        permitted_pictures={barred.image_id: REASON}
    )
    assert barred.image_id in rows_of(made, "data")
    assert REASON in (folder_of(made) / "LICENSE.md").read_text()
    about = json.loads((folder_of(made) / "manifest.json").read_text())["release"]
    assert about["permitted_pictures"] == {barred.image_id: REASON}
    with pytest.raises(ValidationError, match="a sentence is expected"):
        Release(taxonomy=MIKELS8, name="x", permitted_pictures={barred.image_id: "ok"})
    with pytest.raises(ValidationError, match="is no SHA-256"):
        Release(taxonomy=MIKELS8, name="x", permitted_pictures={"abc": REASON})


def test_faces_can_only_be_kept_and_the_card_says_so(mixed: Outcome) -> None:
    """R32."""
    for wish in ("blur", "exclude"):
        with pytest.raises(ValidationError, match="needs a detector"):
            Release(taxonomy=MIKELS8, name="x", faces=wish)
    assert "Faces were kept as they are" in (folder_of(mixed) / "README.md").read_text()


def test_the_card_names_a_contact_and_how_soon_it_answers(tmp_path: Path) -> None:
    """R34."""
    made = Project(tmp_path, originals()).release(
        mode="links", contact="us@example.org", response_days=14
    )
    card = (folder_of(made) / "README.md").read_text()
    assert "us@example.org" in card
    assert "an answer comes within 14 days" in card
    assert "annotations/removed.csv" in card


def test_nobody_promises_an_answer_where_no_contact_was_given(tmp_path: Path) -> None:
    """R34."""
    folder = folder_of(Project(tmp_path, originals()).release(contact=""))
    told = (folder / "README.md").read_text() + (folder / "DATASHEET.md").read_text()
    assert "within 30 days" not in told
    assert "Nobody is named whom the owner of a picture" in told


def test_tags_give_content_notes() -> None:
    """R22: in one order; nothing is said of a picture without tags."""
    tags = pl.Series([["Blood", "nude", "#NSFW"], ["bloodhound"], [], None])
    assert of_tags(tags, WORDS).to_list() == [["gore", "nudity"], [], [], None]


def test_notes_stand_in_the_release_and_their_words_can_be_chosen(tmp_path: Path) -> None:
    """R22."""
    one = Original(png(1), tags=["Spider"])
    made = Project(tmp_path, [one]).release(warnings={"other": ["spider"]})
    assert rows_of(made, "data")[one.image_id]["warnings"] == ["other"]
    with pytest.raises(ValidationError, match="known: gore, nudity"):
        Release(taxonomy=MIKELS8, name="x", warnings={"spiders": ("spider",)})
