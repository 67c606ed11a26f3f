"""How long tests wait: longer than slow machines take, so that only a hang ends a wait."""

SECONDS = 600
