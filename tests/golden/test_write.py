"""The guard of golden answers notices what it is there for."""

import json
import re
from pathlib import Path

import pytest

from affekt.catalogue import FAMILIES
from affekt.parts import Part
from tests.exams.every import every
from tests.golden import write

ANSWER = {"sum": 1.0, "names": ["a", "b"], "count": 2}


class Sample(Part):
    family = "samples"


class Raised(Sample):
    version = 2

    @classmethod
    def kind(cls) -> str:
        return Sample.kind()


KEPT = sorted(write.FOLDER.glob("*.json"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(write, "FOLDER", tmp_path)
    return tmp_path


def test_a_missing_file_tells_the_command() -> None:
    assert "write it: python tests/golden/write.py samples" in write.complaint(Sample, ANSWER)


def test_the_same_answer_passes() -> None:
    write.write(Sample, ANSWER)
    assert write.complaint(Sample, ANSWER | {"sum": 1.0 + 1e-6}) == ""


@pytest.mark.parametrize(
    "moved", [{"sum": 1.01}, {"names": ["a"]}, {"names": ["a", "c"]}, {"count": 3}, {"new": 1}]
)
def test_a_moved_answer_asks_for_a_version(moved: dict[str, object]) -> None:
    write.write(Sample, ANSWER)
    assert "set `version = 2`" in write.complaint(Sample, ANSWER | moved)


def test_a_moved_answer_is_never_written_over_its_version(folder: Path) -> None:
    write.write(Sample, ANSWER)
    before = write.path_of(Sample).read_bytes()
    assert "its version still is 1" in write.write(Sample, ANSWER | {"count": 3})
    assert write.path_of(Sample).read_bytes() == before


def test_a_raised_version_asks_for_a_new_file_and_gets_it() -> None:
    write.write(Sample, ANSWER)
    assert "write it anew" in write.complaint(Raised, ANSWER)
    assert "written" in write.write(Raised, ANSWER | {"count": 3})
    assert write.complaint(Raised, ANSWER | {"count": 3}) == ""


def test_a_missing_answer_is_skipped_with_the_command_and_a_moved_one_fails() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"python tests/golden/write\.py samples"):
        write.check(Sample, ANSWER)
    write.write(Sample, ANSWER)
    write.check(Sample, ANSWER)
    with pytest.raises(AssertionError, match="set `version = 2`"):
        write.check(Sample, ANSWER | {"count": 3})


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_every_file_belongs_to_a_part_and_is_laid_out_as_the_command_does(path: Path) -> None:
    family, _, kind = path.stem.partition("_")
    assert kind in [part.kind() for part in every(family)]
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert write.as_text(**kept) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("family", FAMILIES)
def test_the_command_answers_for_every_family(
    family: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    assert write.main([family]) == 0
    said = capsys.readouterr().out
    written = {path.name for path in folder.iterdir()}
    left = set(re.findall(r"^(\w+\.json) left as it is: .*pip install 'affekt\[", said, re.M))
    assert written | left == {path.name for path in KEPT if path.name.startswith(f"{family}_")}
    assert left <= {"features_clip.json", "features_zoo.json"}
    assert "no golden answers" in said or written


@pytest.mark.parametrize("words", [[], ["feature"], ["rules", "models"]])
def test_the_command_tells_what_it_needs(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert write.main(words) == 2
    assert "one of sources, crowd, policies, rules" in capsys.readouterr().out
