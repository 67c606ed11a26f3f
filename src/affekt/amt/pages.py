"""Questions that are web pages: one on a server of ours, or one sent whole."""

import re
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from affekt.amt import question_form
from affekt.amt.xml import NAMESPACE_PAGE, NAMESPACE_URL, Children, cdata, document, leaf, parsed
from affekt.errors import UsageError

PREVIEW = "ASSIGNMENT_ID_NOT_AVAILABLE"
# The only hosts an answer may be sent to; the address of a page may name another, and is not asked.
SUBMIT_TO = ("https://www.mturk.com", "https://workersandbox.mturk.com")
SUBMIT_PATH = "/mturk/externalSubmit"


class ExternalQuestion(NamedTuple):
    """A page on a server of ours, shown in a frame."""

    url: str
    frame_height_px: int = 0  # 0 lets the marketplace choose


class HtmlQuestion(NamedTuple):
    """A page that is sent whole, shown in a frame."""

    html: str
    frame_height_px: int = 0


Shown = ExternalQuestion | HtmlQuestion | question_form.QuestionForm


def to_xml(question: ExternalQuestion | HtmlQuestion) -> str:
    """Give the document that the marketplace takes.

    Raises:
        UsageError: The marketplace would not take it.
    """
    height = leaf("FrameHeight", question.frame_height_px)
    if isinstance(question, ExternalQuestion):
        address = leaf("ExternalURL", question.url)
        text = document("ExternalQuestion", NAMESPACE_URL, address, height)
    else:
        text = document("HTMLQuestion", NAMESPACE_PAGE, cdata("HTMLContent", question.html), height)
    read(text)
    return text


def read(text: str) -> Shown:
    """Give the question of a batch, of whichever kind.

    Raises:
        UsageError: It is none the marketplace would take.
    """
    if re.search(r"<\s*ExternalQuestion\b", text):
        root = parsed(text, "ExternalQuestion", NAMESPACE_URL)
        return _external(root.text("ExternalURL"), _height(root))
    if re.search(r"<\s*HTMLQuestion\b", text):
        root = parsed(text, "HTMLQuestion", NAMESPACE_PAGE)
        return _html(root.text("HTMLContent"), _height(root))
    return question_form.read(text)


def _height(root: Children) -> int:
    height = root.whole("FrameHeight")
    root.end()
    if height < 0:
        raise UsageError(f"{root.where}: FrameHeight is {height}; 0 or more is allowed")
    return height


def _external(url: str, height_px: int) -> ExternalQuestion:
    parts = urlsplit(url)
    is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not (parts.hostname and (parts.scheme == "https" or is_here)):
        raise UsageError(
            f"ExternalQuestion: the address is {url!r}; https is needed, or http on this machine"
        )
    return ExternalQuestion(url, height_px)


def _html(html: str, height_px: int) -> HtmlQuestion:
    if SUBMIT_PATH not in html:
        raise UsageError(
            f"HTMLQuestion: no form posts to {SUBMIT_PATH}, so that nothing could be submitted; "
            f'write <form action="{SUBMIT_TO[0]}{SUBMIT_PATH}">'
        )
    return HtmlQuestion(html, height_px)


class Visit(NamedTuple):
    """What the marketplace tells a page in a frame about who looks at it."""

    assignment_id: str
    hit_id: str
    worker_id: str
    submit_to: str

    @property
    def is_preview(self) -> bool:
        """Whether nobody has taken the batch yet: a sample is shown, and nothing is leased."""
        return self.assignment_id == PREVIEW


def frame_address(url: str, visit: Visit) -> str:
    """Give the address a frame loads for a visit; a preview tells nothing of the worker."""
    told = {"assignmentId": visit.assignment_id, "hitId": visit.hit_id}
    if not visit.is_preview:
        told |= {"turkSubmitTo": visit.submit_to, "workerId": visit.worker_id}
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(told)}"
