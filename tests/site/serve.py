"""Serves the campaign of a folder in a process of its own, so that it can be killed.

Arguments: folder, port.
"""

import sys
from pathlib import Path

import uvicorn

from affekt.site.app import create
from tests.site.scene import made


def main(folder: Path, port: int) -> None:
    scene = made(folder, port=port)
    uvicorn.run(create(scene), host="127.0.0.1", port=port, log_level="error", lifespan="off")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
