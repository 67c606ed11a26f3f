"""Small copies of published sets, in the form in which they are published."""

from collections.abc import Callable, Mapping
from pathlib import Path

EMOTION6_HEADER = (
    "[image_filename]\t[valence]\t[arousal]\t[prob. anger]\t[prob. disgust]\t[prob. fear]\t"
    "[prob. joy]\t[prob. sadness]\t[prob. surprise]\t[prob. neutral]"
)
LDL_HEADER = "images-name Amusement Awe Contentment Excitement Anger Disgust Fear Sadness "


def lay(root: Path, *names: str) -> Path:
    """Put a file of its own below ``root`` for each name; no decoder looks at them."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    return root


def imagefolder(root: Path) -> Path:
    """Two parts, two classes."""
    return lay(root, "train/awe/a.jpg", "train/fear/a.jpg", "val/awe/b.jpg", "test/fear/c.jpg")


def artphoto(root: Path) -> Path:
    """The folder of the archive; a photograph an emotion, two by short words."""
    words = "amusement_0023 anger_0001 awe_0001 content_0001 contentment_0002 disgust_0001"
    words += " excitement_0001 fear_0001 sad_0001 sadness_0002"
    return lay(root, *(f"testImages_artphoto/{word}.jpg" for word in words.split()))


def iaps_subset(root: Path) -> Path:
    """Four numbers with their categories."""
    lay(root, "1050.jpg", "2055.1.JPG", "1710.jpg", "5199.jpg", "9999.jpg")
    lines = ["number,category", "1050,Fear", "2055.1,Sad", "1710, amusement", "5199,content"]
    (root / "categories.csv").write_text("\n".join(lines))
    return root


def emotion6(root: Path) -> Path:
    """Three rows, the first as in the published description."""
    lines = [
        EMOTION6_HEADER,
        "disgust/1.jpg\t2.5\t3.8\t0.133333\t0.7\t0\t0.0666667\t0.1\t0\t0",
        "joy/7.jpg\t5.1\t2.2\t0\t0\t0\t0.333333\t0\t0\t0.666667",
        "fear/2.jpg\t3.1\t6.2\t0\t0.466667\t0.466667\t0\t0.0666667\t0\t0",
    ]
    (root / "ground_truth.txt").write_text("\r\n".join([*lines, ""]), newline="")
    return lay(root, "images/disgust/1.jpg", "images/joy/7.jpg", "images/fear/2.jpg")


def fi(root: Path) -> Path:
    """Two lists of votes; one kept picture is gone, as links go."""
    awe = [
        "1,http://farm.example/8/123_a%20b.jpg?zz=1,2,3",
        "2,http://farm.example/8/rejected.jpg,3,2",
        "3,http://farm.example/8/few.jpg,1,2",
        "4,http://farm.example/8/gone.jpg,0,4",
    ]
    (root / "awe_votes.csv").write_text("\n".join(awe))
    (root / "fear_votes.csv").write_text("1,http://gram.example/p/9.jpg,1,4\n")
    return lay(root, "awe/123_a b.jpg", "awe/rejected.jpg", "fear/9.jpg")


def ldl(root: Path) -> Path:
    """Two rows of votes, the second tied; one picture."""
    rows = [LDL_HEADER, "7500.jpg 0 4 6 0 0 1 0 0 ", "3712.jpg 4 0 3 4 0 0 0 0 ", ""]
    (root / "ground_truth.txt").write_text("\n".join(rows))
    return lay(root, "images/7500.jpg")


COPIES: Mapping[str, Callable[[Path], Path]] = {
    "artphoto": artphoto,
    "emotion6": emotion6,
    "fi": fi,
    "flickr_ldl": ldl,
    "iaps_subset": iaps_subset,
    "imagefolder": imagefolder,
    "twitter_ldl": ldl,
}
