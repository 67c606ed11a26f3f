"""A data set that brings values instead of pictures, from its copy to predictions."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from affekt.datasets import Dataset, Facts, Labelled
from affekt.errors import AffektError
from affekt.features.colour_histogram import ColourHistogram
from affekt.models.prior import Prior
from affekt.parts import Place
from affekt.protocols.kfold import KFold
from affekt.stages.extract import Extract
from affekt.stages.given import Given
from affekt.stages.load import Load
from affekt.stages.predict import Predict
from affekt.store import Product, Store
from affekt.taxonomy import VALENCE2, Taxonomy
from tests.stages.listed import png

VALUES = {"one": (0.5, 1.0), "two": (0.25, 0.0), "tied": (0.0, 0.0), "three": (0.5, 1.0)}


class Valued(Dataset):
    """Values of four works; the third has no label, and and ``pictures`` adds a fifth."""

    facts = Facts(title="Valued", citation="nobody", licence="none")
    pictures: bool = False
    last: float = 1.0

    @property
    def taxonomy(self) -> Taxonomy:
        return VALENCE2

    def load(self) -> Iterator[Labelled]:
        for name, values in VALUES.items():
            emotion = None if name == "tied" else "negative" if name == "two" else "positive"
            given = (*values[:1], self.last) if name == "three" else values
            yield Labelled(name, None, emotion, values=given)
        if self.pictures:
            yield Labelled("seen", png(1), "negative")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path / "project")
    with found.writing():
        yield found


def load(store: Store, **settings: object) -> Product:
    return store.make(Load(dataset=Valued(root=Place(written="."), **settings)))


def test_values_without_a_label_are_dropped_and_equal_values_are_two_works(store: Store) -> None:
    made = load(store)
    assert set(made.table()["name"]) == {"one", "two", "three"}
    assert made.dropped().select("reason", "detail").rows() == [("no-label", "tied")]
    assert made.table()["image_id"].n_unique() == 3


def test_a_changed_value_is_another_work(store: Store) -> None:
    assert load(store).address != load(store, last=0.75).address


def test_given_takes_the_values_as_they_are(store: Store) -> None:
    pictures = load(store)
    both = pictures.table().join(store.make(Given(), pictures).table(), on="image_id")
    assert dict(both.select("name", "vector").iter_rows()) == {
        name: list(VALUES[name]) for name in ("one", "two", "three")
    }


def test_a_picture_without_values_is_dropped_and_values_without_a_picture_too(
    store: Store,
) -> None:
    pictures = load(store, pictures=True)
    given = store.make(Given(), pictures)
    seen = store.make(Extract(feature=ColourHistogram()), pictures)
    assert (given.table().height, given.dropped()["reason"].to_list()) == (3, ["no-values"])
    assert (seen.table().height, seen.dropped()["reason"].to_list()) == (1, ["no-picture"] * 3)


def test_a_feature_of_pictures_refuses_values_alone_with_advice(store: Store) -> None:
    with pytest.raises(AffektError, match='write `feature = "given"`'):
        store.make(Extract(feature=ColourHistogram()), load(store))


def test_a_data_set_of_pictures_brings_no_values(store: Store) -> None:
    pictures = load(store, pictures=True).table().filter(pl.col("name") == "seen")
    with pytest.raises(AffektError, match="brings no values of its own"):
        Given().run(None, pictures)  # type: ignore[arg-type]


def test_predictions_on_given_values_stand(store: Store) -> None:
    pictures = load(store)
    stage = Predict(model=Prior(), protocol=KFold(n_folds=3, seed=1), taxonomy=VALENCE2)
    made = store.make(stage, pictures, store.make(Given(), pictures))
    assert made.table()["image_id"].n_unique() == 3


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Labelled("x", None, "positive"), "one of both is needed"),
        (Labelled("x", png(1), "positive", values=(1.0,)), "one of both is needed"),
        (Labelled("x", None, "positive", values=(float("nan"),)), "finite numbers are needed"),
    ],
)
def test_an_entry_that_cannot_be_is_told(entry: Labelled, said: str) -> None:
    stage = Load(dataset=Valued(root=Place(written=".")))
    with pytest.raises(AffektError, match=said):
        stage._check(entry)
