"""The key of a test: what each set of choices scores, and what the sum of scores is worth."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from affekt.amt.question_form import QuestionForm
from affekt.amt.xml import SCHEMAS, Children, document, element, leaf, number, parsed
from affekt.errors import UsageError

NAME = "AnswerKey"
NAMESPACE = f"{SCHEMAS}/2005-10-01/{NAME}.xsd"


class Option(NamedTuple):
    """The score of exactly this set of choices."""

    chosen: frozenset[str]
    score: int


@dataclass(frozen=True)
class KeyQuestion:
    """The scores of one question; what no option names scores ``default``."""

    identifier: str
    options: tuple[Option, ...]
    default: int = 0


class Percentage(NamedTuple):
    """The value is 100 · sum / ``most``, rounded to the nearest whole, a half upwards."""

    most: int


class Scale(NamedTuple):
    """The value is the sum times a factor."""

    factor: int


class Span(NamedTuple):
    """Sums from ``least`` to ``most``, both included, are worth ``value``."""

    least: int
    most: int
    value: int


class Ranges(NamedTuple):
    """The value is that of the span the sum falls into."""

    spans: tuple[Span, ...]
    outside: int


Worth = Percentage | Scale | Ranges


@dataclass(frozen=True)
class AnswerKey:
    """A whole key; without a mapping the sum is the value."""

    questions: tuple[KeyQuestion, ...]
    worth: Worth | None = field(default=None)


def paper_key(right: Mapping[str, str]) -> AnswerKey:
    """Give the key of a test by question → right choice: one point each, value in percent."""
    questions = tuple(
        KeyQuestion(name, (Option(frozenset([choice]), 1),)) for name, choice in right.items()
    )
    return AnswerKey(questions, Percentage(len(questions)))


def value(key: AnswerKey, chosen: Mapping[str, Set[str]]) -> int:
    """Give what a worker's choices are worth; an unanswered question scores its default.

    >>> value(paper_key({"1": "awe", "2": "fear"}), {"1": {"awe"}})
    50
    """
    total = sum(_score(one, chosen.get(one.identifier, frozenset())) for one in key.questions)
    match key.worth:
        case None:
            return total
        case Percentage(most):
            return (200 * total + most) // (2 * most)
        case Scale(factor):
            return total * factor
        case Ranges(spans, outside):
            inside = [span.value for span in spans if span.least <= total <= span.most]
            return inside[0] if inside else outside


def _score(question: KeyQuestion, chosen: Set[str]) -> int:
    scores = [option.score for option in question.options if option.chosen == chosen]
    return scores[0] if scores else question.default


def to_xml(key: AnswerKey) -> str:
    """Give the document that the marketplace takes.

    Raises:
        UsageError: The marketplace would not take it.
    """
    mapping = [element("QualificationValueMapping", _worth_xml(key.worth))] if key.worth else []
    text = document(NAME, NAMESPACE, *map(_question_xml, key.questions), *mapping)
    read(text)
    return text


def _question_xml(question: KeyQuestion) -> str:
    options = (
        element(
            "AnswerOption",
            *(leaf("SelectionIdentifier", name) for name in sorted(option.chosen)),
            leaf("AnswerScore", option.score),
        )
        for option in question.options
    )
    return element(
        "Question",
        leaf("QuestionIdentifier", question.identifier),
        *options,
        leaf("DefaultScore", question.default),
    )


def _worth_xml(worth: Worth) -> str:
    match worth:
        case Percentage(most):
            return element("PercentageMapping", leaf("MaximumSummedScore", most))
        case Scale(factor):
            return element("ScaleMapping", leaf("SummedScoreMultiplier", factor))
        case Ranges(spans, outside):
            return element(
                "RangeMapping",
                *(
                    element(
                        "SummedScoreRange",
                        leaf("InclusiveLowerBound", span.least),
                        leaf("InclusiveUpperBound", span.most),
                        leaf("QualificationValue", span.value),
                    )
                    for span in spans
                ),
                leaf("OutOfRangeQualificationValue", outside),
            )


def read(text: str) -> AnswerKey:
    """Give what a key says.

    Raises:
        UsageError: It is no key, or breaks the order of the schema.
    """
    root = parsed(text, NAME, NAMESPACE)
    questions = tuple(_question(one) for one in root.many("Question", least=1))
    worth = _worth(root.one("QualificationValueMapping")) if root.next() else None
    root.end()
    names = [one.identifier for one in questions]
    if len(set(names)) < len(names):
        raise UsageError(f"{NAME}: a question stands there twice; keep one of them")
    return AnswerKey(questions, worth)


def _question(given: Children) -> KeyQuestion:
    identifier = given.text("QuestionIdentifier")
    options = []
    for one in given.many("AnswerOption", least=1):
        chosen = frozenset(one.texts("SelectionIdentifier", least=1))
        options.append(Option(chosen, one.whole("AnswerScore")))
        one.end()
    default = number(given.maybe("DefaultScore") or "0", f"{given.where}/DefaultScore")
    given.end()
    if len({option.chosen for option in options}) < len(options):
        raise UsageError(f"{given.where}[{identifier}]: two options name the same choices")
    return KeyQuestion(identifier, tuple(options), default)


def _worth(mapping: Children) -> Worth:
    name = mapping.next()
    if name not in ("PercentageMapping", "ScaleMapping", "RangeMapping"):
        raise UsageError(
            f"{mapping.where}: {name!r} is no mapping; PercentageMapping, ScaleMapping or "
            "RangeMapping is expected"
        )
    inner = mapping.one(name)
    mapping.end()
    worth: Worth
    if name == "PercentageMapping":
        worth = Percentage(inner.whole("MaximumSummedScore"))
        if worth.most < 1:
            raise UsageError(f"{inner.where}: the greatest sum is {worth.most}; at least 1 is")
    elif name == "ScaleMapping":
        worth = Scale(inner.whole("SummedScoreMultiplier"))
    else:
        worth = _ranges(inner)
    inner.end()
    return worth


def _ranges(inner: Children) -> Ranges:
    spans = []
    for one in inner.many("SummedScoreRange", least=1):
        bounds = one.whole("InclusiveLowerBound"), one.whole("InclusiveUpperBound")
        spans.append(Span(*bounds, one.whole("QualificationValue")))
        one.end()
    ordered = sorted(spans)
    overlap = any(low.most >= high.least for low, high in pairwise(ordered))
    if overlap or any(span.least > span.most for span in spans):
        raise UsageError(f"{inner.where}: two ranges overlap or one is empty; correct the bounds")
    return Ranges(tuple(spans), inner.whole("OutOfRangeQualificationValue"))


def check_fits(key: AnswerKey, form: QuestionForm) -> None:
    """Check that a key speaks of the questions and choices of a test, and of nothing else.

    Raises:
        UsageError: It does not.
    """
    choices = {one.identifier: {each.identifier for each in one.choices} for one in form.questions}
    unknown: Sequence[str] = [
        one.identifier
        for one in key.questions
        if not {name for option in one.options for name in option.chosen}
        <= choices.get(one.identifier, set())
    ]
    if unknown:
        raise UsageError(f"{NAME}: {unknown[0]!r} names a question or choice the test has not")
