"""What a picture costs in 8-bit integers, against float32, and how near the features are.

    python -m benchmarks.int8 FOLDER_OF_PICTURES [--pictures 150] [--rounds 3]

Ranges are found on 200 pictures of the folder; pictures are squashed before the clock starts. One
thread, CPU time, both in turn; the best round of each is printed.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from affekt.features.backbone import Backbone
from affekt.parts import Place
from affekt.pictures.square import squashed

SIDE_PX = 224


def main() -> None:
    """Run the rounds and print both costs, their ratio, and the cosines of the features."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    reader.add_argument("folder", type=Path)
    reader.add_argument("--pictures", type=int, default=150)
    reader.add_argument("--rounds", type=int, default=3)
    given = reader.parse_args()
    paths = sorted(given.folder.rglob("*.jp*g"))[: given.pictures]
    squares = [
        np.asarray(squashed(Image.open(path).convert("RGB"), SIDE_PX)).copy() for path in paths
    ]
    whole = Backbone()
    small = Backbone(precision="int8", calibration=Place(written=str(given.folder)))
    near = [cosine(whole.extract(one), small.extract(one)) for one in squares]
    rounds = [(cpu_ms(whole, squares), cpu_ms(small, squares)) for _ in range(given.rounds)]
    slow, fast = np.min(rounds, axis=0)
    print(f"{len(squares)} pictures; float32 {slow:.2f} CPU ms, int8 {fast:.2f}: {slow / fast:.2f}")
    print(f"cosine of features, mean {np.mean(near):.3f}, least {np.min(near):.3f}")


def cpu_ms(feature: Backbone, squares: list[NDArray[np.uint8]]) -> float:
    """Give milliseconds of CPU time a picture."""
    before = time.process_time()
    for square in squares:
        feature.extract(square)
    return (time.process_time() - before) * 1000 / len(squares)


def cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Give the cosine of the angle between two vectors."""
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


if __name__ == "__main__":
    main()
