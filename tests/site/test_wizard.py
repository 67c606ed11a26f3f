"""The wizard of a campaign: what `crowd plan` tells, by page and API, and a plan that is valid."""

import json
import re
import tomllib
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from affekt import plan
from affekt.campaign import audit, board
from affekt.plan.sections import written
from affekt.policies.bayes import Bayes
from affekt.rules.at_least import AtLeast
from tests.cli import run
from tests.site.scene import EMOTIONS, PLAN, Site
from tests.site.screens import MARKS, opened, press, sign_in, tab_to
from tests.site.test_api import program
from tests.site.test_desk import Desk

pytestmark = pytest.mark.slow
FEW = {"awe": 400, "fear": 600}


def drafted(site: Site, **wish: Any) -> dict[str, Any]:
    answer = program(site, "viewer").post("/plan", json=wish)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def kept(site: Site, text: str) -> plan.Plan:
    """Give the plan of a site with sections in place of its own, as somebody would write it."""
    before = {**tomllib.loads(PLAN), **tomllib.loads(text)}
    path = site.scene.plan.with_name("new.toml")
    path.write_text(written(before))
    return plan.read(path)


def test_the_estimate_is_that_of_the_command(quick: Site, tmp_path: Path) -> None:
    """C62, C20: the same numbers to the last digit."""
    words = (
        "--per-class", "awe=400,fear=600", "--kept", "fear=0.1", "--policy", "bayes",
        "--set", "max_votes=7", "--reward", "0.30", "--fees", "prolific", "--gold-rate", "0.2",
        "--seconds", "5", "--accuracy", "0.9", "--cap", "50", "--candidates", "100",
    )  # fmt: skip
    command = json.loads(run.affekt("crowd", "plan", *words, "--json", cwd=tmp_path).out)
    told = drafted(
        quick, items=FEW, kept={"fear": 0.1}, policy="bayes", max_votes=7, reward="0.30",
        fees="prolific", gold_rate=0.2, seconds=5, accuracy=0.9, cap="50", people=25,
        pass_rate=0.25,
    )  # fmt: skip
    assert told["candidates"] == 100
    assert told["estimate"] == command


def test_it_begins_with_the_campaign_that_is_served(quick: Site) -> None:
    """C62: the plan's own questions, policy and pay."""
    own = program(quick, "viewer").get("/plan").json()
    assert sum(own["items"].values()) == 12
    assert (own["policy"], own["batch"], own["reward"]) == ("curtailed", 6, "0")
    told = drafted(quick, **own)
    assert told["estimate"]["total"]["items"] == 12
    assert set(tomllib.loads(told["plan"])) == {"verify"}


def test_nobody_is_asked_and_nothing_is_changed(quick: Site) -> None:
    """C62."""
    client = program(quick)
    before = audit.rows(quick.live).height, board.board(quick.live), quick.scene.plan.read_text()
    assert client.post("/plan", json={"items": FEW, "policy": "bayes"}).status_code == 200
    after = audit.rows(quick.live).height, board.board(quick.live), quick.scene.plan.read_text()
    assert after == before


def test_the_plan_keeps_what_the_plan_said_and_is_read(quick: Site) -> None:
    """C62."""
    told = drafted(
        quick, policy="fixed", votes=7, keep_at=5, batch=10, reward="0.50", cap="900", people=9
    )
    read = kept(quick, told["plan"]).build
    assert read is not None
    crowd, rule = read.verify.crowd, read.decide.rule
    assert read.verify.until.identity() == {
        "kind": "fixed", "version": read.verify.until.version, "votes": 7, "keep_at": 5,
    }  # fmt: skip
    assert rule == AtLeast(yes=5, of=7)
    assert crowd.contact == "ann@example.org"  # type: ignore[attr-defined]
    asking = crowd.asking  # type: ignore[attr-defined]
    assert (asking.batch, asking.min_view_ms) == (10, 50)
    assert [str(one) for one in (asking.pay.per_batch, asking.pay.cap)] == ["0.50", "900.00"]
    assert str(asking.pay.per_test) == "0.28"


def test_bayes_gets_its_priors_and_a_rule_that_decides_what_it_settles(quick: Site) -> None:
    """C18, C21."""
    read = kept(quick, drafted(quick, policy="bayes")["plan"]).build
    assert read is not None
    assert isinstance(read.verify.until, Bayes)
    assert set(read.verify.until.priors) == set(EMOTIONS)
    assert read.decide.rule.kind() == "two_sided"


def test_other_numbers_of_pictures_are_drawn_by_the_plan(quick: Site) -> None:
    """C14."""
    items = {**dict.fromkeys(EMOTIONS, 110), "fear": 130}
    read = kept(quick, drafted(quick, items=items)["plan"]).build
    assert read is not None
    assert read.sample.wanted() == items


def test_emotions_that_are_left_out_are_told(quick: Site) -> None:
    told = drafted(quick, items=FEW)
    assert "sample" not in tomllib.loads(told["plan"])
    assert "leave the emotions" in told["notes"][0]


def test_the_address_of_a_database_is_not_shown(quick: Site) -> None:
    """C69."""
    hidden = 'database = "postgresql://ann:secret@example.org/x"\n[decide]'
    quick.scene.plan.write_text(PLAN.replace("[decide]", hidden, 1))
    told = drafted(quick)
    assert "secret" not in json.dumps(told)
    assert "`database`" in told["notes"][0]


def test_what_the_reader_of_plans_refuses_is_not_shown_as_a_plan(quick: Site) -> None:
    """C62: and told by the field."""
    told = drafted(quick, test_questions=5, pass_at=9)
    assert told["plan"] == ""
    assert "nobody could pass" in told["troubles"]["pass_at"]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"votes": 5, "keep_at": 7}, "keep_at keep_at = 7 is more than votes = 5"),
        ({"policy": "bayes", "min_votes": 9, "max_votes": 3}, "min_votes = 9 is more than"),
        ({"accuracy": 0.4}, "coins tell nothing"),
        ({"items": {"joy": 4}}, "items.joy is no emotion of this campaign"),
    ],
)
def test_what_does_not_fit_together_is_a_sentence(
    quick: Site, wish: dict[str, Any], said: str
) -> None:
    answer = program(quick).post("/plan", json=wish)
    assert answer.status_code == 400
    assert said in answer.json()["text"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("votes", "five", "is 'five'; a whole number is expected"),
        ("items.awe", "-1", "greater than or equal to 0"),
        ("reward", "0.105", "in whole cents"),
        ("reward", "NaN", "finite number"),
        ("pass_rate", "0", "greater than 0"),
        ("policy", "guess", "'curtailed'"),
        ("keep_at", "9", "keep_at = 9 is more than votes = 5"),
        ("pass_at", "30", "nobody could pass"),
    ],
)
def test_bad_input_gets_a_sentence_by_the_field(
    quick: Site, name: str, value: str, said: str
) -> None:
    """C62."""
    page = unescape(Desk(quick).client.get("/desk/plan", params={name: value}).text)
    found = re.search(r'id="([\w.]+)-wrong">([^<]+)<', page)
    assert found, page
    assert (found[1], said in found[2]) == (name, True), found[2]
    assert f'value="{value}"' in page or name == "policy"


def test_what_somebody_writes_is_never_markup(quick: Site) -> None:
    page = Desk(quick).client.get("/desk/plan", params={"votes": '"><script>x</script>'})
    assert page.status_code == 400
    assert "<script>x" not in page.text


def test_a_plan_that_cannot_be_read_is_told_by_its_line(quick: Site) -> None:
    quick.scene.plan.write_text("\n[verify")
    page = Desk(quick).get("/plan")
    assert page.status_code == 400
    assert "plan.toml, line 2: TOML cannot be read" in page.text


def test_no_wish_makes_it_stumble_over_an_empty_campaign(quick: Site) -> None:
    told = drafted(quick, items={"awe": 0})
    assert told["estimate"]["total"]["votes"] == 0


@pytest.mark.browser
@MARKS[2]
def test_a_campaign_is_planned_by_keyboard_and_its_plan_copied(browser: Any, quick: Site) -> None:
    """C62, C56."""
    with opened(browser, permissions=["clipboard-read", "clipboard-write"]) as (page, complaints):
        sign_in(page, quick, Desk(quick))
        page.goto(f"{quick.address}/desk/plan")
        tab_to(page, "[name='votes']")
        page.keyboard.press("Control+A")
        page.keyboard.type("7")
        press(page, "main form button[type=submit]")
        page.wait_for_url("**/desk/plan?*")
        press(page, "[data-copy]")
        page.wait_for_selector("text=Copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert tomllib.loads(copied)["verify"]["until"]["votes"] == 7
        assert complaints == []


def test_the_plan_of_a_test_is_one(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN)
    assert plan.read(tmp_path / "plan.toml").build is not None
