"""What somebody wants of a campaign: what it is expected to take, and the plan that says so."""

from collections.abc import Mapping
from decimal import Decimal
from math import ceil
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from affekt.campaign import board
from affekt.errors import PlanError, UsageError
from affekt.parts import Trouble, find, told
from affekt.plan.file import given_in
from affekt.plan.sections import troubles_with, written
from affekt.planning import planned
from affekt.planning.estimate import FLOOR_PER_HOUR, SECONDS, SLOW_SECONDS, Terms
from affekt.planning.money import cents
from affekt.planning.precision import FLOOR, MOST_VOTES
from affekt.policies import Policy
from affekt.policies.bayes import Bayes
from affekt.policies.fixed import threshold
from affekt.site.scene import Scene

PASS_RATE = 0.225  # 225 of about a thousand who tried
MOST_ITEMS = 10_000_000
SHOWN_DIGITS = 4  # of a prior in the plan
SETTINGS = {
    "fixed": ("votes", "keep_at"),
    "curtailed": ("votes", "keep_at"),
    "bayes": ("delta", "min_votes", "max_votes"),
}
# The last key of a setting in the plan → the field that says it, where the names differ.
FIELD_OF = {
    "per_batch": "reward", "floor_per_hour": "floor", "n_questions": "test_questions",
    "test": "pass_at", "until": "policy", "rule": "policy", "per_emotion": "items", "more": "items",
}  # fmt: skip


def _in_cents(amount: Decimal) -> Decimal:
    if not amount.is_finite() or amount < 0 or amount != cents(amount):
        raise ValueError(f"is {amount}; an amount such as 0.10, in whole cents, is expected")
    return cents(amount)


Money = Annotated[Decimal, Field(max_digits=12), AfterValidator(_in_cents)]
Items = Annotated[int, Field(ge=0, le=MOST_ITEMS)]
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0, lt=1)]
Votes = Annotated[int, Field(ge=1, le=MOST_VOTES)]


class Wish(BaseModel, frozen=True, extra="forbid"):
    """A campaign as somebody wants it; what is left out is as in `affekt crowd plan`."""

    items: dict[str, Items] = Field({}, description="emotion → pictures; {}: the campaign's own")
    kept: dict[str, Share] = Field({}, description="emotion → share kept at 3 of 5, or the paper's")
    policy: Literal["fixed", "curtailed", "bayes"] = Field("curtailed", description="when to stop")
    votes: Votes = Field(5, description="of `fixed` and `curtailed`: people asked at most")
    keep_at: Votes | None = Field(None, description="YES that keep; more than half if absent")
    delta: float = Field(0.02, gt=0, lt=0.5, description="of `bayes`: accepted chance of error")
    min_votes: Votes = Field(2, description="of `bayes`: votes before it may stop")
    max_votes: Votes = Field(9, description="of `bayes`: votes at which it stops anyhow")
    accuracy: Rate = Field(0.85, description="how often workers are right, whatever is true")
    sensitivity: Rate | None = Field(None, description="P(YES) when it is felt; else the accuracy")
    specificity: Rate | None = Field(None, description="P(NO) when it is not; else the accuracy")
    batch: int = Field(20, ge=1, le=200, description="pictures a batch")
    reward: Money | None = Field(None, description="for one batch; the fair one if absent")
    fees: Literal["local", "amt", "amt-masters", "prolific", "prolific-academic"] = Field(
        "local", description="what a marketplace takes"
    )
    currency: str = Field("USD", min_length=1, max_length=64, description="of every amount")
    floor: Money = Field(FLOOR_PER_HOUR, description="least fair pay an hour")
    cap: Money | None = Field(None, description="most that may be spent")
    gold_rate: float = Field(0.1, ge=0, le=0.5, description="share of pictures known beforehand")
    seconds: float = Field(SECONDS, ge=0.1, le=3600, description="median time an answer, s")
    slow_seconds: float = Field(SLOW_SECONDS, ge=0.1, le=3600, description="75th percentile, s")
    precision_floor: Share = Field(FLOOR, description="warn under this share of right pictures")
    people: int = Field(0, ge=0, le=1_000_000, description="people who are to answer; 0: not told")
    pass_rate: float = Field(PASS_RATE, gt=0, le=1, description="share who pass the test")
    test_questions: int = Field(20, ge=1, le=200, description="pictures in the test")
    pass_at: int = Field(10, ge=0, le=200, description="right answers needed to pass")

    @property
    def candidates(self) -> int:
        """People who take the test so that enough of them pass."""
        return ceil(round(self.people / self.pass_rate, 6))


class Draft(NamedTuple):
    """What a wish comes to.

    Attributes:
        estimate: What `affekt crowd plan --json` gives of the same.
        candidates: People who take the test.
        hours_each: Of each who passes; None where it was not told how many they are.
        plan: Sections of the plan that say it, TOML; "" where something is wrong with them.
        notes: What else is to be done to the plan.
        troubles: Field → what is wrong with the plan.
    """

    estimate: dict[str, Any]
    candidates: int
    hours_each: float | None
    plan: str
    notes: list[str]
    troubles: dict[str, str]


class Wrong(UsageError):
    """A wish that cannot be: field → sentence."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("; ".join(f"{name} {text}" for name, text in fields.items()))


def own(scene: Scene) -> dict[str, Any]:
    """Give the campaign that is served as `read` takes it: questions, policy, pay and test."""
    live, asking = scene.live, scene.live.asking
    settings, kind = live.policy.identity(), live.policy.kind()
    stop = {"policy": kind, **_of(settings, SETTINGS[kind])} if kind in SETTINGS else {}
    pay = {
        "reward": asking.pay.per_batch, "floor": asking.pay.floor_per_hour,
        "currency": asking.pay.currency, "cap": asking.pay.cap,
    }  # fmt: skip
    test = {"test_questions": asking.test.n_questions, "pass_at": asking.test.pass_at}
    work = {"batch": asking.batch, "gold_rate": asking.gold_rate}
    return {"items": questions(scene), **stop, **work, **pay, **test}


def questions(scene: Scene) -> dict[str, int]:
    """Give emotion → questions of the campaign that is served, gold apart."""
    return {one.emotion: one.n_questions for one in board.board(scene.live).emotions}


def read(given: Mapping[str, Any]) -> Wish:
    """Give a wish from what somebody wrote.

    Raises:
        Wrong: Fields that say what cannot be.
    """
    try:
        return Wish.model_validate(given)
    except ValidationError as failure:
        fields: dict[str, str] = {}
        for place, text in told(failure):
            fields.setdefault(".".join(map(str, place)), text)
        raise Wrong(fields) from failure


def draft(scene: Scene, wish: Wish) -> Draft:
    """Give what a wish comes to; nobody is asked anything and nothing is written.

    Raises:
        Wrong: Fields that do not fit together, or ``plan`` where its file is gone or no TOML.
    """
    try:
        return _draft(scene, wish)
    except PlanError as trouble:
        first = trouble.problems[0]
        raise Wrong({"plan": f"{scene.plan.name}, line {first.line}: {first.text}"}) from trouble


def _draft(scene: Scene, wish: Wish) -> Draft:
    items = wish.items or questions(scene)
    unknown = [name for name in (*items, *wish.kept) if name not in scene.live.emotions]
    if unknown:
        known = ", ".join(scene.live.emotions)
        raise Wrong({f"items.{unknown[0]}": f"is no emotion of this campaign; {known} are"})
    terms = _terms(wish)
    told_of = planned.plan(_policy(wish), planned.mix_of(items, wish.kept), terms, wish.cap)
    until = told_of.chosen.policy
    sections, notes = _sections(scene, wish, items, until=until, terms=terms)
    troubles = _troubles(scene, sections, until)
    hours = told_of.chosen.total.hours / wish.people if wish.people else None
    plan = "" if troubles else written(sections)
    return Draft(planned.document(told_of), wish.candidates, hours, plan, notes, troubles)


def _terms(wish: Wish) -> Terms:
    try:
        rates = planned.rates_of(wish.accuracy, wish.sensitivity, wish.specificity)
    except UsageError as trouble:
        raise Wrong({"accuracy": str(trouble)}) from trouble
    same = (
        "batch", "reward", "fees", "currency", "gold_rate", "seconds", "slow_seconds",
        "precision_floor", "test_questions", "candidates",
    )  # fmt: skip
    return Terms(
        rates=rates, floor_per_hour=wish.floor, **{name: getattr(wish, name) for name in same}
    )


def _policy(wish: Wish) -> Policy:
    settings = _of(wish.model_dump(), SETTINGS[wish.policy])
    try:
        policy = find("policies", wish.policy).model_validate(settings)
    except ValidationError as failure:
        usual = SETTINGS[wish.policy][1]
        fields = {str(place[0]) if place else usual: text for place, text in told(failure)}
        raise Wrong(fields) from failure
    assert isinstance(policy, Policy)
    return policy


def _sections(
    scene: Scene, wish: Wish, items: Mapping[str, int], *, until: Policy, terms: Terms
) -> tuple[dict[str, Any], list[str]]:
    """Give the sections that say a wish, over what the plan says already, and what is left to do.

    The address of a database may hold a password, so it is not shown.
    """
    _, given = given_in(scene.plan)
    verify = dict(given.get("verify", {}))
    crowd = verify.get("crowd", "local")
    crowd = {"kind": crowd} if isinstance(crowd, str) else crowd
    crowd = {**crowd, "asking": _asking(wish, crowd.get("asking", {}), terms)}
    notes = []
    if verify.pop("database", None):
        notes.append("Keep the line `database` of your [verify], which is not shown here.")
    sections: dict[str, Any] = {"verify": {**verify, "until": _until(until), "crowd": crowd}}
    if dict(items) != questions(scene):
        least = min(items.values(), default=0)
        more = {name: count - least for name, count in items.items() if count > least}
        if least and set(items) == set(scene.live.emotions):
            drawn = {**given.get("sample", {}), "per_emotion": least, "more": more}
            sections = {"sample": drawn, **sections}
        else:
            notes.append(
                "[sample] draws at least one picture of every emotion of the taxonomy: leave the "
                "emotions that you do not ask about out of `taxonomy`, then draw the numbers above."
            )
    return sections, notes


def _asking(wish: Wish, before: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    pay = {
        "currency": wish.currency, "per_batch": terms.paid(), "floor_per_hour": wish.floor,
        "cap": wish.cap, "per_test": terms.fair(wish.test_questions) if wish.people else None,
    }  # fmt: skip
    kept = {name: one for name, one in before.get("pay", {}).items() if name != "cap"}
    test = {"n_questions": wish.test_questions, "pass_at": wish.pass_at}
    return {
        **before, "batch": wish.batch, "gold_rate": wish.gold_rate,
        "test": {**before.get("test", {}), **test},
        "pay": {**kept, **{name: one for name, one in pay.items() if one is not None}},
    }  # fmt: skip


def _until(policy: Policy) -> dict[str, Any]:
    told_of = {name: one for name, one in policy.identity().items() if name != "version"}
    if isinstance(policy, Bayes):
        priors = {name: round(one, SHOWN_DIGITS) for name, one in policy.priors.items()}
        told_of |= {"prior": policy.prior, "priors": priors}
    return {name: one for name, one in told_of.items() if one is not None}


def _troubles(scene: Scene, sections: dict[str, Any], policy: Policy) -> dict[str, str]:
    """Give what the reader of plans says of the sections; a rule is added where it must be."""
    _, given = given_in(scene.plan)
    decide, rule = given.get("decide", {}), _rule(policy)
    is_open = any(one.path[:1] == ("decide",) for one in troubles_with(scene.plan, sections))
    if is_open or _decides_otherwise(decide.get("rule", "at_least"), rule):
        sections["decide"] = {**decide, "rule": rule}
    found = troubles_with(scene.plan, sections)
    return {_field(one): one.text for one in found if one.path and one.path[0] in sections}


def _rule(policy: Policy) -> dict[str, Any]:
    """Give the rule that decides as a policy does; after `bayes` the one that weighs workers."""
    if isinstance(policy, Bayes):
        return {"kind": "two_sided"}
    settings = policy.identity()
    votes = int(settings["votes"])
    return {"kind": "at_least", "yes": threshold(votes, settings["keep_at"]), "of": votes}


def _decides_otherwise(written_rule: Any, rule: Mapping[str, Any]) -> bool:
    """Tell whether a plan counts votes, and in another way than a policy does."""
    given = {"kind": written_rule} if isinstance(written_rule, str) else written_rule
    return bool(given.get("kind") == "at_least" and {"yes": 3, "of": 5, **given} != dict(rule))


def _field(trouble: Trouble) -> str:
    words = [one for one in trouble.path if isinstance(one, str)]
    named = [FIELD_OF.get(one, one) for one in reversed(words)]
    return next((one for one in named if one in Wish.model_fields), "plan")


def _of(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names}
