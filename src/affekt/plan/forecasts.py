"""What a build line would ask of the world, told before it runs."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from affekt.plan.shapes import Build, Plan
from affekt.sources import Source, labelled
from affekt.store import disk


def forecasts(build: Build, plan: Plan) -> dict[str, str]:
    """Give what each step would ask of the world, in words; no step has a price of its own."""
    asked, spare = build.sample.most(), build.noisy.most()
    words = {one.name: one.words for one in plan.taxonomy.emotions}
    sources = build.collect.sources
    queries = sum(len(source.queries(words)) for source in sources)
    votes = asked * build.verify.until.most()
    return {
        "collect": f"would ask {len(sources)} sources {queries} queries{_paces(sources)}",
        "clean": "would fetch and decode every picture found",
        "sample": f"would draw at most {asked:,} questions",
        "noisy": f"would draw at most {spare:,} pictures that nobody is asked about",
        "verify": f"would ask {build.verify.crowd.kind()!r} for at most {votes:,} votes",
        "release": f"would write a release; {_free_mb(plan.project):,.0f} MB are free",
    }


def _paces(sources: Iterable[Source]) -> str:
    """Give what the sources know of their pace, each behind a semicolon."""
    known = {name: one.foretold() for name, one in labelled(sources).items()}
    return "".join(f"; {name}: {text}" for name, text in known.items() if text)


def _free_mb(folder: Path) -> float:
    return shutil.disk_usage(disk.existing(folder)).free / 1e6
