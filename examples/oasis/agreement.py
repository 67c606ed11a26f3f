"""How far do five raters and a rule of three agree with everybody else?

The decision that `affekt build` made for each photograph is compared with the majority of all its
other raters (104 to 368 a photograph); a tie is no majority. For the other cuts the same five
raters are counted by hand. The last column is exact: the mean over all ways to draw five.

    python agreement.py FOLDER/beauty.toml
"""

import csv
import sys
from collections.abc import Iterable
from math import comb
from pathlib import Path
from typing import NamedTuple

from affekt import project
from affekt.measures.intervals import wilson

NEEDED_YES, VOTES = 3, 5


class Answers(NamedTuple):
    """How the drawn five and the rest of a photograph's raters answered at one cut."""

    image_id: str
    cut: int
    is_built: bool
    five_yes: int
    rest_yes: int
    rest: int

    @property
    def rest_says(self) -> bool:
        """Whether more than half of the rest said YES."""
        return 2 * self.rest_yes > self.rest

    @property
    def mean_agreement(self) -> float:
        """Probability, over all draws of five, that three YES agree with the rest's majority."""
        everybody, yes = self.rest + VOTES, self.rest_yes + self.five_yes
        ways = 0
        for drawn_yes in range(VOTES + 1):
            rest_says = 2 * (yes - drawn_yes) > self.rest
            if (drawn_yes >= NEEDED_YES) == rest_says:
                ways += comb(yes, drawn_yes) * comb(everybody - yes, VOTES - drawn_yes)
        return ways / comb(everybody, VOTES)


class Agreement(NamedTuple):
    """One line of the answer."""

    cut: int
    five_keep: int
    rest_keep: int
    agree: int
    photographs: int
    mean: float

    def __str__(self) -> str:
        low, high = wilson(self.agree, self.photographs)
        return (
            f"{self.cut:3}  {self.five_keep:9}  {self.rest_keep:9}  {self.agree:4} of "
            f"{self.photographs}  {self.agree / self.photographs:6.1%}  {low:.1%} – {high:.1%}  "
            f"{self.mean:6.1%}"
        )


def read(path: Path) -> list[Answers]:
    """Give the answers that `prepare.py` wrote to ``rest.csv``."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Answers(
                row["image_id"],
                int(row["cut"]),
                row["is_built"] == "yes",
                int(row["five_yes"]),
                int(row["rest_yes"]),
                int(row["rest"]),
            )
            for row in csv.DictReader(file)
        ]


def compare(answers: Iterable[Answers], kept: set[str] | None = None) -> Agreement:
    """Compare at one cut; ``kept`` are the photographs with a label, else the five are counted."""
    every = list(answers)
    five = [one.five_yes >= NEEDED_YES if kept is None else one.image_id in kept for one in every]
    rest = [one.rest_says for one in every]
    agree = sum(mine == theirs for mine, theirs in zip(five, rest, strict=True))
    mean = sum(one.mean_agreement for one in every) / len(every)
    return Agreement(every[0].cut, sum(five), sum(rest), agree, len(every), mean)


def main() -> int:
    """Print the agreement of what was built, then of every cut."""
    if len(sys.argv) != 2:
        sys.exit("usage: python agreement.py FOLDER/beauty.toml")
    path = Path(sys.argv[1])
    answers = read(path.parent / "rest.csv")
    products = project.open_plan(path).products()
    if "decide" not in products:
        sys.exit(f"nothing is decided yet; run: affekt build {path}")
    asked = set(products["sample"].table()["image_id"])
    labels = set(products["decide"].table()["image_id"])
    built = compare((one for one in answers if one.is_built and one.image_id in asked), labels)
    print("cut  five keep  rest keep  agree        share   95 % interval    mean of all draws")
    print(f"{built}   <- the labels that were built")
    for cut in sorted({one.cut for one in answers}):
        print(compare(one for one in answers if one.cut == cut))
    return 0


if __name__ == "__main__":
    sys.exit(main())
