"""Whether a release goes far enough in its version for what it changes of the one before."""

import re
from pathlib import Path

from affekt.datasets.release.difference import Difference, difference, numbers
from affekt.errors import Damaged, Refused, UsageError
from affekt.stage import Desk

VERSION = r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}"


def check_step(desk: Desk, folder: Path, name: str, version: str) -> Difference | None:
    """Give what differs from the release before, None where there is none.

    Args:
        desk: Where releases are published.
        folder: The release as it was written.
        name: Its name.
        version: Its version; the release before is that of the greatest lower one.

    Raises:
        Refused: The version is too near to the one before.
        Damaged: The one before cannot be read.
    """
    before = previous(desk, name, version)
    if before is None:
        return None
    try:
        found = difference(before, folder)
    except UsageError as trouble:
        raise Damaged(
            f"release: {trouble}; get {before.name} again, or move it away if it was never "
            "published"
        ) from None
    if numbers(version) < numbers(found.least):
        raise Refused(
            f"release: {version} is too small a step after {before.name}: {found.counted()}, which "
            f"makes it {found.least} at least; set `release.version`"
        )
    return found


def previous(desk: Desk, name: str, version: str) -> Path | None:
    """Give the folder of the release before one, brought back where it lies in a store only."""
    if desk.releases is None:
        return None
    lying = desk.files.listed(desk.releases, "manifest.json")
    known = {path.parent.name: path.parent for path in lying if path.parent.parent == desk.releases}
    versions = {
        numbers(one.removeprefix(f"{name}-")): folder
        for one, folder in known.items()
        if re.fullmatch(f"{re.escape(name)}-{VERSION}", one)
    }
    lower = [one for one in versions if one < numbers(version)]
    if not lower:
        return None
    folder = versions[max(lower)]
    for path in desk.files.listed(folder, "*") if desk.files.url else ():
        desk.files.ensure(path)
    return folder
