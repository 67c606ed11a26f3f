"""Small samples with as much to learn as a test wants."""

from dataclasses import replace

import numpy as np

from affekt.models import Samples

EMOTIONS = ("amusement", "anger", "awe", "fear")


def toy(
    rows: int, features: int, *, emotions: int = 3, spread: float = 3.0, seed: int = 1
) -> Samples:
    """Gaussian clouds of the first few of four emotions, each ``spread`` along its own axis."""
    rng = np.random.default_rng(seed)
    codes = np.arange(rows) % emotions
    vectors = rng.normal(size=(rows, features)) + spread * np.eye(emotions, features)[codes]
    groups = tuple(f"group-{row:03d}" for row in range(rows))
    return Samples(vectors.astype(np.float32), codes, EMOTIONS, groups)


def rated(rows: int, features: int, *, noise: float = 0.5, seed: int = 1) -> Samples:
    """Give the rows of `toy` with two ratings: sums and differences of two features, and noise."""
    samples = toy(rows, features, spread=1.0, seed=seed)
    rng = np.random.default_rng([seed, 1])
    one, other = samples.vectors[:, 0].astype(float), samples.vectors[:, 1].astype(float)
    ratings = np.column_stack([4 + one + other, 3 + one - other])
    ratings += noise * rng.normal(size=ratings.shape)
    return replace(samples, ratings=ratings, scales=("valence", "arousal"))
