"""Pictures of a table as a training run is shown them: decoded once, kept in files of one stage.

A run that crops keeps squares a little larger than the net's input; one that moves only the end of
the net keeps what the frozen layers make of each picture, by ONNX Runtime, plain and, where the
recipe mirrors, mirrored.
"""

import json
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import UInt8
from numpy.typing import DTypeLike, NDArray
from PIL import Image
from threadpoolctl import threadpool_limits

from affekt import durable
from affekt.errors import PictureError
from affekt.nets.efficientnet_lite0 import NET
from affekt.nets.net import Net
from affekt.nets.session import session
from affekt.pictures.decode import Decoders
from affekt.pictures.preprocessing import Preprocessing
from affekt.stage import Desk
from affekt.training.chance import Rows
from affekt.training.finetune import Finetune
from affekt.training.views import Kept, Pictures, Views

SEEN = Preprocessing(NET.side_px)  # what prediction sees of a picture
SQUARE_PX = 256  # of what is cropped: 8/7 of the input, as its own training had it
SAMPLE = 16  # pictures on which the graph is held against the net
KEPT: dict[str, tuple[str, DTypeLike]] = {  # mode → layer
    "last": ("stage6", np.float16),  # 18.8 kB a view
    "head": ("features", np.float32),
}
Square = UInt8[np.ndarray, "side side 3"]


class Failed(NamedTuple):
    """A picture that could not be decoded."""

    image_id: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Lessons:
    """What a run is shown, by the row numbers of a table.

    Attributes:
        views: Every row; those of pictures that failed hold zeros.
        sample: A few pictures as prediction frames them.
        failed: Rows that cannot be shown.
    """

    views: Views
    sample: UInt8[np.ndarray, "picture side side 3"]
    failed: tuple[Failed, ...]


def lessons(
    desk: Desk, rows: pl.DataFrame, recipe: Finetune, workers: int, net: Net = NET
) -> Lessons:
    """Give the pictures of a table; decoded by an earlier run of the same stage, or new.

    Args:
        desk: Its shelf holds the bytes, its scratch the files.
        rows: With the columns of `affekt.pictures.shelf.SPOTS`, and ``part``.
        recipe: Says what is shown.
        workers: Pictures in work at once, one core each.
        net: Its frozen layers make what is kept of a picture.
    """
    files = _Files(desk.scratch / "shown", rows.height, recipe, net)
    if not files.note.is_file():
        files.make(desk, rows, workers)
    told = json.loads(files.note.read_text(encoding="utf-8"))
    failed = tuple(Failed(*one) for one in told["failed"])
    sample = files.open("framed")[np.array(told["sample"], dtype=int)]
    return Lessons(files.views(), sample, failed)


class _Files:
    """Arrays of one run below one folder; the note is written when they are whole."""

    def __init__(self, folder: Path, n_rows: int, recipe: Finetune, net: Net) -> None:
        self.note = folder / "note.json"
        self._folder, self._recipe, self._net = folder, recipe, net
        side = NET.side_px
        self._shapes: dict[str, tuple[tuple[int, ...], DTypeLike]] = {
            "framed": ((n_rows, side, side, 3), np.uint8)
        }
        if recipe.views == "crop":
            self._shapes["squares"] = ((n_rows, SQUARE_PX, SQUARE_PX, 3), np.uint8)
        if recipe.mode in KEPT:
            layer, dtype = KEPT[recipe.mode]
            n_views = 1 if recipe.views == "none" else 2
            self._shapes["kept"] = ((n_rows, n_views, *NET.shapes[layer]), dtype)

    def open(self, name: str, mode: Any = "r") -> NDArray[Any]:
        """Give one array; rows that were never written take no room on most file systems."""
        shape, dtype = self._shapes[name]
        return np.memmap(self._folder / f"{name}.raw", dtype, mode, shape=shape)

    def views(self) -> Views:
        """Give what a run is shown."""
        if self._recipe.mode in KEPT:
            return Kept(self.open("kept"), self._recipe)
        framed = self.open("framed")
        squares = self.open("squares") if "squares" in self._shapes else framed
        return Pictures(squares, framed, NET.side_px, self._recipe)

    def make(self, desk: Desk, rows: pl.DataFrame, workers: int) -> None:
        """Decode all pictures and keep what the run needs of each."""
        self._folder.mkdir(parents=True, exist_ok=True)
        arrays = {name: self.open(name, "w+") for name in self._shapes}
        failed: list[list[str]] = []
        sample: list[int] = []
        for row, found in _decoded(desk, rows, self._sides(rows), workers):
            if isinstance(found, PictureError):
                failed.append([rows["image_id"][row], found.reason, found.detail])
                continue
            self._keep(arrays, row, found)
            if len(sample) < SAMPLE:
                sample.append(row)
                arrays["framed"][row] = SEEN.of_image(Image.fromarray(found))
        for array in arrays.values():
            array.flush()  # type: ignore[attr-defined]  # of a memory map
        with durable.replaced(self.note) as beside:
            beside.write_text(json.dumps({"failed": failed, "sample": sample}), encoding="utf-8")

    def _sides(self, rows: pl.DataFrame) -> list[int]:
        """Give the side of each square: larger where parts of it are shown to learn from."""
        is_cropped = (rows["part"] == "train") & (self._recipe.views == "crop")
        return [SQUARE_PX if one else NET.side_px for one in is_cropped]

    def _keep(self, arrays: dict[str, NDArray[Any]], row: int, pixels: Square) -> None:
        if self._recipe.mode in KEPT:
            layer = KEPT[self._recipe.mode][0]
            kept = arrays["kept"]
            views = np.stack([pixels, pixels[:, ::-1]][: kept.shape[1]])
            kept[row] = session(self._net).run(views, layer)
        else:
            arrays["framed" if len(pixels) == NET.side_px else "squares"][row] = pixels


def _decoded(
    desk: Desk, rows: pl.DataFrame, sides: list[int], workers: int
) -> Iterator[tuple[int, Square | PictureError]]:
    """Give row number and square of every picture, in the order of the shelf."""
    place = rows.with_row_index("at").sort("shard", "row_group", "row", "image_id")
    waiting: deque[tuple[int, Future[Square | PictureError]]] = deque()
    with (
        Decoders(workers=workers) as decoders,
        ThreadPoolExecutor(workers, thread_name_prefix="train") as pool,
        threadpool_limits(limits=1),
    ):

        def decoded(data: bytes, side_px: int) -> Square | PictureError:
            try:
                return Preprocessing(side_px).of_file(data, decoders)
            except PictureError as trouble:
                return trouble

        scanned = desk.shelf.scan(place)
        for at, (_, data) in zip(place["at"], scanned, strict=True):
            waiting.append((at, pool.submit(decoded, data, sides[at])))
            if len(waiting) > 2 * workers:
                first, future = waiting.popleft()
                yield first, future.result()
        for first, future in waiting:
            yield first, future.result()


def numbers(rows: pl.DataFrame, part: str, failed: tuple[Failed, ...]) -> Rows:
    """Give the row numbers of a part, without those that failed."""
    lost = {one.image_id for one in failed}
    found: Rows = np.array(
        [
            at
            for at, (image_id, its) in enumerate(rows.select("image_id", "part").iter_rows())
            if its == part and image_id not in lost
        ],
        dtype=int,
    )
    return found
