"""`rescore`: from published predictions to scores, without the plan that made them."""

from pathlib import Path
from typing import Any

from affekt.cli import voice
from affekt.report import rescored


def rescore(*, predictions: str, folder: str, only: str | None, as_json: bool, **_: Any) -> None:
    """Write the scores and say where they are."""
    page = rescored(Path(predictions), Path(folder), only)
    if as_json:
        voice.document({"page": str(page)})
    else:
        voice.line(f"scores: {page}")
