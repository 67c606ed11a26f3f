"""The documents of the marketplace: written as its schemas want them, read without harm."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.amt import answer_key, answers, pages, question_form
from affekt.amt.answer_key import AnswerKey, KeyQuestion, Option, Percentage, Ranges, Scale, Span
from affekt.amt.content import Bullets, Formatted, Title
from affekt.amt.pages import PREVIEW, ExternalQuestion, HtmlQuestion, Visit
from affekt.amt.question_form import Choice, Question, QuestionForm
from affekt.errors import UsageError
from tests.amt.made import CHOICES, page, papers_test, right_answers

TEXT = question_form.to_xml(papers_test())
KEY = answer_key.to_xml(answer_key.paper_key(right_answers()))
EVIL = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">{more}]>"""


def test_a_test_reads_back_as_it_was_written() -> None:
    """C42."""
    rich = QuestionForm(
        papers_test().questions, (Title("About"), Bullets(("one", "two")), Formatted("<p>Hi</p>"))
    )
    assert question_form.read(question_form.to_xml(rich)) == rich


def test_the_test_of_the_paper_takes_about_29_kilobytes() -> None:
    """C46: twenty questions of eight choices fit into what the marketplace takes."""
    assert 26_000 < len(TEXT.encode()) < 32_000


def test_a_plain_reader_finds_the_parts_of_a_question_in_the_order_of_the_schema() -> None:
    """C42: an oracle that knows nothing of our reader."""
    root = ET.fromstring(TEXT)
    names = [part.tag.partition("}")[2] for part in root[0]]
    binary = [part.tag.partition("}")[2] for part in root[0][3][1]]
    assert names == [
        "QuestionIdentifier", "DisplayName", "IsRequired", "QuestionContent", "AnswerSpecification",
    ]  # fmt: skip
    assert binary == ["MimeType", "DataURL", "AltText"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("<DisplayName>Picture 1</DisplayName><IsRequired>true</IsRequired>",
         "<IsRequired>true</IsRequired><DisplayName>Picture 1</DisplayName>", "expected next"),
        ("question-1<", "question-0<", "twice"),
        ("<Selection><SelectionIdentifier>awe</SelectionIdentifier><Text>awe</Text></Selection>",
         "<OtherSelection/>", "OtherSelection"),
        ("<Type>image</Type>", "<Type>video</Type>", "only type"),
        ("https://pictures", "file://pictures", "http"),
        ("radiobutton", "slider", "slider"),
        ("<MaxSelectionCount>1<", "<MaxSelectionCount>9<", "cannot be made"),
        ("SelectionAnswer>", "FreeTextAnswer>", "can be scored"),
        ("<IsRequired>true<", "<IsRequired>perhaps<", "true or false"),
        ("2017-11-06", "2005-10-01", "namespace"),
        ("<Text>Which", "<Text lang='en'>Which", "more than text"),
    ],
)  # fmt: skip
def test_a_test_that_breaks_the_schema_is_refused_with_a_sentence(
    before: str, after: str, told: str
) -> None:
    """C42, C46."""
    assert before in TEXT
    with pytest.raises(UsageError, match=told):
        question_form.read(TEXT.replace(before, after))


def test_flags_with_a_default_may_be_left_out() -> None:
    """C42."""
    short = TEXT.replace("<IsRequired>true</IsRequired>", "")
    assert not question_form.read(short).questions[0].is_required


def test_script_in_formatted_content_is_refused() -> None:
    """C42."""
    evil = QuestionForm(
        (Question("a", (Formatted("<p onclick='x()'>a</p>"),), (Choice("b", "b"),)),)
    )
    with pytest.raises(UsageError, match="script"):
        question_form.to_xml(evil)


def test_an_element_outside_the_subset_is_refused() -> None:
    """C42."""
    evil = QuestionForm((Question("a", (Formatted("<iframe/>"),), (Choice("b", "b"),)),))
    with pytest.raises(UsageError, match="<iframe> is not allowed"):
        question_form.to_xml(evil)


def test_an_empty_test_is_refused() -> None:
    with pytest.raises(UsageError, match="no question"):
        question_form.to_xml(QuestionForm(()))


def test_a_key_reads_back_as_it_was_written() -> None:
    """C43."""
    key = AnswerKey(
        (KeyQuestion("a", (Option(frozenset({"x", "y"}), -2),), 1),),
        Ranges((Span(0, 4, 10), Span(5, 9, 20)), 0),
    )
    assert answer_key.read(answer_key.to_xml(key)) == key


@pytest.mark.parametrize(
    ("worth", "right", "value"),
    [
        (Percentage(20), 10, 50),
        (Percentage(3), 1, 33),
        (Percentage(8), 1, 13),  # 12.5, a half upwards
        (Scale(7), 3, 21),
        (Ranges((Span(0, 4, -1), Span(5, 9, 2)), 99), 4, -1),
        (Ranges((Span(0, 4, -1), Span(5, 9, 2)), 99), 5, 2),
        (Ranges((Span(0, 4, -1), Span(5, 9, 2)), 99), 10, 99),
        (None, 7, 7),
    ],
)
def test_the_sum_of_scores_is_mapped(
    worth: Percentage | Scale | Ranges | None, right: int, value: int
) -> None:
    """C43."""
    questions = tuple(KeyQuestion(str(n), (Option(frozenset("x"), 1),)) for n in range(20))
    chosen = {str(n): {"x" if n < right else "y"} for n in range(20)}
    assert answer_key.value(AnswerKey(questions, worth), chosen) == value


def test_only_the_exact_set_of_choices_scores() -> None:
    """C43."""
    key = AnswerKey((KeyQuestion("a", (Option(frozenset("xy"), 3),), -1),))
    assert answer_key.value(key, {"a": {"x"}}) == -1
    assert answer_key.value(key, {"a": {"y", "x"}}) == 3


def test_unanswered_questions_count_as_wrong() -> None:
    """C7, C43."""
    assert answer_key.value(answer_key.paper_key(right_answers()), {}) == 0


@given(st.lists(st.booleans(), min_size=20, max_size=20))
def test_the_value_of_the_papers_test_is_five_for_each_right_answer(right: list[bool]) -> None:
    """C43."""
    key = answer_key.read(KEY)
    chosen = {
        name: {choice if is_right else "none"}
        for (name, choice), is_right in zip(right_answers().items(), right, strict=True)
    }
    assert answer_key.value(key, chosen) == 5 * sum(right)


@pytest.mark.parametrize(
    "spans", [(Span(0, 5, 1), Span(5, 9, 2)), (Span(4, 3, 1),), (Span(0, 9, 1), Span(3, 4, 2))]
)
def test_ranges_that_overlap_are_refused(spans: tuple[Span, ...]) -> None:
    """C43."""
    key = AnswerKey((KeyQuestion("a", (Option(frozenset("x"), 1),)),), Ranges(spans, 0))
    with pytest.raises(UsageError, match="overlap"):
        answer_key.to_xml(key)


def test_a_key_for_another_test_is_refused() -> None:
    """C43."""
    with pytest.raises(UsageError, match="question-0"):
        answer_key.check_fits(
            answer_key.paper_key({"question-0": "joy"}), QuestionForm(papers_test().questions)
        )


@pytest.mark.parametrize(
    "evil",
    [
        EVIL.format(more="") + "<a>&b;</a>",
        EVIL.format(more='<!ENTITY c "&b;&b;&b;">') + "<a>&c;</a>",
        EVIL.format(more='<!ENTITY d SYSTEM "file:///etc/passwd">') + "<a>&d;</a>",
        '<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>',
        "<a", "", "<a/>", "\x00",
    ],
)  # fmt: skip
def test_hostile_answers_are_refused(evil: str) -> None:
    """C45: no entity is expanded and no file or address is opened."""
    with pytest.raises(UsageError):
        answers.read(evil)


def test_answers_read_back_and_may_be_missing() -> None:
    """C45, section 15: emoji and right-to-left words."""
    given_fields = {"a": "yes", "b": "", "c": "🙂 שלום <&>"}
    assert answers.read(answers.to_xml(given_fields)) == given_fields
    assert answers.read(answers.to_xml({})) == {}
    assert answers.read(answers.to_xml({}, {"q": ["awe"], "r": []})) == {"q": "awe", "r": ""}


@given(st.dictionaries(st.text("ab<>&\"' é", min_size=1), st.text("xyz<&>\n 漢")))
def test_whatever_is_typed_comes_back(fields: dict[str, str]) -> None:
    """C45."""
    assert answers.read(answers.to_xml(fields)) == fields


def test_a_page_sent_whole_needs_a_form_that_can_be_submitted() -> None:
    """C44."""
    assert pages.read(pages.to_xml(HtmlQuestion(page()))) == HtmlQuestion(page())
    with pytest.raises(UsageError, match="externalSubmit"):
        pages.to_xml(HtmlQuestion("<p>Hello</p>"))


@pytest.mark.parametrize("url", ["http://example.org/", "ftp://example.org", "example.org", ""])
def test_an_external_page_needs_https(url: str) -> None:
    """C44."""
    with pytest.raises(UsageError, match="https"):
        pages.to_xml(ExternalQuestion(url))


def test_a_preview_tells_the_page_nothing_of_the_worker() -> None:
    """C44."""
    seen = pages.frame_address("https://a.org/b?c=1", Visit(PREVIEW, "H", "A1", "https://x"))
    assert seen == f"https://a.org/b?c=1&assignmentId={PREVIEW}&hitId=H"
    taken = pages.frame_address("https://a.org", Visit("3A", "H", "A1", "https://www.mturk.com"))
    assert "workerId=A1" in taken


def test_a_choice_needs_one_choice_at_least() -> None:
    with pytest.raises(UsageError):
        question_form.to_xml(QuestionForm((Question("a", (Title("t"),), CHOICES[:0]),)))
