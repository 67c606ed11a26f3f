"""Small samples with as much to learn as a test wants."""

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
