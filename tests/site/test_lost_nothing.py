"""Answers in a real browser while servers are killed, networks fail and sign-ins end."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from affekt.campaign.sweep import sweep
from tests import patience
from tests.campaign.crowd import HOUR, wait
from tests.site.scene import Site, free_port, link_of, made, site
from tests.site.screens import MARKS, begun, opened, seen, stored, until

pytestmark = MARKS


def test_a_vote_while_the_server_is_killed_is_kept_and_counts_once(
    browser: Any, tmp_path: Path
) -> None:
    """I1, B54, C59: kill -9, answers wait, the server comes back."""
    folder, port = tmp_path / "site", free_port()
    scene = made(folder, port=port)
    secret = link_of(scene.live)
    one = Site(scene.address, scene, [])
    with closing(scene.live.database), opened(browser) as (page, _):
        with running(folder, port):
            begun(page, one, secret)
            page.keyboard.press("y")
            page.wait_for_selector("text=All saved")
            seen(page)
        page.keyboard.press("n")  # it was killed
        page.wait_for_selector("text=1 not saved yet")
        assert "connection is interrupted" in page.inner_text("#note")
        seen(page)
        page.keyboard.press("y")
        page.wait_for_selector("text=2 not saved yet")
        with running(folder, port):
            page.wait_for_selector("text=All saved")
            assert [felt for felt, _ in stored(one)] == [True, False, True]
    scene.gallery.close()


@contextmanager
def running(folder: Path, port: int) -> Iterator[None]:
    """A server in a process of its own, killed at the end with no time for anything."""
    line = [sys.executable, "-m", "tests.site.serve", str(folder), str(port)]
    process = subprocess.Popen(line, cwd=Path(__file__).parents[2])
    try:
        until = time.monotonic() + patience.SECONDS
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait(patience.SECONDS)


def test_an_interrupted_network_loses_no_answer_and_counts_none_twice(
    browser: Any, tmp_path: Path
) -> None:
    """C59, I5: one answer is lost on its way, the reply to another one."""
    with site(tmp_path / "site") as one, opened(browser) as (page, _):
        begun(page, one, link_of(one.live))
        tries: list[str] = []

        def flaky(route: Any) -> None:
            tries.append(route.request.post_data)
            if len(tries) == 1:
                route.abort()
            elif len(tries) == 2:
                route.fetch()  # the server has it; its reply is lost
                route.abort()
            else:
                route.continue_()

        page.route("**/batch/answer", flaky)
        page.keyboard.press("y")
        page.wait_for_selector("text=1 not saved yet")
        page.wait_for_selector("text=All saved")
        assert len(set(tries)) == 1  # the same key each time
        assert stored(one) == [(True, "draft")]


def test_leaving_with_answers_unsaved_is_warned_of_and_a_new_page_sends_them(
    browser: Any, tmp_path: Path
) -> None:
    """C59."""
    with site(tmp_path / "site") as one, opened(browser) as (page, _):
        begun(page, one, link_of(one.live))
        page.route("**/batch/answer", lambda route: route.abort())
        page.keyboard.press("y")
        page.wait_for_selector("text=1 not saved yet")
        warned: list[str] = []

        def accept(dialog: Any) -> None:
            warned.append(dialog.type)
            dialog.accept()

        page.on("dialog", accept)
        page.goto(f"{one.address}/home")
        assert warned == ["beforeunload"]
        page.unroute("**/batch/answer")
        page.goto(f"{one.address}/batch")
        page.wait_for_selector("text=All saved")
        until(page, "localStorage.getItem('affekt.waiting') === '[]'")
        assert stored(one) == [(True, "draft")]


def test_an_expired_sign_in_keeps_the_answers_until_the_link_is_opened_again(
    browser: Any, tmp_path: Path
) -> None:
    """C59."""
    with site(tmp_path / "site") as one, opened(browser) as (page, _):
        secret = link_of(one.live)
        begun(page, one, secret)
        page.context.clear_cookies()
        page.keyboard.press("y")
        page.wait_for_selector("text=Your sign-in has ended")
        other = page.context.new_page()
        other.goto(f"{one.address}/w/{secret}")
        page.bring_to_front()
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_selector("text=All saved")
        assert stored(one) == [(True, "draft")]


def test_a_second_tab_can_only_be_looked_at_and_takes_over(browser: Any, tmp_path: Path) -> None:
    """C59."""
    with site(tmp_path / "site") as one, opened(browser) as (page, _):
        begun(page, one, link_of(one.live))
        second = page.context.new_page()
        second.goto(f"{one.address}/batch")
        second.wait_for_selector("text=working in another tab")
        second.keyboard.press("y")
        assert second.is_disabled("[data-do=yes]")
        assert stored(one) == []
        page.close()
        second.wait_for_selector("#batch.is-ready")
        seen(second)
        second.keyboard.press("y")
        until(second, "localStorage.getItem('affekt.waiting') === '[]'")
        assert stored(one) == [(True, "draft")]


def test_an_answer_on_an_expired_lease_is_kept_and_told(browser: Any, tmp_path: Path) -> None:
    """I4."""
    with site(tmp_path / "site") as one, opened(browser) as (page, _):
        begun(page, one, link_of(one.live))
        wait(one.live, HOUR)
        sweep(one.live)
        page.keyboard.press("y")
        page.wait_for_selector("text=That answer came after its time")
        assert [felt for felt, _ in stored(one)] == [True]
