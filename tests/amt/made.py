"""Documents for the tests of the marketplace: small, and of the size of the paper's test."""

from affekt.amt.content import Image, Text
from affekt.amt.question_form import Choice, Question, QuestionForm

EMOTIONS = (
    "amusement", "awe", "contentment", "excitement", "anger", "disgust", "fear", "sadness",
)  # fmt: skip
CHOICES = tuple(Choice(name, name) for name in EMOTIONS)


def papers_test(questions: int = 20) -> QuestionForm:
    """Give a test of so many pictures, eight choices each."""
    return QuestionForm(
        tuple(
            Question(
                f"question-{number}",
                (
                    Text("Which emotion does this picture make you feel?"),
                    Image(
                        f"https://pictures.example.org/{number:064}.jpg",
                        f"Picture {number + 1} of {questions}",
                    ),
                ),
                CHOICES,
                display_name=f"Picture {number + 1}",
            )
            for number in range(questions)
        )
    )


def right_answers(questions: int = 20) -> dict[str, str]:
    """Give question → right choice."""
    return {f"question-{number}": EMOTIONS[number % 8] for number in range(questions)}


def page(items: int = 2) -> str:
    """Give a page with so many yes-or-no questions."""
    asked = "".join(
        f"<fieldset><legend>Do you feel awe?</legend><img src='https://p.example.org/{number}.png'>"
        f"<input type='radio' name='item-{number}' value='yes'>"
        f"<input type='radio' name='item-{number}' value='no'></fieldset>"
        for number in range(items)
    )
    return (
        "<form method='post' action='https://www.mturk.com/mturk/externalSubmit'>"
        "<input type='hidden' name='assignmentId' value='${assignmentId}'>"
        f"<input type='hidden' name='times' data-times value=''>{asked}</form>"
    )
