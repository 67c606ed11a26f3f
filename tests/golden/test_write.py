"""The guard of golden answers notices what it is there for."""

from pathlib import Path

import pytest

from affekt.parts import Part
from tests.golden import write

ANSWER = {"sum": 1.0, "names": ["a", "b"], "count": 2}


class Sample(Part):
    family = "samples"


class Raised(Sample):
    version = 2

    @classmethod
    def kind(cls) -> str:
        return Sample.kind()


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
