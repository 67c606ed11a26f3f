"""Says what each exhibit of a report weighs, and fails where the whole page is too heavy.

usage: python tools/page_weight.py REPORT.HTML
The bytes of pictures do not count: a page may have 300 kB without them.
"""

import re
import sys
from pathlib import Path

MOST = 300_000  # bytes
PICTURES = re.compile(r"data:image/[a-z+]+;base64,[\w+/=]*")
EXHIBIT = re.compile(r'<section id="exhibit-(.*?)".*?</section>', re.DOTALL)


def weights(page: str) -> dict[str, int]:
    """Give the bytes of the whole `page`, and of each exhibit, the heavy ones first."""
    bare = PICTURES.sub("", page)
    each = {found[1]: len(found[0].encode()) for found in EXHIBIT.finditer(bare)}
    heavy_first = sorted(each.items(), key=lambda one: -one[1])
    return {"page": len(bare.encode()), **dict(heavy_first)}


def main() -> int:
    """Print the weights; 1 where the page is too heavy."""
    found = weights(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for name, weight in found.items():
        sys.stdout.write(f"{weight:9,}  {name}\n")
    return int(found["page"] >= MOST)


if __name__ == "__main__":
    sys.exit(main())
