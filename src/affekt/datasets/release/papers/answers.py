"""What only people can say about a release: the questions of its datasheet that no run answers."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, field_validator

from affekt.foreign import clean

Answer = Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)]
FIRST_STABLE = 1  # from this major version on every question must be answered


class Answers(BaseModel, frozen=True, extra="forbid"):
    """Answers for the datasheet, one sentence or more each; empty: not answered yet."""

    purpose: Answer = Field("", description="for what it was made, and which gap it fills")
    funding: Answer = Field("", description="who paid for it")
    workers: Answer = Field("", description="who the workers were, how found, what they were paid")
    consent: Answer = Field(
        "", description="whether people in or behind the pictures were told, asked, may object"
    )
    ethics: Answer = Field("", description="which ethical review there was, or why there was none")
    sensitive: Answer = Field(
        "", description="what in it may offend, harm or reveal something about somebody"
    )
    biases: Answer = Field("", description="what is over- or underrepresented, and who was asked")
    uses: Answer = Field("", description="what it was used for, and what it must not be used for")
    impact: Answer = Field("", description="what good or harm its use may do to whom")
    maintenance: Answer = Field(
        "", description="who keeps it, for how long, how errors and objections are answered"
    )

    @field_validator("*")
    @classmethod
    def _is_printable(cls, text: str) -> str:
        if clean(text, None, keep=" \n") != text:
            raise ValueError(f"is {text[:80]!r}; only printable text is allowed")
        return text


QUESTIONS: dict[str, str] = {
    **{f"datasheet.{name}": str(one.description) for name, one in Answers.model_fields.items()},
    "creators": "who made it",
    "contact": "whom to write to",
    "published": "day of publication",
    "url": "page where it is published",
}


def is_stable(version: str) -> bool:
    """Tell whether a version promises that nothing is left to be said.

    >>> is_stable("0.9.1"), is_stable("1.0.0")
    (False, True)
    """
    return int(version.partition(".")[0]) >= FIRST_STABLE


def unanswered(about: object) -> list[str]:
    """Give the keys of the section ``release`` that nobody filled in, of those in `QUESTIONS`."""
    return [key for key in QUESTIONS if not _value(about, key)]


def _value(about: object, key: str) -> object:
    for name in key.split("."):
        about = getattr(about, name)
    return about
