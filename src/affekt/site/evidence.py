"""What is known of the workers and of the test, worked out anew at most once a minute."""

import time
from collections.abc import Callable
from typing import Any

import polars as pl

from affekt.campaign import exam, frames
from affekt.quality import Proposal, checked, findings, propose
from affekt.quality.qualification import TestReport, report_test
from affekt.quality.signs import Findings
from affekt.site.scene import Scene

FRESH_SECONDS = 60


def found(scene: Scene) -> Findings:
    """Give evidence, signs and likely twins of all workers (C29)."""
    made: Findings = _kept(scene, "findings", lambda: _findings(scene))
    return made


def proposals(scene: Scene, pseudonym: str | None = None) -> list[Proposal]:
    """Give what a person should look at, of one worker or of all; nothing happens by itself."""
    told: list[Proposal] = _kept(scene, "proposals", lambda: propose(found(scene)))
    return [one for one in told if pseudonym in (None, one.worker)]


def rows_of(frame: pl.DataFrame, pseudonym: str) -> list[dict[str, Any]]:
    """Give the rows of a table of workers that speak of one of them."""
    names = [one for one in ("worker", "first", "second") if one in frame.columns]
    is_meant = pl.any_horizontal(pl.col(one) == pseudonym for one in names)
    return frame.filter(is_meant).to_dicts()


def test_reports(scene: Scene) -> dict[int, TestReport]:
    """Give version → report of the test (C8)."""
    made: dict[int, TestReport] = _kept(scene, "test", lambda: _test_reports(scene))
    return made


def _findings(scene: Scene) -> Findings:
    with frames.moment(scene.live) as connection:
        events = frames.events(connection, scene.live)
    return findings(checked(events))


def _test_reports(scene: Scene) -> dict[int, TestReport]:
    reports = {}
    for version, frame in exam.frames(scene.live).items():
        ended = frame.group_by("attempt").len()["len"]
        test = scene.live.asking.test
        size = int(ended.max()) if ended.len() else test.n_questions  # type: ignore[arg-type]
        choices = len(test.choices or scene.live.emotions)
        pass_at = min(test.pass_at, size)
        reports[version] = report_test(frame, n_questions=size, pass_at=pass_at, choices=choices)
    return reports


def _kept(scene: Scene, name: str, make: Callable[[], Any]) -> Any:
    now = time.monotonic()
    with scene.gate:
        at, value = scene.kept.get(name, (0.0, None))
    if value is None or now - at > FRESH_SECONDS:
        value = make()
        with scene.gate:
            scene.kept[name] = (now, value)
    return value
