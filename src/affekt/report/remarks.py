"""What a reader must know of a cell before its numbers: leaks, torn groups, what was left out."""

from typing import TYPE_CHECKING, Any, NamedTuple

from affekt.foreign import clean
from affekt.store import Product

if TYPE_CHECKING:
    from affekt.plan import Result

LEAKY = "LEAKY"
LEAK = (
    f"{LEAKY}: scaling and components were fitted once on everything, tested pictures included; "
    "such an entry shows what that gains and is no result."
)
UNTRAINED = "NOT TRAINED"
BY_TEXTS = (
    f"{UNTRAINED}: pictures were held against texts, and no picture of the data set was learned "
    "from; the texts stand under what the models told. Whether the net saw tested pictures before "
    "is not known."
)


class Remarks(NamedTuple):
    """What was told while a cell was made.

    Attributes:
        is_leaky: Whether the model saw vectors of tested pictures.
        torn_groups: Groups that are on both sides of a fold.
        unreported: Emotions without scores of their own; None where the protocol does not say.
        said: Sentences for the notes of a table.
        trained_on: Data set that was trained on where another one was tested.
        temperature: Fitted on pictures that were neither trained nor tested on, see
            `affekt.report.calibrated`; None where there were none.
        validated: How many these were.
        is_untrained: Whether the model named emotions by texts alone.
    """

    is_leaky: bool = False
    torn_groups: int = 0
    unreported: frozenset[str] | None = None
    said: tuple[str, ...] = ()
    trained_on: str = ""
    temperature: float | None = None
    validated: int = 0
    is_untrained: bool = False

    def stamped(self, entry: str) -> str:
        """Give the name of an entry, with its stamp."""
        stamp = LEAKY if self.is_leaky else UNTRAINED if self.is_untrained else ""
        return f"{entry} ({stamp})" if stamp else entry


NOTHING = Remarks()


def remarks(result: "Result") -> Remarks:
    """Read what the stages noted of one cell; nothing of one that failed."""
    if not isinstance(result.predictions, Product):
        return NOTHING
    notes = result.predictions.manifest.get("notes", {})
    folds = [fold.get("note", "") for fold in notes.get("folds", [])]
    unreported = notes.get("unreported")
    torn = int(notes.get("torn_groups", 0))
    said = [*_of_pictures(result), *(_sentence(one) for one in dict.fromkeys(folds) if one)]
    if torn:
        said.append(
            f"By picture: {torn:,} groups, such as near copies, a series or a theme, are on both "
            "sides of a fold. New pictures cannot be expected to be named as well."
        )
    is_leaky, is_untrained = (bool(notes.get(name, False)) for name in ("is_leaky", "is_untrained"))
    rounds = notes.get("folds", [])
    kept = rounds[0] if len(rounds) == 1 else {}
    return Remarks(
        is_leaky,
        torn,
        None if unreported is None else frozenset(unreported),
        (*said, *([LEAK] if is_leaky else []), *([BY_TEXTS] if is_untrained else [])),
        result.trained_on,
        kept.get("temperature"),
        int(kept.get("validate", 0)),
        is_untrained,
    )


def _of_pictures(result: "Result") -> list[str]:
    if not isinstance(result.pictures, Product):
        return []
    notes: Any = result.pictures.manifest.get("notes", {})
    return [_sentence(one) for one in notes.get("remarks", [])]


def _sentence(text: str) -> str:
    text = clean(text, 600)
    return f"{text[:1].upper()}{text[1:]}."
