"""The page on which a worker answers one batch: sent whole, no script from elsewhere."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from affekt.amt import pages
from affekt.amt.pages import SUBMIT_PATH, SUBMIT_TO, HtmlQuestion

YES, NO, SKIP, BROKEN = "yes", "no", "skip", "broken"
ANSWERS = (
    (YES, "Yes"),
    (NO, "No"),
    (SKIP, "Skip: I would rather not look"),
    (BROKEN, "Image does not load"),
)
LONGEST = 86_400.0  # s; a batch may take a day, and NaN takes none
TIMES = "seconds"  # field with the seconds spent on each item, in their order
# Notes when an answer is chosen first, and lets nothing be sent from a preview.
SCRIPT = """
const told = new URLSearchParams(location.search), form = document.forms[0];
const id = told.get("assignmentId");
if (id) form.assignmentId.value = id;
form.send.disabled = !id || id === "%s";
let before = Date.now(); const spent = {};
form.addEventListener("change", (event) => {
  const now = Date.now(); spent[event.target.name] ??= (now - before) / 1000; before = now;
  form.%s.value = [...form.querySelectorAll("fieldset")]
    .map((one) => (spent[one.name] ?? 0).toFixed(2)).join(" ");
});
"""
STYLE = "fieldset{margin:1em 0}img{display:block;max-width:100%;max-height:70vh}label{margin:.5em}"


class Asked(NamedTuple):
    """One picture and the question about it."""

    name: str  # of the field: the question's id, which tells nothing
    question: str
    picture: str  # address


def document(items: Sequence[Asked], *, sandbox: bool = False) -> str:
    """Give the question document of a batch.

    Raises:
        UsageError: It is larger than the marketplace takes, or holds what it refuses.
    """
    asked = "".join(_item(one, f"Image {at + 1} of {len(items)}") for at, one in enumerate(items))
    script = SCRIPT % (pages.PREVIEW, TIMES)
    html = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><style>{STYLE}</style></head>'
        f'<body><form method="post" action="{SUBMIT_TO[sandbox]}{SUBMIT_PATH}">'
        '<input type="hidden" name="assignmentId" value="">'
        f'<input type="hidden" name="{TIMES}" data-times value="">{asked}'
        f'<button name="send">Submit</button></form><script>{script}</script></body></html>'
    )
    return pages.to_xml(HtmlQuestion(html))


def _item(one: Asked, alt_text: str) -> str:
    name = escape(one.name)
    choices = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"> {words}</label>'
        for value, words in ANSWERS
    )
    return (
        f'<fieldset name="{name}"><legend>{escape(one.question)}</legend>'
        f'<img src="{escape(one.picture)}" alt="{alt_text}">{choices}</fieldset>'
    )


def seconds_of(fields: Mapping[str, str], items: Sequence[str]) -> dict[str, float]:
    """Give item → seconds, of what a page noted; empty where it noted something else."""
    try:
        seconds = [float(part) for part in fields.get(TIMES, "").split()]
        noted = dict(zip(items, seconds, strict=True))
    except ValueError:
        return {}
    return noted if all(0 <= one <= LONGEST for one in seconds) else {}
