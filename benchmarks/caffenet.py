"""How fast the paper's net runs from its whole file, and whether three libraries say the same.

    python -m benchmarks.caffenet [--weights FILE.caffemodel] [--pictures 20] [--rounds 3]

Without a file of yours one of full size with random weights is written first (244 MB), in Caffe's
own form. The contenders take turns on one thread, one picture a call: affekt's graph by ONNX
Runtime, the same layers in plain PyTorch, and OpenCV, which reads the same file by itself. The best
round of each is printed, how far apart the values of fc7 are, and what affekt's session takes in
memory, measured in a process of its own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from affekt.nets.caffenet import CROP_PX, FRAME_PX, MEAN_BGR, OFFSET_PX, opened, read_weights
from affekt.nets.net import Given
from affekt.nets.session import session
from tests.nets.caffe_writer import net

Array = NDArray[Any]
KERNELS = {
    "conv1": (96, 3, 11, 11), "conv2": (256, 48, 5, 5), "conv3": (384, 256, 3, 3),
    "conv4": (384, 192, 3, 3), "conv5": (256, 192, 3, 3), "fc6": (4096, 9216),
    "fc7": (4096, 4096), "fc8": (1000, 4096),
}  # fmt: skip
PROTOTXT = Path(__file__).parents[1] / "tests" / "nets" / "caffenet.prototxt"
OPENED = """
import re, sys
from pathlib import Path
import numpy as np
from affekt.nets.caffenet import opened
from affekt.nets.net import Given
from affekt.nets.session import session
net = opened(Given(Path(sys.argv[1])), sys.argv[2])
session(net).run(np.zeros((1, 256, 256, 3), np.uint8), sys.argv[2])
status = Path("/proc/self/status").read_text()
print(*(re.search(rf"{name}:\\s+(\\d+)", status)[1] for name in ("VmHWM", "VmRSS")))
"""


def main() -> None:
    """Run the rounds and print the table."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    reader.add_argument("--weights", type=Path)
    reader.add_argument("--pictures", type=int, default=20)
    reader.add_argument("--rounds", type=int, default=3)
    given = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.weights or made(Path(folder) / "random.caffemodel")
        chance = np.random.default_rng(4)
        pictures = chance.integers(0, 256, (given.pictures, FRAME_PX, FRAME_PX, 3), np.uint8)
        described = Path(folder) / "caffenet.prototxt"
        described.write_text(prototxt(), encoding="utf-8")
        compare(contenders(path, described), pictures, given.rounds)
        for layer in ("pool5", "fc7"):
            ran = subprocess.run(
                [sys.executable, "-c", OPENED, path, layer], check=True, capture_output=True
            )
            most, now = ran.stdout.split()
            most_mb, now_mb = int(most) // 1000, int(now) // 1000
            print(f"memory to {layer:5} {most_mb:6} MB while opening {now_mb:6} MB then")


def made(path: Path) -> Path:
    """Write a file of full size with random weights."""
    chance = np.random.default_rng(1)
    weights = {
        name: (
            chance.standard_normal(shape, np.float32) * np.float32((2 / np.prod(shape[1:])) ** 0.5),
            chance.normal(0.1, 0.1, shape[0]).astype(np.float32),
        )
        for name, shape in KERNELS.items()
    }
    path.write_bytes(net(weights))
    return path


def contenders(path: Path, described: Path) -> dict[str, Callable[[Array], Array]]:
    """Give each way to fc7, from one picture."""
    ours = opened(Given(path), "fc7")
    running = session(ours)
    cv2.setNumThreads(1)
    theirs = cv2.dnn.readNetFromCaffe(str(described), str(path))

    def in_opencv(picture: Array) -> Array:
        theirs.setInput(framed(picture)[None])
        values: Array = np.asarray(theirs.forward("relu7"))[0]
        return values

    found: dict[str, Callable[[Array], Array]] = {
        "affekt, ONNX Runtime": lambda picture: np.asarray(running.run(picture[None], "fc7")[0]),
        f"OpenCV {cv2.__version__}": in_opencv,
    }
    if find_spec("torch"):
        torch = import_module("torch")
        torch.set_num_threads(1)
        rows, weights = import_module("tests.nets.torch_rows"), read_weights(path)
        mean = np.array(MEAN_BGR, np.float32).reshape(3, 1, 1)
        tensors = {
            name: tuple(torch.from_numpy(one.copy()) for one in both)
            for name, both in weights.items()
        }
        found[f"PyTorch {torch.__version__}"] = lambda picture: rows.caffenet(
            tensors, picture, mean
        )["fc7"]
    else:
        print("PyTorch is not installed: pip install 'affekt[nets]'", file=sys.stderr)
    return found


def framed(picture: Array) -> Array:
    """Give blue, green, red minus the mean, cut to the centre, as Caffe does."""
    planes = picture[:, :, ::-1].transpose(2, 0, 1).astype(np.float32)
    planes -= np.array(MEAN_BGR, np.float32).reshape(3, 1, 1)
    return planes[:, OFFSET_PX : OFFSET_PX + CROP_PX, OFFSET_PX : OFFSET_PX + CROP_PX]


def prototxt() -> str:
    """Give the net's description for OpenCV, at full width."""
    lines = PROTOTXT.read_text(encoding="utf-8").splitlines()
    for name, shape in KERNELS.items():
        at = next(number for number, line in enumerate(lines) if f'name: "{name}"' in line)
        before, _, behind = lines[at].partition("num_output: ")
        lines[at] = f"{before}num_output: {shape[0]} {behind.partition(' ')[2]}"
    return "\n".join(lines)


def compare(ways: dict[str, Callable[[Array], Array]], pictures: Array, rounds: int) -> None:
    """Let them take turns; print CPU time a picture, and how far apart their values are."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    values = {name: np.stack([way(one) for one in pictures]) for name, way in ways.items()}
    for _ in range(rounds):
        for name, way in ways.items():
            begin = time.process_time()
            for picture in pictures:
                way(picture)
            spent[name].append((time.process_time() - begin) * 1000 / len(pictures))
    first = next(iter(values.values()))
    print(
        f"best of {rounds} rounds; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end"
    )
    print(f"{'':24}{'CPU ms':>9}{'apart':>11}")
    for name, given in values.items():
        apart = np.abs(given - first).max() / np.abs(first).max()
        print(f"{name:24}{min(spent[name]):9.2f}{apart:11.1e}")


if __name__ == "__main__":
    main()
