"""Before a part sits the exam of its family: it says what it gives, and has an example."""

import pytest

from affekt.catalogue import FAMILIES
from affekt.errors import PartError
from affekt.parts import Part
from tests.exams.every import every, objection


class Sample(Part):
    """A family."""

    family = "samples"


class Silent(Sample):
    size: int = 1


class Needy(Sample):
    """Has a setting without default."""

    size: int


@pytest.mark.parametrize("family", FAMILIES)
def test_every_part_says_what_it_gives_and_has_an_example(family: str) -> None:
    assert every(family)


def test_a_part_without_docstring_is_told_so() -> None:
    assert "needs a docstring" in objection(Silent)


def test_a_part_without_example_is_told_so_in_one_sentence() -> None:
    assert "needs example()" in objection(Needy)
    assert "size has no usable default" in objection(Needy)


def test_an_exam_stops_at_its_start_with_that_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.exams.every.find", lambda family, kind: Needy)
    with pytest.raises(PartError, match=r"needs example\(\)"):
        every("rules")
