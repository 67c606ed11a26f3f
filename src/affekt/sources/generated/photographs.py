"""Real photographs inside scikit-image, with owner and licence as it documents them."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from affekt.errors import PictureError


class Photograph(NamedTuple):
    """What scikit-image says about one of its pictures."""

    title: str
    owner: str
    licence: str
    tags: tuple[str, ...]


# From the docstrings of skimage.data. Pictures whose rights it does not state are left out.
PHOTOGRAPHS: Mapping[str, Photograph] = {
    "astronaut.png": Photograph("Astronaut", "NASA", "pdm", ("astronaut", "portrait", "space")),
    "brick.png": Photograph("Brick wall", "CC0Textures", "cc0", ("brick", "wall", "texture")),
    "camera.png": Photograph("Camera", "Lav Varshney", "cc0", ("photographer", "camera", "park")),
    "chelsea.png": Photograph("Chelsea", "Stefan van der Walt", "cc0", ("cat", "pet", "animal")),
    "clock_motion.png": Photograph(
        "Clock in motion", "Stefan van der Walt", "pdm", ("clock", "blur")
    ),
    "coffee.png": Photograph("Coffee cup", "Rachel Michetti", "cc0", ("coffee", "cup", "spoon")),
    "grass.png": Photograph("Grass", "linolafett", "cc0", ("grass", "texture")),
    "gravel.png": Photograph("Gravel", "CC0Textures", "cc0", ("gravel", "stones", "texture")),
    "hubble_deep_field.jpg": Photograph(
        "Hubble eXtreme Deep Field", "NASA", "pdm", ("galaxy", "space", "telescope")
    ),
    "rocket.jpg": Photograph("Launch of Falcon 9", "SpaceX", "pdm", ("rocket", "launch", "sky")),
}


def present() -> dict[str, Photograph]:
    """Give the photographs that the installed scikit-image brings along, by file name, sorted."""
    folder = _folder()
    return {name: PHOTOGRAPHS[name] for name in sorted(PHOTOGRAPHS) if (folder / name).is_file()}


def photograph(name: str) -> bytes:
    """Give the bytes of one of them.

    Raises:
        PictureError: There is none of that name.
    """
    if name not in present():
        raise PictureError("unreadable", f"scikit-image brings no photograph {name!r}")
    return (_folder() / name).read_bytes()


def _folder() -> Path:
    spec = find_spec("skimage")  # found, not imported: importing takes longer than reading
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data"
