"""What every data set must do; a newcomer's file is found by its folder."""

import re
from pathlib import Path

import pytest

from affekt.datasets import Dataset, Labelled
from affekt.errors import AffektError
from affekt.parts import Place
from tests.datasets.copies import COPIES
from tests.datasets.published import Project
from tests.exams.every import every

datasets = pytest.mark.parametrize("dataset", every("datasets"), ids=lambda dataset: dataset.kind())


@pytest.fixture
def copy(dataset: type[Dataset], tmp_path: Path, request: pytest.FixtureRequest) -> Dataset:
    """The real copy at hand, the folder of the data set's name; else one that is written here."""
    if dataset.kind() == "release":
        files = Project(tmp_path).release().files
        return dataset(root=Place(written=str(files)))
    if dataset.kind() in COPIES:
        COPIES[dataset.kind()](tmp_path)
        return dataset(root=Place(written=str(tmp_path)))
    root = request.getfixturevalue("shared_data") / dataset.kind()
    if not root.is_dir():
        pytest.skip(f"no copy of {dataset.kind()!r} is at hand")
    return dataset(root=Place(written=str(root)))


@datasets
def test_facts_are_complete(dataset: type[Dataset]) -> None:
    facts = dataset.facts
    assert all(text.strip() for text in (facts.title, facts.citation, facts.licence))
    assert facts.images is None or facts.images > 0


@datasets
def test_a_copy_that_is_not_there_is_told_in_a_sentence(dataset: type[Dataset]) -> None:
    example = dataset.example()
    with pytest.raises(AffektError, match=re.escape(example.root.written)):
        list(example.load())


@datasets
def test_a_copy_that_is_not_there_still_has_an_identity(dataset: type[Dataset]) -> None:
    example = dataset.example()
    assert example.identity()["root"] == example.root.written
    assert example.witness() == dataset.example().witness()


@datasets
def test_an_empty_folder_is_told_in_a_sentence(dataset: type[Dataset], tmp_path: Path) -> None:
    with pytest.raises(AffektError):
        list(dataset(root=Place(written=str(tmp_path))).load())


@datasets
def test_labels_are_in_the_taxonomy_and_names_are_distinct(
    dataset: type[Dataset], copy: Dataset
) -> None:
    found = list(copy.load())
    assert {one.emotion for one in found if one.emotion} <= set(copy.taxonomy.names)
    assert len({one.name for one in found}) == len(found) > 0
    assert {one.part for one in found} <= {None, "train", "test", "validate"}


@datasets
def test_it_loads_in_a_fixed_order(dataset: type[Dataset], copy: Dataset) -> None:
    def order(one: Labelled) -> tuple[str, str | None, str | None]:
        return one.name, one.emotion, one.group

    assert [order(one) for one in copy.load()] == [order(one) for one in copy.load()]
