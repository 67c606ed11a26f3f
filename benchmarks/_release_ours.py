"""A release as affekt makes it: ``write ROOT OUT`` the writing alone, ``stage ROOT OUT`` all."""

import sys
from pathlib import Path

from affekt.datasets.release.write import write
from benchmarks import _release_made as made


def main() -> None:
    """Write one release; the whole stage leaves it in ``OUT/release``."""
    what, root, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if what == "write":
        folder = out / "release"
        folder.mkdir(parents=True)
        write(folder, made.contents(root))
    else:
        made.released(root, out)


if __name__ == "__main__":
    main()
