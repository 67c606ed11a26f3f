"""The picture server of `benchmarks.fetch`, a process of its own; its work is nobody's.

Prints one line of JSON: the addresses of its plain ports, and those of its TLS ports. Each port is
a host of its own to a client. Pictures under ``/ok/`` are photographs of 500 px.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image

from affekt.sources.generated.photographs import photograph, present
from tests import nasty
from tests.servers import _certificates
from tests.servers._wire import Request, whole
from tests.servers.faults import Host
from tests.servers.pictures import noted

CUTS = ((0, 0), (0.2, 0), (0, 0.2), (0.2, 0.2), (0.1, 0.1))  # where a copy of each begins, shares


def photographs(side_px: int) -> list[bytes]:
    """Give JPEG files cut from the photographs inside scikit-image, the longer side as told."""
    files = []
    for name in present():
        with Image.open(BytesIO(photograph(name))) as original:
            whole_one = original.convert("RGB")
        for left, top in CUTS:
            width, height = (round(0.8 * side) for side in whole_one.size)
            x, y = round(left * whole_one.width), round(top * whole_one.height)
            cut = whole_one.crop((x, y, x + width, y + height))
            share = side_px / max(cut.size)
            size = (round(cut.width * share), round(cut.height * share))
            files.append(nasty.jpeg(cut.resize(size, Image.Resampling.LANCZOS), quality=90))
    return files


class Pictures:
    """Answers with photographs under ``/ok/``, each link another file."""

    def __init__(self, side_px: int) -> None:
        self._files = photographs(side_px)

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        number = zlib.crc32(request.target.encode())
        data = noted(self._files[number % len(self._files)], request.target)
        writer.write(whole(data, "Content-Type: image/jpeg"))


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", type=int, default=32)
    parser.add_argument("--side", type=int, default=500)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tls = _certificates.made(Path(folder))
        host = Host(tls, late_seconds=60, plain=given.hosts, pictures=Pictures(given.side))
        with host.server:
            plain = [f"http://127.0.0.1:{port}" for port in host.server.ports[: given.hosts]]
            secure = [host.secure(number) for number in range(3)]
            cases = [tuple(case) for case in host.cases()]
            print(json.dumps({"plain": plain, "secure": secure, "cases": cases}), flush=True)
            sys.stdin.read()  # until the benchmark is over


if __name__ == "__main__":
    main()
