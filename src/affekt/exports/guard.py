"""Keeps out of an export what says who somebody is, and what opens a door."""

import re
from collections.abc import Collection, Mapping

import polars as pl

from affekt.errors import Refused

# Forms of identities that a caller could pass on by mistake: worker ids of Mechanical Turk,
# participant ids of Prolific (24 hexadecimal digits), and addresses.
IDENTITIES = r"^A[0-9A-Z]{9,20}$|^[0-9a-f]{24}$|@|://"
SECRETS = re.compile(r"(secret|token|passw|credential|api_?key|private)", re.IGNORECASE)


def refuse_identities(*tables: pl.DataFrame) -> None:
    """Raise when a pseudonym has the form of a marketplace's id or of an address (I13).

    Raises:
        Refused: One has; it is not repeated in the message.
    """
    for table in tables:
        n = table.filter(pl.col("worker").str.contains(IDENTITIES)).n_unique("worker")
        if n:
            raise Refused(
                f"export: {n} of the column `worker` look like the id of a marketplace or an "
                f"address; give a pseudonym for each"
            )


def refuse_names(text: str, file: str, never: Collection[str]) -> None:
    """Raise when a file would hold one of the texts that must never leave.

    Raises:
        Refused: It would; the text is not repeated in the message.
    """
    names = sorted({name for name in never if name})
    if names and pl.Series([text]).str.contains_any(names)[0]:
        raise Refused(
            f"export: {file} would hold an id that must not leave the campaign; nothing was "
            f"written. Look for it in the campaign's configuration and in the workers' columns"
        )


def refuse_secrets(campaign: Mapping[str, object], above: str = "") -> None:
    """Raise when a key of the configuration is named like a secret, at any depth (C69).

    Raises:
        Refused: One is.
    """
    for key, value in campaign.items():
        if SECRETS.search(str(key)):
            raise Refused(
                f"export: the campaign's configuration has the key {above + str(key)!r}, which "
                f"names a secret; leave it out"
            )
        for inner in value if isinstance(value, list | tuple) else [value]:
            if isinstance(inner, Mapping):
                refuse_secrets(inner, f"{above}{key}.")
