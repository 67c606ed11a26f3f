"""Votes over the wire: forged, foreign, doubled and late ones; pictures by their names."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from affekt.campaign import frames, workers
from affekt.campaign.settings import Asking, Care
from affekt.campaign.sweep import sweep
from affekt.errors import NotTaken
from affekt.journal.schema import votes
from affekt.taxonomy import MIKELS8
from tests.campaign.crowd import HOUR, wait
from tests.site.scene import QUICK, Site, link_of, site
from tests.site.visits import Visit, batch_token


def stored(site: Site) -> list[tuple[object, ...]]:
    with site.live.database.read() as connection:
        return [tuple(row) for row in connection.execute(votes.select())]


def test_an_answer_is_kept_and_its_repetition_changes_nothing(quick: Site) -> None:
    """I5."""
    visit = Visit(quick)
    [card, *_] = visit.batch()["cards"]
    assert visit.answer(card).json()["state"] == "kept"
    before = stored(quick)
    assert visit.answer(card).json()["state"] == "repeated"
    assert stored(quick) == before


def test_the_same_key_with_another_answer_is_409_and_the_first_stays(quick: Site) -> None:
    """I5."""
    visit = Visit(quick)
    [card, *_] = visit.batch()["cards"]
    visit.answer(card)
    before = stored(quick)
    assert visit.answer(card, felt=False).status_code == 409
    assert stored(quick) == before


def test_an_answer_may_be_changed_until_the_batch_is_handed_in(quick: Site) -> None:
    visit = Visit(quick)
    [card, *_] = visit.batch()["cards"]
    visit.answer(card)
    assert visit.answer(card, felt=False, key="1" * 32).json()["state"] == "kept"
    assert visit.batch()["cards"][0]["said"] is False


@pytest.mark.parametrize("card", ["x" * 22, "../../../etc/passwd!!"])
def test_a_guessed_card_is_refused_and_counted_and_nothing_is_stored(
    quick: Site, card: str
) -> None:
    """B52."""
    visit = Visit(quick)
    visit.batch()
    assert visit.answer({"token": card}).status_code in (400, 404)
    assert stored(quick) == []
    assert sum(quick.scene.refused.values()) == 1


def test_a_card_of_somebody_else_is_refused_like_a_guessed_one(quick: Site) -> None:
    """B52, C65."""
    [card, *_] = Visit(quick).batch()["cards"]
    other = Visit(quick)
    other.batch()
    foreign, guessed = other.answer(card), other.answer({"token": "x" * 22})
    assert (foreign.status_code, foreign.json()) == (guessed.status_code, guessed.json())
    assert stored(quick) == []


def test_a_covered_picture_takes_no_answer_before_it_was_revealed(tmp_path: Path) -> None:
    """C58: by the server, whatever a browser says."""
    covered = QUICK.model_copy(update={"care": Care(warn_of=(), cover=True)})
    with site(tmp_path / "site", covered) as one:
        visit = Visit(one)
        [card, *_] = visit.batch()["cards"]
        refusal = visit.answer(card)
        assert (refusal.status_code, refusal.json()["reason"]) == (409, "covered")
        assert stored(one) == []
        revealed = visit.say("/batch/reveal", {"card": card["token"], "key": "a" * 32})
        assert revealed.json() == {"state": "kept"}
        assert visit.answer(card).json()["state"] == "kept"


def test_an_answer_that_is_quicker_than_a_look_is_refused(quick: Site) -> None:
    """C31."""
    visit = Visit(quick)
    [card, *_] = visit.batch()["cards"]
    assert visit.answer(card, seconds=0.01).status_code == 400
    assert stored(quick) == []


@pytest.mark.parametrize(
    "other",
    [{"felt": "maybe"}, {"key": "short"}, {"seconds": -1}, {"seconds": 1e9}, {"felt": {"awe": 1}}],
)
def test_an_answer_that_makes_no_sense_is_400_with_a_sentence(
    quick: Site, other: dict[str, Any]
) -> None:
    visit = Visit(quick)
    [card, *_] = visit.batch()["cards"]
    answer = visit.answer(card, **other)
    assert answer.status_code in (400, 404)
    assert answer.json()["text"]


def test_fields_that_nobody_asked_for_are_passed_over(quick: Site) -> None:
    """B56."""
    visit = Visit(quick)
    [card, *_] = visit.batch()["cards"]
    assert visit.answer(card, truth="awe", is_admin=True).json()["state"] == "kept"


def test_somebody_who_has_not_agreed_gets_no_batch(quick: Site) -> None:
    """I9, B52."""
    visit = Visit(quick, link_of(quick.live, is_ready=False))
    assert visit.client.get("/batch").url.path == "/consent"
    assert visit.send("/batch/begin").url.path == "/consent"


def test_what_is_passed_over_is_no_vote(quick: Site) -> None:
    """C10."""
    visit = Visit(quick)
    first, second, *_ = visit.batch()["cards"]
    for card, kind in ((first, "skip"), (second, "broken")):
        said = visit.say("/batch/pass", {"card": card["token"], "kind": kind})
        assert said.json() == {"state": "kept"}
    assert stored(quick) == []
    assert [card["is_passed"] for card in visit.batch()["cards"][:2]] == [True, True]


def test_a_late_answer_is_told_alike_whether_it_was_needed_or_not(tmp_path: Path) -> None:
    """C11, I4: or it would tell that others have settled the question."""
    asking = QUICK.model_copy(update={"batch": 1})
    with site(tmp_path / "site", asking, n_pictures=1) as one:
        late, other = Visit(one), Visit(one)
        cards = [visit.batch()["cards"][0] for visit in (late, other)]
        third, fourth = Visit(one), Visit(one)
        settled = third.batch()["cards"][0]
        wait(one.live, HOUR)
        sweep(one.live)
        told = [
            late.answer(cards[0], key="1" * 32).json()["state"],
            other.answer(cards[1], key="2" * 32).json()["state"],
            fourth.answer(fourth.batch()["cards"][0], key="3" * 32).json()["state"],
        ]
        page = fourth.client.get("/batch").text
        fourth.send("/batch/submit", batch=batch_token(page))
        told.append(third.answer(settled, key="4" * 32).json()["state"])
    assert told == ["late", "late", "kept", "late"]


def test_stopping_hands_in_what_is_done(quick: Site) -> None:
    """C58."""
    visit = Visit(quick)
    [card, *_] = visit.batch()["cards"]
    visit.answer(card)
    page = visit.client.get("/batch").text
    assert "Answered: 1" in visit.send("/batch/stop", batch=batch_token(page)).text


def test_handing_in_a_foreign_batch_is_404(quick: Site) -> None:
    """B52."""
    visit, other = Visit(quick), Visit(quick)
    visit.batch()
    foreign = batch_token(visit.client.get("/batch").text)
    assert other.send("/batch/submit", batch=foreign).status_code == 404


def test_a_picture_is_made_anew_and_belongs_to_one_worker(quick: Site) -> None:
    """C67, X7."""
    visit, other = Visit(quick), Visit(quick)
    [card, *_] = visit.batch()["cards"]
    shown = visit.client.get(card["image"])
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"].startswith("private")
    assert other.client.get(card["image"]).status_code == 404
    assert httpx.get(quick.address + card["image"]).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/p/../../etc/passwd", "/p/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/p/..\\..\\secret",
        "/p//etc/passwd", "/p/" + "a" * 200, "/static/../app.py", "/static/%2e%2e/app.py",
        "/p/%00",
    ],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_404(quick: Site, path: str) -> None:
    """B57."""
    visit = Visit(quick)
    assert visit.client.get(path).status_code == 404


def test_unknown_ended_and_foreign_links_look_the_same(quick: Site) -> None:
    """C65."""
    secret = link_of(quick.live)
    workers.revoke(quick.live, workers.by_secret(quick.live, secret).id, "ann", "lost")
    pages = [httpx.get(f"{quick.address}/w/{one}") for one in (secret, "x" * 32, "é")]
    assert {(page.status_code, page.text) for page in pages} == {(404, pages[0].text)}


def test_no_address_of_a_worker_holds_a_running_number(quick: Site) -> None:
    """C65, I13."""
    visit = Visit(quick)
    told = visit.batch()
    person = workers.by_secret(quick.live, visit.secret)
    assert person.pseudonym not in visit.client.get("/home").text
    assert all(len(card["token"]) >= 22 for card in told["cards"])


def test_a_form_of_another_site_or_without_its_token_is_403(quick: Site) -> None:
    """B56, C66."""
    visit = Visit(quick)
    token = {"form_token": visit.token}
    post = visit.client.post
    assert post("/batch/begin", data=token).status_code == 403
    foreign = {"origin": "https://evil.example"}
    assert post("/batch/begin", data=token, headers=foreign).status_code == 403
    own = {"origin": visit.address}
    assert post("/batch/begin", data={}, headers=own).status_code == 403
    wrong = {"form_token": Visit(quick).token}
    assert post("/batch/begin", data=wrong, headers=own).status_code == 403
    hidden = {"origin": "null", "sec-fetch-site": "cross-site"}
    assert post("/batch/begin", data=token, headers=hidden).status_code == 403


def test_a_form_whose_browser_says_that_it_is_of_the_same_site_is_taken(quick: Site) -> None:
    visit = Visit(quick)
    headers = {"origin": "null", "sec-fetch-site": "same-origin"}
    answer = visit.client.post("/batch/begin", data={"form_token": visit.token}, headers=headers)
    assert answer.url.path == "/batch"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(quick: Site) -> None:
    """C66, X6."""
    answer = httpx.get(f"{quick.address}/w/{link_of(quick.live)}")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert answer.headers["location"] == "/home"


def test_with_no_session_a_vote_is_told_to_sign_in_and_keeps_its_form(quick: Site) -> None:
    """C59."""
    visit = Visit(quick)
    [card, *_] = visit.batch()["cards"]
    visit.client.cookies.clear()
    answer = visit.answer(card)
    assert (answer.status_code, answer.json()["reason"]) == (401, "signed out")
    visit.client.get(f"/w/{visit.secret}")
    assert visit.answer(card).json()["state"] == "kept"


def test_many_who_want_the_last_places_never_get_more_than_there_are(tmp_path: Path) -> None:
    """B53, I3: all see a friendly page."""
    with site(tmp_path / "site", n_pictures=1) as one:
        visits = [Visit(one) for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            pages = list(pool.map(lambda visit: visit.send("/batch/begin"), visits))
    assert {page.status_code for page in pages} == {200}
    assert sorted(page.url.path for page in pages) == ["/batch"] * 3 + ["/batch/begin"] * 5
    assert sum("nothing left to do" in page.text for page in pages) == 5


def test_a_secret_that_was_taken_back_opens_no_session(quick: Site) -> None:
    visit = Visit(quick)
    workers.revoke(quick.live, workers.by_secret(quick.live, visit.secret).id, "ann", "lost")
    assert visit.client.get("/home").status_code == 401
    with pytest.raises(NotTaken):
        workers.by_secret(quick.live, visit.secret)


def test_somebody_who_withdraws_is_out_of_the_exports_and_comes_in_no_more(quick: Site) -> None:
    """C57."""
    visit = Visit(quick)
    [card, *_] = visit.batch()["cards"]
    visit.answer(card)
    visit.send("/batch/submit", batch=batch_token(visit.client.get("/batch").text))
    assert "You have withdrawn" in visit.send("/withdraw").text
    with frames.moment(quick.live) as connection:
        assert frames.events(connection, quick.live).is_empty()
    assert httpx.get(f"{quick.address}/w/{visit.secret}").status_code in (303, 404)


def test_somebody_who_does_not_agree_is_let_go(quick: Site) -> None:
    """C57."""
    visit = Visit(quick, link_of(quick.live, is_ready=False))
    assert "You do not take part" in visit.send("/consent", answer="disagree").text
    assert visit.client.get("/home").status_code == 401


def test_a_consent_to_another_text_is_asked_for_again(quick: Site) -> None:
    """C57."""
    visit = Visit(quick, link_of(quick.live, is_ready=False))
    agreed = visit.send("/consent", answer="agree", version="other", sha256="0" * 64)
    assert agreed.url.path == "/consent"


def test_keys_that_are_there_twice_change_nothing(quick: Site) -> None:
    """C55."""
    visit = Visit(quick)
    assert "Nothing was changed" in visit.send("/keys", yes="n").text
    assert "Saved" in visit.send("/keys", yes="j", pause="esc").text
    assert visit.batch()["keys"]["yes"] == "j"


def test_who_rests_is_given_nothing_until_the_rest_ends(quick: Site) -> None:
    """Section 4: active and resting."""
    visit = Visit(quick)
    assert "End the rest" in visit.send("/rest", begins="yes").text
    assert "Time for a rest" in visit.send("/batch/begin").text
    assert "Start a batch" in visit.send("/rest").text
    assert visit.batch()["cards"]


GERMAN = {
    "source": "chosen for this test",
    "emotions": {name: f"Wort für {name}" for name in MIKELS8.names},
}


def test_a_language_is_offered_where_the_question_and_reviewed_words_are_given(
    tmp_path: Path,
) -> None:
    """C60."""
    asked = Asking.model_validate(
        QUICK.model_dump()
        | {"question": {**QUICK.question, "de": "{emotion}?"}, "words": {"de": GERMAN}}
    )
    with site(tmp_path / "site", asked) as one:
        visit = Visit(one)
        assert 'lang="de"' in visit.send("/language", language="de").text
        visit.send("/language", language="xx")
        assert visit.batch()["cards"][0]["question"].startswith("Wort für ")


@pytest.mark.parametrize("emotions", [{}, {"awe": "Ehrfurcht"}])
def test_nobody_is_asked_in_words_that_were_not_reviewed(
    tmp_path: Path, emotions: dict[str, str]
) -> None:
    """C60."""
    given = {"de": {"source": "chosen for this test", "emotions": emotions}} if emotions else {}
    asked = Asking.model_validate(
        QUICK.model_dump() | {"question": {**QUICK.question, "de": "{emotion}?"}, "words": given}
    )
    with site(tmp_path / "site", asked) as one:
        assert one.scene.languages == ["en"]
        assert one.scene.unreviewed == ["de"]
