"""The body of an answer, measured while it comes."""

import zlib

from aiohttp import ClientResponse

from affekt.errors import PictureError
from affekt.fetch.watch import Flight
from affekt.foreign import clean

PACKED = {"gzip", "x-gzip", "deflate"}
GZIP = b"\x1f\x8b"
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


async def read(response: ClientResponse, most: int, flight: Flight) -> bytes:
    """Give the whole body, unpacked.

    Raises:
        PictureError: ``too-many-bytes`` or ``cut-off``.
    """
    announced = response.content_length
    if announced is not None and announced > most:
        raise PictureError("too-many-bytes", f"{announced:,} bytes announced, {most:,} allowed")
    packed = _packing(response)
    parts: list[bytes] = []
    while chunk := await response.content.readany():
        flight.received += len(chunk)
        if flight.received > most:
            raise PictureError("too-many-bytes", f"more than {most:,} bytes")
        parts.append(chunk)
    data = parts[0] if len(parts) == 1 else b"".join(parts)
    return unpacked(data, most) if packed else data


def _packing(response: ClientResponse) -> bool:
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding and coding != "identity" and coding not in PACKED:
        raise PictureError(
            "http-error", f"packed as {clean(coding, 40)!r}, which was not asked for"
        )
    return coding in PACKED


def unpacked(data: bytes, most: int) -> bytes:
    """Give what gzip or deflate packed, and stop at the limit whatever is packed.

    Raises:
        PictureError: ``too-many-bytes``, ``cut-off``, or ``http-error`` when nothing is packed.
    """
    found, size = [], 0
    while data:
        unpacker = zlib.decompressobj(wbits=_window(data))
        try:
            part = unpacker.decompress(data, most - size + 1)
        except zlib.error as trouble:
            raise PictureError("http-error", f"announced as packed, but {trouble}") from None
        size += len(part)
        if size > most:
            raise PictureError("too-many-bytes", f"unpacks to more than {most:,} bytes")
        if not unpacker.eof:
            raise PictureError("cut-off", "the packed body has no end")
        found.append(part)
        data = unpacker.unused_data if unpacker.unused_data.startswith(GZIP) else b""
    return b"".join(found)


def _window(data: bytes) -> int:
    """Give how to read packed bytes; some servers send deflate without its header."""
    is_zlib = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    return GZIP_OR_ZLIB if is_zlib or GZIP.startswith(data[:2]) else -zlib.MAX_WBITS
