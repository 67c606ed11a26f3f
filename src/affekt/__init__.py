"""Build, verify, publish and benchmark data sets of what pictures make people feel."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from affekt.predicting import TrainedNet

__version__ = "0.1.0"

# Daft and Ray would tell their makers that they are used; Daft does so as soon as it is imported.
os.environ.setdefault("DAFT_ANALYTICS_ENABLED", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
# The table engines keep freed memory for ten seconds, each for itself: a fifth more at the peak.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:300,muzzy_decay_ms:0")


def load(folder: str | os.PathLike[str]) -> "TrainedNet":
    """Give the trained net in a folder; see `affekt.predicting.load`."""
    from affekt.predicting import load as loaded  # `import affekt` stays light

    return loaded(folder)
