"""How people are asked: what a plan says of a campaign that affekt's own site runs."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

Word = Annotated[str, StringConstraints(min_length=1, max_length=64)]
NEGATIVE = ("anger", "disgust", "fear", "sadness")
TEMPLATE = "Do you feel {emotion} seeing this image?"


class Test(BaseModel, frozen=True, extra="forbid"):
    """The qualification test; the defaults are the paper's.

    References:
        You, Luo, Jin and Yang (2016), AAAI: 20 pictures drawn at random from ArtPhoto, eight
        choices, half right to pass.
    """

    n_questions: int = Field(20, ge=1, le=200, description="pictures in one test")
    pass_at: int = Field(10, ge=0, le=200, description="right answers needed to pass")
    choices: tuple[Word, ...] = Field(
        (), description="emotions to choose from; those of the taxonomy if absent"
    )
    stratify: bool = Field(False, description="draw as many of each emotion as possible")
    max_attempts: int = Field(1, ge=1, le=20, description="tries a person has")
    retry_hours: float = Field(24, ge=0, description="wait before another try, h")
    time_limit_minutes: float | None = Field(
        None, gt=0, description="time for one test, min; none if absent"
    )
    show_score: bool = Field(False, description="tell the score beside passed or failed")

    @model_validator(mode="after")
    def _can_be_passed(self) -> "Test":
        if self.pass_at > self.n_questions:
            raise ValueError(
                f"pass_at = {self.pass_at} is more than n_questions = {self.n_questions}; nobody "
                "could pass, so lower `pass_at` or raise `n_questions`"
            )
        return self


class Pay(BaseModel, frozen=True, extra="forbid"):
    """What people earn; 0 where they are volunteers."""

    currency: Word = Field("USD", description="three letters")
    per_batch: Decimal = Field(Decimal(0), ge=0, description="for a whole batch, by its share else")
    per_test: Decimal = Field(Decimal(0), ge=0, description="for taking the test, passed or not")
    floor_per_hour: Decimal = Field(
        Decimal(0), ge=0, description="warn where the median person earns less an hour"
    )
    cap: Decimal | None = Field(None, ge=0, description="most that the campaign may ever cost")


class Care(BaseModel, frozen=True, extra="forbid"):
    """What keeps people from harm."""

    warn_of: tuple[Word, ...] = Field(
        NEGATIVE, description="emotions that people opt into, after a warning of their own"
    )
    max_consecutive_negative: int = Field(8, ge=1, description="pictures of such emotions in a row")
    per_day: int = Field(1000, ge=1, description="answers a person may give in 24 hours")
    break_after: int = Field(100, ge=1, description="answers after which a break is proposed")
    cover: bool = Field(False, description="show each picture covered until it is revealed")


class EmotionWords(BaseModel, frozen=True, extra="forbid"):
    """The words for the emotions in one language, looked at by people who speak it."""

    source: str = Field(min_length=1, description="who chose or reviewed the words, and when")
    emotions: dict[Word, Word] = Field(description="emotion → its word")


class Asking(BaseModel, frozen=True, extra="forbid"):
    """All of it.

    What people see belongs to the campaign: `question`, `words` and `answers` change its name, the
    others may be changed while it runs.
    """

    question: dict[str, str] = Field(
        {"en": TEMPLATE}, description="language → question, with {emotion} in it"
    )
    words: dict[str, EmotionWords] = Field(
        {}, description="language → source, and the reviewed word for each emotion"
    )
    answers: Literal["yes_no", "tick_all"] = Field(
        "yes_no", description="YES or NO to one emotion, or every emotion that is felt, or none"
    )
    batch: int = Field(20, ge=1, le=200, description="pictures that a person does in one go")
    lease_minutes: float = Field(30, gt=0, description="time a batch is kept for its person, min")
    gold_rate: float = Field(0.1, ge=0, le=0.5, description="share of pictures with known answer")
    skip_limit: int = Field(5, ge=1, description="people who skip a picture before it is withdrawn")
    min_view_ms: int = Field(300, ge=0, description="least time a picture is seen, ms")
    same_image_other_question: bool = Field(
        False, description="let one person answer about another emotion of the same picture"
    )
    single_class_batches: bool = Field(False, description="keep each batch to one emotion")
    test: Test = Field(Test(), description="the qualification test")
    needs_test: bool = Field(True, description="let only those answer who passed the test")
    pay: Pay = Field(Pay(), description="what people earn")
    care: Care = Field(Care(), description="what keeps people from harm")
    retention_days: int = Field(
        90, ge=0, le=3650, description="days after closing until it is erased who people are"
    )

    @model_validator(mode="after")
    def _asks_about_an_emotion(self) -> "Asking":
        for language, text in self.question.items():
            if "{emotion}" not in text:
                raise ValueError(
                    f"question.{language} is {text!r} and lacks {{emotion}}; write where the "
                    "word goes"
                )
        return self
