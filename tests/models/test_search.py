import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.models import Samples
from affekt.models._linear import rotated
from affekt.models._search import best, inner_folds
from tests.models.toys import EMOTIONS


@given(
    groups=st.lists(st.sampled_from("abcdefgh"), min_size=12, max_size=40),
    folds=st.integers(2, 6),
    seed=st.integers(0, 9),
)
def test_no_group_is_on_both_sides_and_every_row_is_asked_once(
    groups: list[str], folds: int, seed: int
) -> None:
    """M64, M65"""
    rows = len(groups)
    vectors = np.zeros((rows, 1), np.float32)
    train = Samples(vectors, np.arange(rows) % 3, EMOTIONS, tuple(groups))
    found = inner_folds(train, folds, seed=seed)
    asked = [int(row) for fold in found for row in fold.asked]
    assert sorted(asked) == (list(range(rows)) if len(set(groups)) > 1 else [])
    assert not [f for f in found if set(f.train.groups) & {groups[row] for row in f.asked}]


def test_the_smallest_loss_is_best_and_the_first_of_ties() -> None:
    penalty, facts = best((0.1, 1.0, 10.0), np.array([0.5, 0.25, 0.25]))
    assert penalty == facts["penalty"] == 1.0
    assert facts["penalty_search"] == {"0.1": 0.5, "1.0": 0.25, "10.0": 0.25}


@pytest.mark.parametrize("rows", [3, 9])
def test_turned_axes_keep_every_product_of_two_rows(rows: int) -> None:
    rng = np.random.default_rng(1)
    points, others = rng.normal(size=(rows, 6)), rng.normal(size=(4, 6))
    turned, turned_others = rotated(points, others)
    assert turned.shape == (rows, min(rows, 6))
    assert turned @ turned.T == pytest.approx(points @ points.T)
    assert turned_others @ turned.T == pytest.approx(others @ points.T)
