"""Write two plans on a user's copy of OASIS: one built by real votes, one that benchmarks.

*beauty*: every photograph is asked "do you find this beautiful?". Five of its real raters are drawn
by rank; a rating of at least the cut is a YES. *valence*: polarity of the mean rating, predicted
from the pixels, no theme on both sides of a fold.

    python prepare.py --oasis FOLDER --beauty FOLDER --into FOLDER
"""

import argparse
import csv
import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from affekt.rank import ranked

VOTES = 5
CUTS = range(2, 8)  # ratings run from 1 to 7; a cut at 1 would make every answer YES
# Pixabay's pictures were under CC0 until January 2019, and OASIS appeared in 2017. For the other
# sources the copy names no licence, so the release leaves their pictures out and counts them.
LICENCES = {"Pixabay": "cc0"}

BEAUTY = """\
# Which OASIS photographs do people find beautiful? Real photographs, real raters.
# Expect: {photographs} asked, five votes each, kept at three YES. Five agree with the majority of
# all others on 84 to 87 % of photographs, by cut; agreement.py measures it.
# Takes: under a minute on two cores.

title = "OASIS: beautiful or not"
project = "beauty"
seed = {seed}

[taxonomy]
name = "beauty"
emotions = [{{ name = "beautiful", valence = 1 }}, {{ name = "plain" }}]

[collect]
sources = [{{ kind = "folder", root = "pictures" }}]

[dedupe]
max_hamming_bits = 0            # every photograph was rated, so only equal bytes are one

[sample]
per_emotion = 0                 # nobody was asked whether a photograph is plain
more = {{ beautiful = {photographs} }}

[verify]
crowd = {{ kind = "csvfile", path = "votes.csv" }}   # YES is a rating of at least {cut}
until = {{ votes = 5 }}

[decide]
rule = {{ kind = "at_least", yes = 3, of = 5 }}

[split]
train = 0.80
test = 0.15
validate = 0.05

[release]
name = "oasis-beauty"
"""

VALENCE = """\
# Is an OASIS photograph felt as positive? Mean valence above the middle of the scale, from pixels.
# Expect, with the 559 photographs of the development part, 5 repeats of 5 folds by theme: linear
# SVM on 20 principal components about 0.69, logistic regression about 0.74; always "positive" 0.63.
# Takes: about two minutes on two cores.

title = "OASIS: positive or negative"
project = "valence"
seed = {seed}

[bench]
datasets = [{{ kind = "oasis", root = {oasis}, target = "polarity" }}]
protocols = [{{ kind = "kfold", n_folds = 5, repeats = 5, stratified = true, grouped = true }}]

[[bench.entries]]
name = "ImageNet features, PCA, linear SVM"
feature = "backbone"
model = {{ kind = "linear_svm", components = 20 }}

[[bench.entries]]
name = "ImageNet features, logistic"
feature = "backbone"
model = {{ kind = "logistic", penalty = 1e-3 }}

[[bench.entries]]
name = "colour histogram, PCA, linear SVM"
feature = "colour_histogram"
model = {{ kind = "linear_svm", components = 20 }}

[[bench.entries]]
name = "colour histogram, logistic"
feature = "colour_histogram"
model = "logistic"
"""


class Photograph(NamedTuple):
    """One photograph of OASIS and what each rater gave it."""

    name: str
    path: Path
    source: str
    image_id: str
    ratings: Mapping[str, int]  # rater → 1 … 7


def photographs(oasis: Path, beauty: Path) -> list[Photograph]:
    """Give the rated photographs, by the number OASIS gave them."""
    ratings: dict[str, dict[str, int]] = {}
    for row in _rows(beauty / "ratings.csv", "rater", "image_id", "rating"):
        ratings.setdefault(row["image_id"], {})[row["rater"]] = int(row["rating"])
    found = []
    for row in _rows(oasis / "oasis_ratings.csv", "ID", "Theme", "Source", "file"):
        path = oasis / row["file"]
        if row["ID"] in ratings:
            image_id = sha256(path.read_bytes()).hexdigest()
            given = ratings[row["ID"]]
            found.append(Photograph(row["Theme"], path, row["Source"], image_id, given))
    return found


def drawn(photograph: Photograph, seed: int) -> list[str]:
    """Give the five raters who stand for the crowd, by rank."""
    return ranked(photograph.ratings, seed, f"raters of {photograph.image_id}")[:VOTES]


def write_pictures(rated: Iterable[Photograph], folder: Path) -> None:
    """Copy the photographs and write beside them what is known of each."""
    folder.mkdir(parents=True)
    rows = []
    for one in rated:
        shutil.copyfile(one.path, folder / one.path.name)
        licence = LICENCES.get(one.source, "")
        rows.append((one.path.name, "beautiful", one.name, one.source, licence))
    _write(folder / "metadata.csv", ("file", "emotion", "title", "owner", "licence"), rows)


def write_votes(rated: Iterable[Photograph], path: Path, *, seed: int, cut: int) -> None:
    """Write the answers of the drawn raters, as the crowd `csvfile` reads them."""
    rows = [
        (one.image_id, "beautiful", rater, "yes" if one.ratings[rater] >= cut else "no")
        for one in rated
        for rater in drawn(one, seed)
    ]
    _write(path, ("image_id", "emotion", "worker", "answer"), rows)


def write_rest(rated: Iterable[Photograph], path: Path, *, seed: int, cut: int) -> None:
    """Write, for every cut, how the five and all the other raters of a photograph answered."""
    rows = []
    for one in rated:
        five = set(drawn(one, seed))
        others = [rating for rater, rating in one.ratings.items() if rater not in five]
        for at in CUTS:
            five_yes = sum(one.ratings[rater] >= at for rater in five)
            rest_yes = sum(rating >= at for rating in others)
            is_built = "yes" if at == cut else "no"
            rows.append((one.image_id, at, is_built, five_yes, rest_yes, len(others)))
    names = ("image_id", "cut", "is_built", "five_yes", "rest_yes", "rest")
    _write(path, names, rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, write the folder, say what to run next."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--oasis", type=Path, required=True, help="folder of oasis_ratings.csv")
    parser.add_argument("--beauty", type=Path, required=True, help="folder of ratings.csv")
    parser.add_argument("--into", type=Path, required=True, help="new folder for plans and votes")
    parser.add_argument("--cut", type=int, choices=CUTS, default=5, help="least rating for a YES")
    parser.add_argument("--seed", type=int, default=2016)
    given = parser.parse_args(arguments)
    if given.into.exists():
        parser.error(f"{given.into} is there already; name a new folder")
    rated = photographs(given.oasis, given.beauty)
    write_pictures(rated, given.into / "pictures")
    write_votes(rated, given.into / "votes.csv", seed=given.seed, cut=given.cut)
    write_rest(rated, given.into / "rest.csv", seed=given.seed, cut=given.cut)
    settings = {"seed": given.seed, "cut": given.cut, "photographs": len(rated)}
    oasis = json.dumps(str(given.oasis.resolve()), ensure_ascii=False)  # also a TOML string
    (given.into / "beauty.toml").write_text(BEAUTY.format(**settings), encoding="utf-8")
    text = VALENCE.format(**settings, oasis=oasis)
    (given.into / "valence.toml").write_text(text, encoding="utf-8")
    print(f"{len(rated)} photographs, {VOTES * len(rated)} votes at cut {given.cut}")
    print(f"now, in {given.into}:")
    print("  affekt build beauty.toml && affekt report beauty.toml")
    print("  affekt bench valence.toml && affekt report valence.toml")
    return 0


def _rows(path: Path, *needed: str) -> Iterable[dict[str, str]]:
    if not path.is_file():
        sys.exit(f"{path} is not there; README.md says where the data come from")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in needed if name not in (reader.fieldnames or ())]
        if missing:
            sys.exit(f"{path} lacks the columns {missing}; found {reader.fieldnames}")
        return list(reader)


def _write(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
