"""What the bench line gives: cells, and sides of maps."""

from collections.abc import Callable
from typing import Any, NamedTuple, Self

from affekt.store import Failure, Product
from affekt.taxonomy import Taxonomy

Tell = Callable[[Any], Product | Failure]


class Result(NamedTuple):
    """What the bench line gives for one cell; of a model of ratings, the predictions are theirs.

    ``trained_on`` is the data set that was trained on where another one was tested; ``dataset``
    then names both, and ``pictures`` are those of both. ``curve`` is the tested data set where
    repeats differ in how many labels were learned from, weak ones where ``trained_on`` says so.
    ``vectors`` are what the entry sees in ``pictures``; None for floors, and where sides differ.
    """

    dataset: str
    entry: str
    protocol: str
    taxonomy: Taxonomy
    pictures: Product | Failure
    predictions: Product | Failure
    is_rating: bool = False
    trained_on: str = ""
    curve: str = ""
    vectors: Product | Failure | None = None

    def told(self, tell: Tell) -> Self:
        """Give the same with each step in it as it is told."""
        return self._replace(
            pictures=tell(self.pictures),
            predictions=tell(self.predictions),
            vectors=None if self.vectors is None else tell(self.vectors),
        )


class Mapped(NamedTuple):
    """What the bench line gives for one side of a map.

    Attributes:
        number: Of the map in the plan, from 1.
        taxonomy: Of the data set.
    """

    number: int
    dataset: str
    entry: str
    taxonomy: Taxonomy
    pictures: Product | Failure
    mapped: Product | Failure

    def told(self, tell: Tell) -> Self:
        """Give the same with each step in it as it is told."""
        return self._replace(pictures=tell(self.pictures), mapped=tell(self.mapped))


class Explained(NamedTuple):
    """What the bench line gives for one `[[bench.explanations]]`.

    Attributes:
        number: In the plan, from 1.
        protocol: Whose first fold is asked about.
        taxonomy: Of the data set.
    """

    number: int
    dataset: str
    entry: str
    protocol: str
    taxonomy: Taxonomy
    pictures: Product | Failure
    explained: Product | Failure

    def told(self, tell: Tell) -> Self:
        """Give the same with each step in it as it is told."""
        return self._replace(pictures=tell(self.pictures), explained=tell(self.explained))
