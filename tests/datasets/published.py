"""A small project with real pictures, ready to be released: what the tests of releases stand on."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from affekt.datasets.release.papers.answers import Answers, is_stable
from affekt.pictures.shelf import Shelf
from affekt.stage import Desk, Outcome
from affekt.stages.release import Release
from affekt.tables import IMAGES, LABELS, QUESTIONS, SPLITS, VOTES
from affekt.taxonomy import MIKELS8

NASTY_TITLE = '=HYPERLINK("http://x","win")'
SECRET = "Ann Secretive, 51.5 N"
WORKERS = ("worker-tom", "worker-eva", "worker-kim", "worker-lee", "worker-ada")
SAID: Mapping[str, Any] = {
    "contact": "maker@example.org",
    "published": "2026-11-24",
    "url": "https://example.org/small",
    "datasheet": {name: f"Said about {name}." for name in Answers.model_fields},
}
HISTORY: tuple[Mapping[str, Any], ...] = (
    {
        "stage": "collect",
        "address": "a" * 64,
        "inputs": [],
        "came_in": 14,
        "kept": 14,
        "dropped": 0,
        "reasons": {},
        "recipe": {"seed": 7, "sources": [{"kind": "folder", "root": "/home/ann/raw"}]},
        "notes": {},
        "seconds": 1.25,
        "made_at": "2026-11-23T10:00:00+00:00",
    },
    {
        "stage": "dedupe",
        "address": "b" * 64,
        "inputs": ["a" * 64],
        "came_in": 14,
        "kept": 13,
        "dropped": 1,
        "reasons": {"exact-copy": 1},
        "recipe": {"max_hamming_bits": 4, "group_bits": 8},
        "notes": {},
        "seconds": 0.5,
        "made_at": "2026-11-23T10:01:00+00:00",
    },
)


def painted(seed: int, side_px: int = 96) -> Image.Image:
    """A picture of soft blobs, unlike that of any other seed."""
    rough = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(rough).resize((side_px, side_px - 16), Image.Resampling.BICUBIC)


def jpeg(seed: int, **options: Any) -> bytes:
    """A JPEG with a comment, EXIF with a name and a thumbnail-sized profile inside."""
    exif = Image.Exif()
    exif[0x013B] = SECRET  # artist
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    file = io.BytesIO()
    painted(seed).save(
        file, "JPEG", exif=exif, comment=SECRET.encode(), icc_profile=b"\0" * 128, **options
    )
    return file.getvalue()


def png(seed: int, note: str = SECRET) -> bytes:
    """A PNG with a text chunk; another note gives other bytes and the same pixels."""
    info, file = PngInfo(), io.BytesIO()
    info.add_text("Author", note)
    painted(seed).save(file, "PNG", pnginfo=info)
    return file.getvalue()


@dataclass
class Original:
    """One labelled picture before the release."""

    data: bytes
    emotion: str = "awe"
    licence: str | None = "cc0"
    owner: str | None = None
    owner_url: str | None = None
    part: str | None = "train"
    title: str | None = None
    url: str | None = None
    page_url: str | None = None
    source: str = "folder"
    group: str | None = None
    is_generated: bool = False
    is_label: bool = True
    felt: int = 4
    phash: int | None = None
    tags: list[str] | None = None

    @property
    def image_id(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def several() -> list[Original]:
    """Twelve sound pictures of two emotions in three parts."""
    parts = ("train", "train", "train", "test", "test", "validate")
    made = [
        Original(
            jpeg(number) if number % 2 else png(number),
            emotion=("awe", "fear")[number // 6],
            licence=("cc0", "cc-by-2.0")[number % 2],
            owner=f"Owner {number}",
            part=parts[number % 6],
            title=NASTY_TITLE if number == 1 else f"Picture {number}",
            url=f"https://example.org/{number}.jpg",
        )
        for number in range(12)
    ]
    rejected = Original(png(90), emotion="fear", is_label=False, felt=1)
    return [*made, rejected]


@dataclass
class Project:
    """Tables and a desk, as the release stage gets them."""

    folder: Path
    originals: list[Original] = field(default_factory=several)
    found_at: str | None = "2026-11-20T09:08:07+00:00"

    def desk(self, name: str = "scratch") -> Desk:
        scratch = self.folder / name
        scratch.mkdir(parents=True, exist_ok=True)
        return Desk(Shelf(self.folder / "pictures"), self.folder / "journal", scratch, HISTORY)

    def tables(self) -> tuple[pl.DataFrame, ...]:
        """labels, images, votes, splits, asked, noisy."""
        labelled = [one for one in self.originals if one.is_label]
        asked = pl.DataFrame([_question(one, "task") for one in self.originals])
        noisy = pl.DataFrame([_question(Original(png(91)), "noisy")])
        return (
            LABELS.conform(pl.DataFrame([_label(one) for one in labelled], LABELS.types()), "test"),
            self._images(),
            VOTES.conform(
                pl.DataFrame([row for one in self.originals for row in _votes(one)]), "test"
            ),
            SPLITS.conform(
                pl.DataFrame([_split(one) for one in labelled if one.part], SPLITS.types()), "test"
            ),
            QUESTIONS.conform(asked, "test"),
            QUESTIONS.conform(noisy, "test"),
        )

    def release(
        self, scratch: str = "scratch", releases: Path | None = None, **settings: Any
    ) -> Outcome:
        said = SAID if is_stable(settings.get("version", "0.1.0")) else {}
        own = {"name": "small", "creators": ("A. Maker",), "workers": 1, **said, **settings}
        stage = Release(taxonomy=MIKELS8, **own)
        desk = replace(self.desk(scratch), releases=releases)
        return stage.run(desk, *self.tables())

    def _images(self) -> pl.DataFrame:
        with Shelf(self.folder / "pictures").writer("all") as writer:
            spots = {one.image_id: writer.add(one.image_id, one.data) for one in self.originals}
        rows = [
            {
                **dict.fromkeys(IMAGES.columns),
                **spots[one.image_id]._asdict(),
                "image_id": one.image_id,
                "source": one.source,
                "source_id": f"{SECRET}/{number}.jpg",
                "emotion": one.emotion,
                "title": one.title,
                "owner": one.owner,
                "owner_url": one.owner_url,
                "licence": one.licence,
                "tags": one.tags,
                "width_px": 96,
                "height_px": 80,
                "n_bytes": len(one.data),
                "format": "JPEG" if one.data.startswith(b"\xff") else "PNG",
                "url": one.url,
                "page_url": one.page_url,
                "found_at": self.found_at,
                "is_generated": one.is_generated,
                "phash": one.phash,
                "group_id": one.group or one.image_id,
            }
            for number, one in enumerate(self.originals)
        ]
        return IMAGES.conform(pl.DataFrame(rows, IMAGES.types()), "test")


def _question_id(one: Original, role: str) -> str:
    return hashlib.sha256(f"{one.image_id}{role}".encode()).hexdigest()[:32]


def _question(one: Original, role: str) -> dict[str, Any]:
    return {
        "question_id": _question_id(one, role),
        "image_id": one.image_id,
        "emotion": one.emotion,
        "role": role,
        "group_id": one.group or one.image_id,
        "truth": None,
        "source": "folder",
        "source_id": f"{SECRET}/{one.image_id[:8]}.jpg",
    }


def _label(one: Original) -> dict[str, Any]:
    shares = [one.felt / 5 if name == one.emotion else None for name in MIKELS8.names]
    return {
        "image_id": one.image_id,
        "question_id": _question_id(one, "task"),
        "emotion": one.emotion,
        "votes": 5,
        "votes_yes": one.felt,
        "shares": shares,
    }


def _split(one: Original) -> dict[str, Any]:
    return {"image_id": one.image_id, "group_id": one.group or one.image_id, "part": one.part}


def _votes(one: Original) -> list[dict[str, Any]]:
    return [
        {
            "question_id": _question_id(one, "task"),
            "worker": worker,
            "emotion": one.emotion,
            "felt": at < one.felt,
            "seconds": 2.6 + at,
        }
        for at, worker in enumerate(WORKERS)
    ]


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by name."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
