"""The qualification test: drawn afresh, kept apart from its key, judged once."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from affekt.campaign import exam, workers
from affekt.campaign.audit import note
from affekt.campaign.live import Live
from affekt.campaign.settings import Asking, Pay
from affekt.campaign.settings import Test as Paper
from affekt.errors import NotTaken, UsageError
from tests.campaign.conftest import Opened
from tests.campaign.crowd import EMOTIONS, HOUR, MINUTE, wait
from tests.campaign.people import agree, consenting, invited, rows, run, together

POOL = [(f"art-{at:03}", EMOTIONS[at % 8]) for at in range(48)]
KEY = dict(POOL)


def examined(opened: Opened, **test: Any) -> Live:
    """Give a campaign with a test of 8 questions of which 4 must be right, or otherwise."""
    asking = Asking(
        test=Paper(**{"n_questions": 8, "pass_at": 4, **test}), pay=Pay(per_test=Decimal("0.50"))
    )
    live = opened(asking=asking)
    exam.make_test(live, POOL)
    return live


def reply(live: Live, worker: int, form: exam.Form, right: int, wrong: int = 0) -> None:
    """Answer the first questions: so many right, then so many wrong."""
    for at, question in enumerate(form.questions[: right + wrong]):
        truth = KEY[question.image_id]
        other = EMOTIONS[(EMOTIONS.index(truth) + 1) % 8]
        exam.answer(live, worker, question.token, truth if at < right else other)


def take(live: Live, worker: int, right: int, wrong: int = 0) -> exam.Verdict:
    form = exam.start(live, worker)
    reply(live, worker, form, right, wrong)
    return exam.submit(live, worker, form.token)


def images(form: exam.Form) -> list[str]:
    return [question.image_id for question in form.questions]


@pytest.mark.parametrize(("right", "has_passed"), [(8, True), (4, True), (3, False), (0, False)])
def test_half_right_pass(opened: Opened, right: int, has_passed: bool) -> None:
    """C3, C7: what was left open is wrong."""
    live = examined(opened)
    worker = consenting(live)
    assert take(live, worker, right) == (has_passed, None)
    assert workers.standing(live, worker).qualified is has_passed
    [(state,)] = rows(live, "SELECT state FROM workers")
    assert state == ("qualified" if has_passed else "failed")


def test_the_paper_asks_twenty_and_wants_ten() -> None:
    """C3."""
    paper = Paper()
    assert (paper.n_questions, paper.pass_at, paper.max_attempts) == (20, 10, 1)


def test_a_score_is_told_only_where_the_plan_says_so(opened: Opened) -> None:
    """C5."""
    live = examined(opened, show_score=True)
    assert take(live, consenting(live), 5, 3) == (True, 5)


def test_nothing_that_a_form_holds_tells_the_key(opened: Opened) -> None:
    """C5: two forms of one picture differ in nothing that goes with its emotion."""
    live = examined(opened)
    form = exam.start(live, consenting(live))
    assert set(exam.Question._fields) == {"token", "position", "image_id", "answer"}
    assert {question.answer for question in form.questions} == {None}
    assert form.choices == EMOTIONS
    assert len({question.token for question in form.questions}) == 8


def test_handing_in_again_gives_the_same_verdict_and_pays_once(opened: Opened) -> None:
    """I10."""
    live = examined(opened)
    worker = consenting(live)
    form = exam.start(live, worker)
    reply(live, worker, form, 4)
    assert exam.submit(live, worker, form.token) == exam.submit(live, worker, form.token)
    assert workers.standing(live, worker).due == Decimal("0.50")


def test_the_test_is_paid_also_where_it_is_failed(opened: Opened) -> None:
    """C40."""
    live = examined(opened)
    worker = consenting(live)
    take(live, worker, 0, 8)
    assert workers.standing(live, worker).due == Decimal("0.50")


def test_a_reload_goes_on_with_form_clock_and_answers(opened: Opened) -> None:
    """C7."""
    live = examined(opened, time_limit_minutes=10)
    worker = consenting(live)
    form = exam.start(live, worker)
    reply(live, worker, form, 1)
    wait(live, MINUTE)
    again = exam.start(live, worker)
    assert (again.token, again.until, images(again)) == (form.token, form.until, images(form))
    assert again.questions[0].answer == KEY[form.questions[0].image_id]


def test_two_windows_are_one_attempt(opened: Opened) -> None:
    """C4; section 15."""
    live = examined(opened)
    worker = consenting(live)
    forms: list[exam.Form] = []
    together(5, lambda: forms.append(exam.start(live, worker)))
    assert len(forms) == 5
    assert len({form.token for form in forms}) == 1
    assert rows(live, "SELECT count(*) FROM attempts") == [(1,)]


def test_time_out_hands_in_what_is_there(opened: Opened) -> None:
    """C7."""
    live = examined(opened, time_limit_minutes=10)
    able, idle = consenting(live), consenting(live)
    reply(live, able, exam.start(live, able), 4)
    exam.start(live, idle)
    wait(live, 11 * MINUTE)
    assert exam.sweep_tests(live) == 2
    assert exam.sweep_tests(live) == 0
    assert rows(live, "SELECT state, score FROM attempts ORDER BY id") == [
        ("passed", 4), ("timed out", 0),
    ]  # fmt: skip
    assert [workers.standing(live, one).due for one in (able, idle)] == [Decimal("0.50"), 0]


def test_an_answer_after_the_time_is_refused(opened: Opened) -> None:
    """C7; a clock set back revives nothing."""
    live = examined(opened, time_limit_minutes=10)
    worker = consenting(live)
    form = exam.start(live, worker)
    wait(live, 11 * MINUTE)
    with pytest.raises(NotTaken, match="has ended") as refusal:
        reply(live, worker, form, 1)
    assert refusal.value.reason == "over"
    assert exam.submit(live, worker, form.token).passed is False


def test_a_clock_set_back_revives_no_test(opened: Opened) -> None:
    """I12; section 15: the machine's clock is right again after a restart."""
    live = examined(opened, time_limit_minutes=10)
    worker = consenting(live)
    form = exam.start(live, worker)
    wait(live, 11 * MINUTE)
    exam.sweep_tests(live)
    live.database.write(lambda to: note(to, live, "ann", "a", "b", "c", None, None))
    restarted = opened(asking=live.asking)
    assert restarted.now() >= live.now()
    with pytest.raises(NotTaken, match="has ended"):
        reply(restarted, worker, form, 1)


def test_a_late_retry_or_a_second_window_overwrites_no_answer(opened: Opened) -> None:
    """C7, section 15: the first answer stays, and its retry changes nothing."""
    live = examined(opened)
    worker = consenting(live)
    form = exam.start(live, worker)
    reply(live, worker, form, 4)
    reply(live, worker, form, 4)
    with pytest.raises(NotTaken, match="that stays") as refusal:
        reply(live, worker, form, 0, 1)
    assert refusal.value.reason == "conflict"
    assert exam.submit(live, worker, form.token).passed
    reply(live, worker, form, 4)
    with pytest.raises(NotTaken, match="has ended"):
        reply(live, worker, form, 0, 1)


@pytest.mark.parametrize("emotion", ["joy", "", "فرح 😀", "\0"])
def test_only_a_choice_can_be_chosen(opened: Opened, emotion: str) -> None:
    live = examined(opened)
    worker = consenting(live)
    form = exam.start(live, worker)
    with pytest.raises(NotTaken, match="choose one of") as refusal:
        exam.answer(live, worker, form.questions[0].token, emotion)
    assert refusal.value.reason == "no choice"


def test_the_form_of_somebody_else_looks_like_none(opened: Opened) -> None:
    """C65."""
    live = examined(opened)
    form = exam.start(live, consenting(live))
    other = consenting(live)
    with pytest.raises(NotTaken, match="no such test") as refusal:
        exam.submit(live, other, form.token)
    with pytest.raises(NotTaken, match="no such test"):
        exam.answer(live, other, form.questions[0].token, "awe")
    assert refusal.value.reason == "unknown"


def test_one_try_is_what_there_is(opened: Opened) -> None:
    """C4."""
    live = examined(opened)
    worker = consenting(live)
    take(live, worker, 0, 8)
    with pytest.raises(NotTaken, match="as often as") as refusal:
        exam.start(live, worker)
    assert refusal.value.reason == "no attempts"


def test_another_try_waits_and_shows_other_pictures(opened: Opened) -> None:
    """C4."""
    live = examined(opened, max_attempts=3, retry_hours=24)
    worker = consenting(live)
    first = exam.start(live, worker)
    exam.submit(live, worker, first.token)
    wait(live, 23 * HOUR)
    with pytest.raises(NotTaken, match="24 h after") as refusal:
        exam.start(live, worker)
    assert refusal.value.reason == "too soon"
    wait(live, 2 * HOUR)
    assert not set(images(exam.start(live, worker))) & set(images(first))


def test_a_try_that_ran_out_of_time_counts_as_one(opened: Opened) -> None:
    """C4, C7: starting again ends it."""
    live = examined(opened, time_limit_minutes=10)
    worker = consenting(live)
    exam.start(live, worker)
    wait(live, 11 * MINUTE)
    with pytest.raises(NotTaken) as refusal:
        exam.start(live, worker)
    assert refusal.value.reason == "no attempts"
    assert rows(live, "SELECT state FROM attempts") == [("timed out",)]


def test_who_has_passed_takes_no_other_test(opened: Opened) -> None:
    live = examined(opened, max_attempts=3, retry_hours=0)
    worker = consenting(live)
    take(live, worker, 8)
    with pytest.raises(NotTaken, match="have passed"):
        exam.start(live, worker)


def test_pictures_that_run_out_are_told(opened: Opened) -> None:
    live = examined(opened, max_attempts=20, retry_hours=0, n_questions=40)
    worker = consenting(live)
    take(live, worker, 0)
    with pytest.raises(NotTaken, match="too few pictures") as refusal:
        exam.start(live, worker)
    assert refusal.value.reason == "no pictures"


def test_nobody_begins_who_did_not_agree_or_is_suspended(opened: Opened) -> None:
    """I9."""
    live = examined(opened)
    worker = invited(live)
    with pytest.raises(NotTaken) as refusal:
        exam.start(live, worker)
    assert refusal.value.reason == "unconsented"
    agree(live, worker)
    run(live, "UPDATE workers SET state = 'suspended'")
    with pytest.raises(NotTaken, match="no test for you"):
        exam.start(live, worker)


def test_without_pictures_the_test_is_not_ready(live: Live) -> None:
    with pytest.raises(NotTaken, match="not ready"):
        exam.start(live, consenting(live))


def test_balanced_forms_hold_each_emotion_alike(opened: Opened) -> None:
    """C3."""
    live = examined(opened, n_questions=16, stratify=True)
    form = exam.start(live, consenting(live))
    assert set(Counter(KEY[image] for image in images(form)).values()) == {2}
    assert len({KEY[image] for image in images(form)[:8]}) < 8


def test_each_person_gets_a_form_of_their_own(opened: Opened) -> None:
    """C3."""
    live = examined(opened)
    forms = [images(exam.start(live, consenting(live))) for _ in range(4)]
    assert len({tuple(form) for form in forms}) == 4


def test_a_changed_test_is_a_new_version_and_the_old_one_stays(opened: Opened) -> None:
    """C6."""
    live = examined(opened)
    worker = consenting(live)
    form = exam.start(live, worker)
    assert exam.make_test(live, POOL) == 1
    assert exam.make_test(live, [(image, "fear") for image, _ in POOL]) == 2
    reply(live, worker, form, 4)
    assert exam.submit(live, worker, form.token).passed
    assert rows(live, "SELECT version FROM tests ORDER BY id") == [(1,), (2,)]


def test_a_changed_threshold_is_a_new_version(opened: Opened) -> None:
    """C6."""
    examined(opened)
    live = examined(opened, pass_at=8)
    assert take(live, consenting(live), 7).passed is False
    assert rows(live, "SELECT count(*) FROM tests") == [(2,)]


@pytest.mark.parametrize(
    ("pool", "words"),
    [(POOL[:7], "fewer than n_questions"), ([*POOL, POOL[0]], "there twice"),
     ([*POOL, ("x", "joy")], "nobody can choose 'joy'")],
)  # fmt: skip
def test_a_pool_that_cannot_be_is_refused(opened: Opened, pool: Any, words: str) -> None:
    live = examined(opened)
    with pytest.raises(UsageError, match=words):
        exam.make_test(live, pool)


def test_a_picture_forgotten_meanwhile_costs_nobody_the_test(opened: Opened) -> None:
    """Section 15: image deleted mid-campaign."""
    live = examined(opened)
    worker = consenting(live)
    form = exam.start(live, worker)
    reply(live, worker, form, 3, 1)
    image = form.questions[3].image_id
    run(live, "DELETE FROM test_pictures WHERE image_id = :image", image=image)
    run(live, "UPDATE attempt_questions SET image_id = '' WHERE image_id = :image", image=image)
    assert exam.submit(live, worker, form.token).passed


def test_frames_hold_what_was_shown_in_ended_attempts(opened: Opened) -> None:
    """C8."""
    live = examined(opened)
    take(live, consenting(live), 5, 1)
    exam.start(live, consenting(live))
    frame = exam.frames(live)[1]
    assert frame.columns == ["attempt", "image_id", "truth", "answer"]
    assert frame.height == 8
    assert frame["answer"].null_count() == 2
    assert frame.filter(frame["answer"] == frame["truth"]).height == 5


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(right=st.integers(0, 8), wrong=st.integers(0, 8))
def test_the_score_is_the_number_of_right_answers(opened: Opened, right: int, wrong: int) -> None:
    """C3, C7."""
    live = examined(opened, show_score=True)
    verdict = take(live, consenting(live), right, wrong)
    assert verdict == (right >= 4, right)
