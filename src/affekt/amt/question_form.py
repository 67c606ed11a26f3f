"""The test a worker takes: choices only, because only they can be scored by a key."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from affekt.amt.content import Block, blocks, written
from affekt.amt.xml import SCHEMAS, Children, document, element, leaf, parsed
from affekt.errors import UsageError

NAME = "QuestionForm"
NAMESPACE = f"{SCHEMAS}/2017-11-06/{NAME}.xsd"
STYLES = ("radiobutton", "checkbox", "list", "dropdown", "combobox", "multichooser")


class Choice(NamedTuple):
    """One answer that can be chosen."""

    identifier: str
    text: str


@dataclass(frozen=True)
class Question:
    """One question with its choices."""

    identifier: str
    content: tuple[Block, ...]
    choices: tuple[Choice, ...]
    display_name: str = ""
    is_required: bool = True
    least: int = 1  # choices to make
    most: int = 1
    style: str = "radiobutton"


@dataclass(frozen=True)
class QuestionForm:
    """A whole test, or the questions of one batch."""

    questions: tuple[Question, ...]
    overview: tuple[Block, ...] = ()


def to_xml(form: QuestionForm) -> str:
    """Give the document that the marketplace takes.

    Raises:
        UsageError: The marketplace would not take it.
    """
    overview = [element("Overview", *map(written, form.overview))] if form.overview else []
    text = document(NAME, NAMESPACE, *overview, *map(_question_xml, form.questions))
    read(text)
    return text


def _question_xml(question: Question) -> str:
    named = [leaf("DisplayName", question.display_name)] if question.display_name else []
    choices = (
        element("Selection", leaf("SelectionIdentifier", one.identifier), leaf("Text", one.text))
        for one in question.choices
    )
    return element(
        "Question",
        leaf("QuestionIdentifier", question.identifier),
        *named,
        leaf("IsRequired", str(question.is_required).lower()),
        element("QuestionContent", *map(written, question.content)),
        element(
            "AnswerSpecification",
            element(
                "SelectionAnswer",
                leaf("MinSelectionCount", question.least),
                leaf("MaxSelectionCount", question.most),
                leaf("StyleSuggestion", question.style),
                element("Selections", *choices),
            ),
        ),
    )


def read(text: str) -> QuestionForm:
    """Give what a document asks.

    Raises:
        UsageError: It is no question form, breaks the order of the schema, or holds a kind of
            answer that no key can score.
    """
    root = parsed(text, NAME, NAMESPACE)
    overview: list[Block] = []
    questions = []
    while root.next():
        if root.next() == "Overview":
            overview += blocks(root.one("Overview"))
        else:
            questions.append(_question(root.one("Question")))
    if not questions:
        raise UsageError(f"{NAME}: has no question; at least one is needed")
    _unique([one.identifier for one in questions], NAME)
    return QuestionForm(tuple(questions), tuple(overview))


def _question(given: Children) -> Question:
    identifier = given.text("QuestionIdentifier")
    if not identifier.strip():
        raise UsageError(f"{given.where}: has no identifier; give it one")
    given.where = f"{given.where}[{identifier}]"
    display_name = given.maybe("DisplayName") or ""
    is_required = _truth(given.maybe("IsRequired"), given.where)
    content = blocks(given.one("QuestionContent"))
    specified = given.one("AnswerSpecification")
    given.end()
    if specified.next() != "SelectionAnswer":
        raise UsageError(
            f"{given.where}: asks for {specified.next()!r}; only a SelectionAnswer can be scored"
        )
    answer = specified.one("SelectionAnswer")
    specified.end()
    least, most, style, choices = _selection(answer)
    return Question(
        identifier, content, choices, display_name, is_required, least=least, most=most, style=style
    )


def _truth(text: str | None, where: str) -> bool:
    if text not in (None, "true", "false", "0", "1"):
        raise UsageError(f"{where}/IsRequired: is {text!r}; true or false is expected")
    return text in ("true", "1")


def _selection(answer: Children) -> tuple[int, int, str, tuple[Choice, ...]]:
    least = answer.whole("MinSelectionCount") if answer.next() == "MinSelectionCount" else 1
    most = answer.whole("MaxSelectionCount") if answer.next() == "MaxSelectionCount" else 1
    style = answer.maybe("StyleSuggestion") or "radiobutton"
    if style not in STYLES:
        raise UsageError(f"{answer.where}: the style {style!r} is none of {', '.join(STYLES)}")
    choices = _choices(answer.one("Selections"))
    answer.end()
    if not 0 <= least <= most <= len(choices):
        raise UsageError(
            f"{answer.where}: {least} to {most} of {len(choices)} choices cannot be made; correct "
            "MinSelectionCount and MaxSelectionCount"
        )
    return least, most, style, choices


def _choices(selections: Children) -> tuple[Choice, ...]:
    found = []
    for one in selections.many("Selection", least=1):
        found.append(Choice(one.text("SelectionIdentifier"), one.text("Text")))
        one.end()
    selections.end()
    _unique([one.identifier for one in found], selections.where)
    return tuple(found)


def _unique(identifiers: list[str], where: str) -> None:
    twice = [name for name, count in Counter(identifiers).items() if count > 1]
    if twice:
        raise UsageError(f"{where}: the identifier {twice[0]!r} stands there twice; rename one")
