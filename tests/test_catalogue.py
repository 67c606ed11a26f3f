"""What a plan can name is listed, also while a part's author is not done yet."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from affekt import catalogue, rules
from affekt.errors import AffektError

BROKEN = {
    "misspelt": "class Misspelt(:\n",
    "lacking": "import a_library_that_is_nowhere\n",
    "dividing": "1 / 0\n",
    "hollow": '"""No part yet."""\n',
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A second folder of the rules, for one test."""
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for name in BROKEN:
        sys.modules.pop(f"affekt.rules.{name}", None)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_has_its_line_and_the_others_theirs(name: str, folder: Path) -> None:
    before = catalogue.listing("rules")
    (folder / f"{name}.py").write_text(BROKEN[name])
    found = {one.kind: one for one in catalogue.listing("rules")}
    assert found.pop(name).gives.startswith("cannot be used: ")
    assert list(found.values()) == before


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_that_is_asked_for_is_told_in_a_sentence(name: str, folder: Path) -> None:
    (folder / f"{name}.py").write_text(BROKEN[name])
    with pytest.raises(AffektError, match=name):
        catalogue.listing("rules", name)


def test_every_value_of_a_feature_set_is_listed_with_its_range() -> None:
    (found,) = catalogue.listing("features", "wang2013")
    assert len(found.values) == 31
    first = catalogue.Measure(
        "wang2013.colour_pattern.saturation_mean",
        "",
        0,
        1,
        "Wang, Jia, Yin and Cai 2013, colour pattern; formulas are our choice",
    )
    assert found.values[0] == first


def test_a_range_without_end_has_none() -> None:
    (found,) = catalogue.listing("features", "wang2013")
    ends = {one.name.rpartition(".")[2]: one.high for one in found.values}
    assert ends["lines"] is None


def test_what_is_no_feature_has_no_values() -> None:
    (found,) = catalogue.listing("models", "prior")
    assert found.values == ()
