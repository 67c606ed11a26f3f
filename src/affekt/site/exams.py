"""The qualification test: one picture a page, one of the emotions for each (protocol A)."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from affekt.campaign import exam, forms, workers
from affekt.campaign.live import Live
from affekt.errors import NotTaken, UsageError
from affekt.journal.clock import MICROSECONDS
from affekt.site.doors import Anybody, Sender, Visitor, slow
from affekt.site.gallery import Pool
from affekt.site.render import page
from affekt.site.work import keys_of, next_step

routes = APIRouter()


def prepare(live: Live, pool: Pool) -> None:
    """Make the test of a campaign from its pool, or go on with the one that is there.

    Raises:
        UsageError: A test is asked for, and the plan names no pool or one that is too small.
    """
    if not live.asking.needs_test:
        return
    if not pool.emotions:
        raise UsageError(
            "the campaign asks for a test and the plan names no `pool` of pictures for it; name a "
            "folder with one folder for each emotion, or set `asking.needs_test = false`"
        )
    forms.make_test(live, sorted(pool.emotions.items()))


@routes.get("/test")
def test_page(request: Request, who: Anybody) -> Response:
    """Show the first picture without an answer, or what comes before or after the test."""
    step = next_step(who)
    if step != "/test":
        return RedirectResponse(step, 303)
    state = workers.standing(who.scene.live, who.worker.id).state
    if state == "testing":
        return _question(request, who, exam.start(who.scene.live, who.worker.id))
    test = who.scene.live.asking.test
    if state == "failed" and test.max_attempts == 1:
        return _end(request, who, exam.Verdict(passed=False, score=None))
    return page(
        request, "work/test_start.html", words=who.words, worker=who.worker,
        form_token=who.form_token, test=test,
    )  # fmt: skip


@routes.post("/test/begin")
def begin(who: Sender) -> Response:
    """Begin an attempt; its clock starts."""
    slow(who.scene, "door", who.secret)
    exam.start(who.scene.live, who.worker.id)
    return RedirectResponse("/test", 303)


@routes.post("/test/answer")
def answer(
    request: Request,
    who: Sender,
    question: Annotated[str, Form()] = "",
    choice: Annotated[str, Form()] = "",
) -> Response:
    """Keep an answer and go on; the last one hands the test in."""
    slow(who.scene, "test", who.secret)
    live = who.scene.live
    try:
        exam.answer(live, who.worker.id, question, choice)
    except NotTaken as trouble:
        if trouble.reason not in ("over", "conflict"):
            raise
        return RedirectResponse("/test", 303)
    form = exam.start(live, who.worker.id)
    if any(one.answer is None for one in form.questions):
        return RedirectResponse("/test", 303)
    return _end(request, who, exam.submit(live, who.worker.id, form.token))


def _question(request: Request, who: Visitor, form: exam.Form) -> Response:
    live = who.scene.live
    waiting = [one for one in form.questions if one.answer is None]
    if not waiting:  # the last answer came in and its page was lost
        return _end(request, who, exam.submit(live, who.worker.id, form.token))
    asked, *later = waiting
    left = None if form.until is None else max(0, (form.until - live.now()) // MICROSECONDS)
    return page(
        request, "work/test.html", words=who.words, worker=who.worker, n=asked.position,
        of=len(form.questions), image=_image(who, asked), token=asked.token,
        note=who.words.note(who.scene.gallery.notes.get(asked.image_id, ())),
        reveal=keys_of(who)["reveal"],
        ahead=_image(who, later[0]) if later else "", choices=form.choices, seconds_left=left,
        form_token=who.form_token,
    )  # fmt: skip


def _image(who: Visitor, asked: exam.Question) -> str:
    return f"/p/{who.scene.seals.picture(asked.image_id, who.worker.id)}"


def _end(request: Request, who: Visitor, verdict: exam.Verdict) -> HTMLResponse:
    """Say passed or not, and never which answers were right (C5)."""
    test = who.scene.live.asking.test
    return page(
        request, "work/test_end.html", words=who.words, worker=who.worker,
        is_passed=verdict.passed, score=verdict.score, of=test.n_questions,
    )  # fmt: skip
