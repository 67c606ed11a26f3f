"""The wizard of a campaign: what it would ask, cost and take, before anybody is asked (C62)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from affekt.planning.money import FEES
from affekt.site import wishes
from affekt.site.boards import desk
from affekt.site.doors import Staff
from affekt.site.wishes import Draft, Wish, Wrong

routes = APIRouter(prefix="/desk")


class Field(NamedTuple):
    """One field of the form."""

    name: str
    label: str
    hint: str = ""
    options: tuple[str, ...] = ()  # to choose from; none: something is written


class Group(NamedTuple):
    """Fields that belong together."""

    title: str
    fields: tuple[Field, ...]


GROUPS = (
    Group("When asking stops", (
        Field("policy", "Policy", "curtailed gives the labels of fixed for fewer votes; bayes "
              "stops when it is sure enough", ("curtailed", "fixed", "bayes")),
        Field("votes", "Votes a picture", "fixed and curtailed: people who answer at most"),
        Field("keep_at", "YES that keep it", "fixed and curtailed; else more than half"),
        Field("delta", "Accepted error", "bayes: chance of a wrong label"),
        Field("min_votes", "Least votes", "bayes: before it may stop"),
        Field("max_votes", "Most votes", "bayes: where it stops anyhow"),
    )),
    Group("Batches and pay", (
        Field("batch", "Pictures a batch"),
        Field("gold_rate", "Share of gold", "pictures whose answer is known, 0 to 0.5"),
        Field("reward", "Reward a batch", "else the least that pays a slow worker the floor"),
        Field("floor", "Least fair pay an hour"),
        Field("currency", "Currency"),
        Field("fees", "Fees", "what a marketplace takes on top; local takes none", tuple(FEES)),
        Field("cap", "Spending cap", "warns near it; else none"),
    )),
    Group("People", (
        Field("people", "People who answer", "0: not told, and no tests are paid"),
        Field("pass_rate", "Pass rate", "share of those tested, 0 to 1"),
        Field("test_questions", "Pictures in the test"),
        Field("pass_at", "Right answers to pass"),
        Field("seconds", "Seconds an answer", "the median"),
        Field("slow_seconds", "Slow seconds", "the 75th percentile"),
        Field("accuracy", "Worker accuracy", "how often they are right, 0 to 1"),
        Field("sensitivity", "Sensitivity", "YES where it is felt; else the accuracy"),
        Field("specificity", "Specificity", "NO where it is not; else the accuracy"),
        Field("precision_floor", "Precision floor", "warn under this share of right pictures"),
    )),
)  # fmt: skip
USUAL = {
    name: str(one.default)
    for name, one in Wish.model_fields.items()
    if not isinstance(one.default, dict | None)
}


@routes.get("/plan")
def wizard(request: Request, who: Staff) -> HTMLResponse:
    """Show the form, filled in with the campaign that is served, and what it comes to."""
    given = dict(request.query_params)
    shown = given or _shown(wishes.own(who.scene))
    wrong: dict[str, str] = {}
    draft: Draft | None = None
    try:
        draft = wishes.draft(who.scene, wishes.read(_nested(shown)))
        wrong = draft.troubles
    except Wrong as trouble:
        wrong = trouble.fields
    answer = desk(
        request, "plan", who, "plan", groups=GROUPS, usual=USUAL, shown=shown, wrong=wrong,
        draft=draft, emotions=who.scene.live.emotions, labels=_labels(who.scene.live.emotions),
    )  # fmt: skip
    answer.status_code = 200 if draft else 400
    return answer


def _nested(shown: Mapping[str, str]) -> dict[str, Any]:
    """Give the fields that were filled in, those of emotions within one another."""
    nested: dict[str, Any] = {}
    for name, text in shown.items():
        group, _, emotion = name.partition(".")
        if emotion and text.strip():
            nested.setdefault(group, {})[emotion] = text.strip()
        elif text.strip():
            nested[name] = text.strip()
    return nested


def _shown(own: Mapping[str, Any]) -> dict[str, str]:
    """Give a wish as texts in the fields."""
    plain = {name: one for name, one in own.items() if not isinstance(one, Mapping)}
    items = {f"items.{emotion}": count for emotion, count in own["items"].items()}
    return {name: "" if one is None else str(one) for name, one in {**plain, **items}.items()}


def _labels(emotions: tuple[str, ...]) -> dict[str, str]:
    """Give field → what it is called, for the list of what is wrong."""
    labels = {one.name: one.label for group in GROUPS for one in group.fields}
    for emotion in emotions:
        labels |= {
            f"items.{emotion}": f"{emotion}: pictures",
            f"kept.{emotion}": f"{emotion}: kept",
        }
    return labels
