"""Adds to the progress of a stage what is waited for and what is ahead."""

import json
from contextlib import suppress

from affekt.fetch.news import FORECAST, WAITING, News
from affekt.stage import Desk, Progress


class Bulletin:
    """A watch of a stage that hears news too.

    What was foretold is kept in the scratch, since a run that goes on behind a kill asks for no
    forecast again.
    """

    def __init__(self, desk: Desk, stage: str) -> None:
        self._watch, self._last = desk.watch, Progress(stage, 0, None)
        self._path = desk.scratch / "forecast.json"
        self._foretold: dict[str, int] = {}
        with suppress(OSError, ValueError):
            self._foretold = dict(json.loads(self._path.read_text(encoding="utf-8")))

    def tell(self, progress: Progress) -> None:
        """Pass progress on: nobody is waited for now."""
        self._last = progress
        self._pass_on({})

    def hear(self, news: News) -> None:
        """Pass a piece of news on at once."""
        if news.kind == FORECAST:
            self._foretold[news.text] = news.number
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._foretold), encoding="utf-8")
        self._pass_on({WAITING: {news.text: news.number}} if news.kind == WAITING else {})

    def _pass_on(self, more: dict[str, dict[str, int]]) -> None:
        if self._foretold:
            more = {**more, FORECAST: dict(self._foretold)}
        self._watch(self._last._replace(tallies={**self._last.tallies, **more}))
