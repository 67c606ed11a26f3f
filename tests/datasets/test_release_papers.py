"""The papers of a release: what they tell, what they leave open, and that they agree."""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from affekt.datasets.release import shape
from affekt.datasets.release.check import LIMITS, findings
from affekt.datasets.release.finding import Finding
from affekt.datasets.release.papers import croissant, datasheet, text
from affekt.datasets.release.papers.answers import QUESTIONS, Answers
from affekt.datasets.release.unsaid import Unsaid, unsaid
from affekt.pictures.decode import Decoders
from affekt.stages.release import Release
from affekt.taxonomy import MIKELS8
from tests.datasets.published import SAID, Original, Project, files_of, png, several
from tests.datasets.test_release import copied
from tests.datasets.test_release_check import Check, change_manifest, change_text, codes, seal


@pytest.fixture(scope="module")
def stable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of which everything is said."""
    project = Project(tmp_path_factory.mktemp("stable"))
    made = project.release(
        version="1.0.0", creators=("Maker, Ann", "Institute"), doi="10.5281/zenodo.1"
    )
    assert made.files is not None
    return made.files


@pytest.fixture
def folder(stable: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return copied(stable, tmp_path)


@pytest.fixture(scope="module")
def checked() -> Iterator[Check]:
    """What a check gives, by one decoding child for all tests."""
    with Decoders(1, LIMITS) as decoders:
        yield lambda folder: findings(folder, decoders)


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_a_release_of_which_all_is_said_is_sound(stable: Path, checked: Check) -> None:
    """R52."""
    assert checked(stable) == []
    assert unsaid(stable).open_questions == 0


def test_a_draft_counts_what_is_left_to_say(tmp_path: Path, checked: Check) -> None:
    """R52: visible, counted, and allowed below 1.0.0."""
    draft = Project(tmp_path).release().files
    assert draft is not None
    left = (draft / shape.DATASHEET).read_text().count("**TODO**")
    assert unsaid(draft).open_questions == left == len(QUESTIONS) - 1
    assert checked(draft) == []


@pytest.mark.parametrize(("bits", "is_told"), [(0, True), (1, False), (16, False), (64, True)])
def test_near_copies_that_nobody_kept_apart_are_a_hint(
    bits: int, is_told: bool, folder: Path
) -> None:
    """R70: the release may be sound, and its splits may leak all the same."""
    change_manifest(folder, near_bits=bits)
    told = [hint for hint in unsaid(folder).hints if "near copies across splits" in hint]
    assert [f"near_bits = {bits}," in hint for hint in told] == [True] * is_told


def test_annotations_without_a_licence_are_a_hint(folder: Path) -> None:
    """R70: what nobody permits is not free."""
    about = read(folder, shape.MANIFEST)["release"]
    change_manifest(folder, release={**about, "licence": "unknown"})
    assert [hint for hint in unsaid(folder).hints if "licence of the annotations" in hint]
    change_manifest(folder, release={**about, "licence": "cc0"})
    assert unsaid(folder) == Unsaid(0, ())


def test_papers_that_cannot_be_read_leave_nothing_to_say(folder: Path) -> None:
    """A pipe in their place keeps nobody waiting."""
    for name in (shape.DATASHEET, shape.MANIFEST):
        (folder / name).unlink()
        os.mkfifo(folder / name)
    assert unsaid(folder) == Unsaid(None, ())


def test_a_stable_version_with_an_open_question_is_refused() -> None:
    """R52: before anything is built."""
    said = {**SAID, "datasheet": {**SAID["datasheet"], "funding": " "}}
    with pytest.raises(ValidationError, match=r"1 things are not said yet: datasheet\.funding;"):
        Release(taxonomy=MIKELS8, name="x", version="1.0.0", creators=("A",), **said)


def test_a_stable_version_with_an_open_question_is_found(folder: Path, checked: Check) -> None:
    """R52: also in a release that is not ours."""
    change_text(folder, shape.DATASHEET, "Said about funding.", "**TODO**: who paid")
    found = [one for one in checked(folder) if one.code == "unsaid"]
    assert [one.place for one in found] == [shape.DATASHEET]
    assert "leaves 1 questions open" in found[0].text


def test_the_datasheet_has_seven_parts_with_answers(stable: Path) -> None:
    """R52."""
    parts = (stable / shape.DATASHEET).read_text().split("\n## ")[1:]
    assert [part.split("\n")[0] for part in parts] == list(datasheet.SECTIONS)
    assert all(len(part.split("\n### ")) >= 4 for part in parts)
    answers = [one.partition("\n\n")[2] for part in parts for one in part.split("\n### ")[1:]]
    assert all(answer.strip() for answer in answers)


@pytest.mark.parametrize("name", Answers.model_fields)
def test_every_answer_reaches_the_datasheet(name: str, stable: Path) -> None:
    """R52."""
    assert f"Said about {name}." in (stable / shape.DATASHEET).read_text()


def test_the_datasheet_tells_what_the_run_knows(stable: Path) -> None:
    """R52."""
    told = (stable / shape.DATASHEET).read_text()
    assert "12 of 13 asked pictures got the label; on those inside, 48 of 60 votes felt it." in told
    assert "from 2026-11-20 to 2026-11-20" in told
    assert "dedupe kept 13 and dropped 1 (exact-copy 1)" in told
    assert "cc-by-2.0 6, cc0 6" in told
    assert "under 2 published licences" in told
    assert "Seeds: collect = 7." in told


def test_croissant_names_every_file_with_its_hash(stable: Path) -> None:
    """R50."""
    files = files_of(stable)
    told = {one["@id"]: one for one in read(stable, shape.CROISSANT)["distribution"]}
    assert told.pop(croissant.PICTURES)["includes"] == "data/*.parquet"
    assert set(told) == set(files) - {shape.CROISSANT, shape.CHECKSUMS}
    for name, one in told.items():
        assert one["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert one["contentSize"] == f"{len(files[name])} B"


def test_croissant_says_what_the_release_is(stable: Path) -> None:
    """R50."""
    told = read(stable, shape.CROISSANT)
    assert told["conformsTo"] == list(croissant.CONFORMS_TO)
    assert (told["version"], told["datePublished"]) == ("1.0.0", "2026-11-24")
    assert [one["name"] for one in told["creator"]] == ["Maker, Ann", "Institute"]
    assert [one["@type"] for one in told["creator"]] == ["sc:Person", "sc:Organization"]
    assert told["url"] == SAID["url"]
    assert told["citeAs"].startswith("Maker, Ann; Institute (2026). small, version 1.0.0")
    assert {"emotion", "awe", "fear"} <= set(told["keywords"])
    assert [one["@id"] for one in told["recordSet"]] == ["emotions", "splits", "examples", "votes"]


def test_a_record_set_has_one_join_at_most(stable: Path) -> None:
    """R50: readers follow no second one."""
    records = {one["@id"]: one["field"] for one in read(stable, shape.CROISSANT)["recordSet"]}
    joins = {
        name: [f["@id"] for f in fields if "references" in f] for name, fields in records.items()
    }
    assert joins == {
        "emotions": [], "splits": [],
        "examples": ["examples/image_id"], "votes": ["votes/question_id"],
    }  # fmt: skip


@pytest.mark.parametrize(("mode", "records"), [("links", "examples"), ("mixed", "linked")])
def test_what_is_linked_is_a_record_set_without_pictures(
    mode: str, records: str, tmp_path: Path, checked: Check
) -> None:
    """R50, R2, R3."""
    originals = [
        *several(),
        Original(png(42), licence="all-rights-reserved", url="https://x.org/y"),
    ]
    made = Project(tmp_path, originals).release(mode=mode).files
    assert made is not None
    sets = {one["@id"]: one for one in read(made, shape.CROISSANT)["recordSet"]}
    fields = sets[records]["field"]
    assert [one["name"] for one in fields] == [*list(shape.COLUMNS)[1:], "text"]
    assert fields[0]["source"]["fileSet"] == {"@id": croissant.LINKS}
    assert "Of " in (made / "LICENSE.md").read_text().split("## Pictures that are not inside")[1]
    assert checked(made) == []


def test_every_column_is_a_field(stable: Path) -> None:
    """R50, R20."""
    records = {one["@id"]: one["field"] for one in read(stable, shape.CROISSANT)["recordSet"]}
    assert [one["name"] for one in records["examples"]] == [*shape.COLUMNS, "text"]
    assert [one["name"] for one in records["votes"]][:-2] == list(shape.VOTE_COLUMNS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("annotationsPerItem", "5"),
        ("annotatorDemographics", "Said about workers."),
        ("dataBiases", "Said about biases."),
        ("dataSocialImpact", "Said about impact."),
        ("personalSensitiveInformation", "Said about sensitive."),
        ("dataReleaseMaintenancePlan", "Said about maintenance."),
        ("dataCollectionType", ["Web API", "Surveys"]),
        ("dataCollectionTimeFrame", ["2026-11-20", "2026-11-20"]),
        ("hasSyntheticData", False),
    ],
)
def test_croissant_tells_what_responsible_use_needs(name: str, value: object, stable: Path) -> None:
    """R50."""
    assert read(stable, shape.CROISSANT)[f"rai:{name}"] == value


def test_no_property_for_responsible_use_is_empty(stable: Path) -> None:
    """R50."""
    told = {k: v for k, v in read(stable, shape.CROISSANT).items() if k.startswith("rai:")}
    assert len(told) == 19
    assert all(value is not None and value not in ("", []) for value in told.values())


def test_the_citation_and_the_card_are_yaml(stable: Path) -> None:
    """R51, R53."""
    cited = yaml.safe_load((stable / "CITATION.cff").read_text())
    assert cited["authors"] == [
        {"family-names": "Maker", "given-names": "Ann"}, {"name": "Institute"},
    ]  # fmt: skip
    assert (cited["type"], cited["cff-version"]) == ("dataset", "1.2.0")
    assert (cited["doi"], str(cited["date-released"])) == ("10.5281/zenodo.1", "2026-11-24")
    head = yaml.safe_load((stable / "README.md").read_text().split("---\n")[1])
    assert head["size_categories"] == ["n<1K"]
    assert [one["num_examples"] for one in head["dataset_info"]["splits"]] == [6, 2, 4]
    assert [one["split"] for one in head["configs"][0]["data_files"]] == list(shape.SPLITS)


def test_datacite_has_what_a_registration_needs(stable: Path) -> None:
    """R53."""
    told = read(stable, shape.DATACITE)
    assert (told["doi"], told["publicationYear"]) == ("10.5281/zenodo.1", "2026")
    assert told["creators"][0] == {"name": "Maker, Ann", "nameType": "Personal"}
    assert told["types"]["resourceTypeGeneral"] == "Dataset"
    assert {one.get("rightsIdentifier") for one in told["rightsList"]} == {
        "CC-BY-2.0", "CC0-1.0", None,
    }  # fmt: skip


def test_the_manifest_holds_the_plan_with_its_hash(stable: Path) -> None:
    """R56."""
    plan = read(stable, shape.MANIFEST)["plan"]
    assert plan["sha256"] == hashlib.sha256(plan["text"].encode()).hexdigest()
    told = tomllib.loads(plan["text"])
    assert (told["taxonomy"], told["release"]["version"]) == ("mikels8", "1.0.0")
    assert told["release"]["datasheet"] == SAID["datasheet"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (shape.DATASHEET, "## Uses", "## Use"),
        ("CITATION.cff", 'type: "dataset"', 'type: "software"'),
        ("CITATION.cff", 'version: "1.0.0"', 'version: "1.0.1"'),
        ("README.md", "num_examples: 6", "num_examples: 7"),
        (shape.DATACITE, '"version": "1.0.0"', '"version": "1.0.1"'),
        (shape.DATACITE, '"publicationYear"', '"year"'),
        (shape.DATACITE, "{", "["),
        (shape.CROISSANT, "{", "["),
        (shape.CROISSANT, '"version": "1.0.0"', '"version": "2.0.0"'),
        (shape.CROISSANT, "croissant/1.1", "croissant/1.0"),
        (shape.CROISSANT, '"@id": "votes",', '"@id": "ballots",'),
        (shape.CROISSANT, '"emotions/name": "awe"', '"emotions/name": "joy"'),
        (shape.CROISSANT, '"@id": "LICENSE.md"', '"@id": "LICENCE.md"'),
        (shape.MANIFEST, "name = ", "title = "),
    ],
)
def test_a_paper_that_says_something_else_is_found(
    name: str, old: str, new: str, folder: Path, checked: Check
) -> None:
    """R50, R51, R52, R53, R56, R70."""
    change_text(folder, name, old, new)
    assert ("papers", name) in {(one.code, one.place) for one in checked(folder)}


@pytest.mark.parametrize("name", [shape.CROISSANT, shape.DATACITE])
@pytest.mark.parametrize("content", ["", "[]", "null", "[" * 100_000, '{"recordSet": 3}'])
def test_a_paper_that_is_none_is_a_finding_and_no_crash(
    name: str, content: str, folder: Path, checked: Check
) -> None:
    (folder / name).write_text(content)
    seal(folder)
    assert "papers" in codes(checked(folder))


def test_a_file_that_croissant_names_otherwise_is_found(folder: Path, checked: Check) -> None:
    """R50: checksums made right again do not hide it."""
    change_text(folder, "LICENSE.md", "# Licences", "# Licence")
    wanted = Finding("papers", shape.CROISSANT, "does not have the SHA-256 of LICENSE.md",
                     "tell the maker of the release")  # fmt: skip
    assert wanted in checked(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url", "ftp://x"), ("url", "https://"), ("doi", "https://doi.org/10.1/x"),
        ("doi", "10.1/x"), ("published", "26.11.2026"), ("published", "2026-13-01"),
        ("datasheet", {"purpose": "a\x1b[2Jb"}), ("datasheet", {"reason": "x"}),
    ],
)  # fmt: skip
def test_what_people_say_has_a_form(key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Release(taxonomy=MIKELS8, name="x", **{key: value})


VALUES = st.recursive(
    st.text(st.characters(codec="utf-8"), max_size=9) | st.integers(-(2**60), 2**60) | st.booleans()
    | st.floats(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text("ab-. ü\"\n\x7f", max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=60)
@given(st.dictionaries(st.text("xyz", min_size=1), VALUES, max_size=4))
def test_a_plan_reads_back_from_what_was_written(values: dict[str, Any]) -> None:
    """R56."""
    assert repr(tomllib.loads(text.toml(values))) == repr(_in_order(values))


def _in_order(values: dict[str, Any]) -> dict[str, Any]:
    """Plain keys first: TOML has no place for them behind a table."""
    tables = {key: one for key, one in values.items() if isinstance(one, dict)}
    return {key: one for key, one in values.items() if key not in tables} | tables


def test_no_paper_tells_a_day_of_today(stable: Path) -> None:
    """R12: a rebuild on another day gives equal bytes, as no paper looks at a clock."""
    days = re.findall(rb"20\d\d-\d\d-\d\d", b"".join(files_of(stable).values()))
    assert set(days) == {b"2026-11-20", b"2026-11-24"}  # asked and published, both as stated
