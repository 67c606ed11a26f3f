"""Shuffled nets: the same values in another order, by the seed alone (G19)."""

import numpy as np

from affekt.nets.efficientnet_lite0 import read_weights
from affekt.nets.shuffled import shuffled


def test_every_kernel_keeps_its_values_and_loses_their_order() -> None:
    """G19: Adebayo et al. (2018), section 3."""
    weights = read_weights()
    one, same, other = (shuffled(weights, seed) for seed in (1, 1, 2))
    assert one.keys() == weights.keys()
    moved = [name for name in weights if not np.array_equal(weights[name], one[name])]
    assert moved
    assert {one[name].ndim for name in moved} == {2, 4}
    assert all(np.array_equal(one[name], same[name]) for name in weights)
    assert [name for name in weights if not np.array_equal(one[name], other[name])] == moved
    for name in moved:
        assert np.array_equal(np.sort(weights[name], None), np.sort(one[name], None))
