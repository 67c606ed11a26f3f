import pytest

from affekt.errors import AffektError
from affekt.protocols.holdout import Holdout
from affekt.protocols.kfold import KFold
from affekt.protocols.transfer import Transfer
from tests.protocols.tables import pictures


def test_one_side_is_trained_on_and_the_other_tested() -> None:
    table = pictures(["awe"] * 4, parts=["train", "test", "train", None])
    (fold,) = Transfer().folds(table)
    assert (fold.train.tolist(), fold.test.tolist()) == ([0, 2], [1])
    assert fold.unreported is None


@pytest.mark.parametrize("parts", [["train"] * 2, ["test"] * 2])
def test_a_pair_without_one_of_its_sides_is_refused_with_advice(parts: list[str | None]) -> None:
    with pytest.raises(AffektError, match="both data sets need pictures"):
        list(Transfer().folds(pictures(["awe"] * 2, parts=parts)))


def test_only_this_one_is_between_data_sets() -> None:
    assert [one.is_between for one in (Transfer, KFold, Holdout)] == [True, False, False]
