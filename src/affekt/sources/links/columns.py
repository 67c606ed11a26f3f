"""Which column of a table says what."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field

from affekt.errors import AffektError

# Tried in this order where a plan names no column; capital letters do not matter.
USUAL: Mapping[str, tuple[str, ...]] = {
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


class Columns(BaseModel, frozen=True, extra="forbid"):
    """The table ``columns`` of a source of links: the name of the column for each thing told."""

    url: str | None = Field(None, description="its link; else `url`, `image_url`, `link`, `uri`")
    emotion: str | None = Field(None, description="what it was found for; else `emotion`")
    tags: str | None = Field(None, description="its tags; else `tags`, `keywords`")
    title: str | None = Field(None, description="else `title`, `caption`, `text`, `alt`")
    description: str | None = Field(None, description="longer text; else `description`")
    owner: str | None = Field(None, description="else `owner`, `author`, `creator`, `artist`")
    owner_url: str | None = Field(
        None, description="page of its owner; else `owner_url`, `author_url`, `creator_url`"
    )
    licence: str | None = Field(
        None, description="word or address of its licence; else `licence`, `license`"
    )
    page_url: str | None = Field(
        None, description="page that shows it; else `page_url`, `landing_url`"
    )
    source_id: str | None = Field(
        None, description="its name; else `source_id`, or a digest of its link"
    )

    def names(self, field: str) -> tuple[str, ...]:
        """Give the names that a column may have, the likeliest first, small letters."""
        chosen: str | None = getattr(self, field)
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
            is_needed = field == "url" or getattr(self, field) is not None
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
