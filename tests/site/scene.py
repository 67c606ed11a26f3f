"""A campaign with real pictures behind a real server, for the tests of the site."""

import hashlib
import io
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import httpx
import polars as pl
import uvicorn
from argon2 import PasswordHasher
from PIL import Image, ImageDraw

from affekt.campaign import consent, workers
from affekt.campaign.live import Live, open_campaign
from affekt.campaign.places import open_waiting
from affekt.campaign.settings import Asking, Care, Test
from affekt.journal.clock import Clock
from affekt.journal.database import Database
from affekt.journal.schema import items
from affekt.pictures.shelf import Shelf
from affekt.site import passwords
from affekt.site.app import create
from affekt.site.exams import prepare
from affekt.site.gallery import SPOTS_OF, Gallery, Pool
from affekt.site.scene import Scene
from affekt.site.seals import Seals
from affekt.taxonomy import MIKELS8
from tests import patience
from tests.campaign.crowd import WAY

# Passwords are hashed as weakly as can be while testing, or every sign-in would take a while.
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords.NOBODY = passwords.hashed("nobody")
EMOTIONS = MIKELS8.names
SECRET = bytes(range(32))
QUICK = Asking(batch=6, gold_rate=0, min_view_ms=50, needs_test=False, care=Care(warn_of=()))


PLAN = """
[collect]
sources = [{ kind = "generated", per_emotion = 8, photographs = false }]
[sample]
per_emotion = 2
[verify]
crowd = { kind = "local", contact = "ann@example.org", asking = { batch = 6, min_view_ms = 50 } }
[decide]
rule = { kind = "at_least", yes = 3, of = 5 }
[release]
name = "study"
"""


class Site(NamedTuple):
    """A site that answers."""

    address: str
    scene: Scene
    clients: list[httpx.Client]  # closed with it

    @property
    def live(self) -> Live:
        return self.scene.live


@cache
def picture(number: int, side: int = 160) -> bytes:
    """Paint a picture unlike the others."""
    hue = (number * 47) % 255
    image = Image.new("RGB", (side * 4 // 3, side), (hue, 90 + number % 60, 255 - hue))
    draw = ImageDraw.Draw(image)
    draw.ellipse((20 + number % 30, 20, side - 10, side - 20), fill=(255 - hue, hue, 120))
    draw.text((10, 10), f"picture {number}", fill="white")
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=80)
    return kept.getvalue()


def painted(folder: Path, number: int) -> tuple[str, Path]:
    """Give the id and the file of a picture unlike the others."""
    path = folder / f"{number}.jpg"
    path.write_bytes(picture(number))
    return hashlib.sha256(picture(number)).hexdigest(), path


def pool_in(folder: Path, each: int = 4) -> Pool:
    """Paint pictures of a test, each with a known emotion."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [painted(folder, 1000 + number) for number in range(each * len(EMOTIONS))]
    key = {one: EMOTIONS[at % len(EMOTIONS)] for at, (one, _) in enumerate(made)}
    return Pool(dict(made), key)


def ask(live: Live, pictures: list[str]) -> None:
    """Ask one question about each picture, on the emotions in turn."""
    rows = [
        {
            "campaign": live.number, "question_id": f"q{at:03}", "image_id": image,
            "emotion": EMOTIONS[at % len(EMOTIONS)], "role": "task", "apart": image,
            "votes": 0, "yes": 0, "no": 0, "log_odds": 0.0, "skips": 0, "state": "waiting",
        }
        for at, image in enumerate(pictures)
    ]  # fmt: skip
    live.database.write(lambda to: to.execute(items.insert(), rows) and None)
    open_waiting(live)


@cache
def empty_database() -> bytes:
    """Give a database without rows; to make its tables takes a while."""
    with tempfile.TemporaryDirectory() as beside:
        path = Path(beside) / "votes.db"
        Database(path).close()
        return path.read_bytes()


def made(
    folder: Path,
    asking: Asking = QUICK,
    n_pictures: int = 12,
    port: int = 0,
    notes: Mapping[int, tuple[str, ...]] | None = None,
) -> Scene:
    """Give a scene whose campaign lies in a folder; the same folder gives the same one.

    ``notes`` are the content notes of pictures, by the number they are painted with.
    """
    folder.mkdir(exist_ok=True)
    if not (folder / "votes.db").exists():
        (folder / "votes.db").write_bytes(empty_database())
    live = open_campaign(folder / "votes.db", WAY._replace(asking=asking), clock=Clock())
    (folder / "pictures").mkdir(exist_ok=True)
    pictures = dict(painted(folder / "pictures", number) for number in range(n_pictures))
    pool = pool_in(folder / "pool")
    with live.database.read() as connection:
        is_new = connection.execute(items.select()).first() is None
    if is_new:
        ask(live, list(pictures))
    spots = pl.DataFrame(schema=SPOTS_OF)
    prepare(live, pool)
    noted = {
        hashlib.sha256(picture(number)).hexdigest(): told for number, told in (notes or {}).items()
    }
    live = replace(live, noted=frozenset(noted))
    gallery = Gallery(Shelf(folder / "shelf"), spots, {**pictures, **pool.paths}, noted)
    (folder / "plan.toml").write_text(PLAN)
    address = f"http://127.0.0.1:{port}"
    return Scene(live, "A study", gallery, pool, Seals(SECRET), address, folder / "plan.toml")


def free_port() -> int:
    """Give a port on which nothing listens."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(scene: Scene, port: socket.socket) -> Iterator[Site]:
    """Answer for a scene in a thread of this process, at a port that is held already."""
    config = uvicorn.Config(
        create(scene), log_level="error", access_log=False,
        lifespan="off", server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([port],), daemon=True)
    thread.start()
    end = time.monotonic() + patience.SECONDS
    while not server.started and time.monotonic() < end:
        time.sleep(0.01)
    try:
        yield (one := Site(scene.address, scene, []))
    finally:
        for client in one.clients:
            client.close()
        server.should_exit = True
        thread.join(patience.SECONDS)
        scene.gallery.close()
        scene.live.database.close()


@contextmanager
def site(
    folder: Path,
    asking: Asking = QUICK,
    n_pictures: int = 12,
    notes: Mapping[int, tuple[str, ...]] | None = None,
) -> Iterator[Site]:
    """Answer for a new campaign."""
    with closing(socket.socket()) as port:
        port.bind(("127.0.0.1", 0))
        number = port.getsockname()[1]
        with served(made(folder, asking, n_pictures, number, notes), port) as one:
            yield one


def link_of(live: Live, *, is_ready: bool = True) -> str:
    """Invite somebody and give the secret of the link; ready is who agreed and chose already."""
    [one] = workers.invite(live, 1)
    if is_ready:
        worker = workers.by_secret(live, one.secret).id
        text = consent.text_of(live)
        consent.agree(live, worker, text.version, text.sha256)
        workers.set_preference(live, worker, "opted_in", live.emotions)
    return one.secret


TESTED = Asking(batch=6, gold_rate=0, min_view_ms=50, test=Test(n_questions=8, pass_at=4))
