"""Which column of a table says what."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from affekt.errors import AffektError

Told = Literal[
    "url", "emotion", "tags", "title", "description", "owner", "owner_url", "licence", "page_url",
    "source_id",
]  # fmt: skip
# Tried in this order where a plan names no column; capital letters do not matter.
USUAL: Mapping[Told, tuple[str, ...]] = {
    "url": ("url", "image_url", "link", "uri"),
    "emotion": ("emotion",),
    "tags": ("tags", "keywords"),
    "title": ("title", "caption", "text", "alt"),
    "description": ("description",),
    "owner": ("owner", "author", "creator", "artist"),
    "owner_url": ("owner_url", "author_url", "creator_url"),
    "licence": ("licence", "license"),
    "page_url": ("page_url", "landing_url"),
    "source_id": ("source_id",),
}
FIELDS = tuple(USUAL)
Cells = tuple[object, ...]  # one a field, None where the table says nothing


class Columns(NamedTuple):
    """The columns that a plan names, by what they tell."""

    chosen: Mapping[Told, str]

    def names(self, field: Told) -> tuple[str, ...]:
        """Give the names that a column may have, the likeliest first, small letters."""
        chosen = self.chosen.get(field)
        return USUAL[field] if chosen is None else (chosen.strip().casefold(),)

    def places(self, header: Sequence[str], where: str) -> tuple[int | None, ...]:
        """Give the place of the column for each of `FIELDS` in a header.

        Raises:
            AffektError: There is no column of links, or none of a name that the plan gives.
        """
        folded = [name.strip().casefold() for name in header]
        found: list[int | None] = []
        for field in FIELDS:
            names = self.names(field)
            at = next((folded.index(name) for name in names if name in folded), None)
            is_needed = field == "url" or field in self.chosen
            if at is None and is_needed:
                raise AffektError(
                    f"{where}: there is no column {' or '.join(map(repr, names))} for `{field}`; "
                    f"its columns are {list(header)!r:.300}; name one as `columns.{field}`"
                )
            found.append(at)
        return tuple(found)

    def picked(self, record: Mapping[str, object]) -> Cells:
        """Give the cells of a record that names its columns itself."""
        folded = {name.strip().casefold(): value for name, value in record.items()}
        return tuple(
            next((folded[name] for name in self.names(field) if name in folded), None)
            for field in FIELDS
        )
