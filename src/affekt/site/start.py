"""From a plan to a site that answers: what is served, to whom, and what has to be so before."""

import ipaddress
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import polars as pl
import uvicorn

from affekt.campaign import staff
from affekt.campaign.changes import note_settings
from affekt.campaign.exam import sweep_tests
from affekt.campaign.keys import project_key
from affekt.campaign.live import Live
from affekt.campaign.places import look_again, open_waiting
from affekt.campaign.retention import erase_due
from affekt.campaign.sweep import sweep
from affekt.campaigns.export import export
from affekt.campaigns.opening import live_of
from affekt.crowd.local import Local
from affekt.errors import AffektError, Refused, UsageError
from affekt.plan import Plan
from affekt.project import Project
from affekt.site.app import create
from affekt.site.exams import prepare
from affekt.site.gallery import Gallery, notes_of, pool_of
from affekt.site.scene import Scene
from affekt.site.seals import Seals

LOG = logging.getLogger(__name__)
SWEEP_SECONDS = 60
LEAST_DIFFERENT = 8  # bytes of a secret that somebody did not make by hand
SHUTDOWN_SECONDS = 5


@dataclass(frozen=True)
class Door:
    """Where the site listens, and under which address people know it."""

    host: str
    port: int
    address: str  # without a slash at its end

    @property
    def is_public(self) -> bool:
        """Whether other machines can come in, through a proxy or without one."""
        return not _is_loopback(self.host) or not self.address.startswith("http://")


def door(host: str, port: int, public_url: str | None) -> Door:
    """Give where the site listens.

    Raises:
        UsageError: The address of people is none.
        Refused: Others would reach the site without https.
    """
    local = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    address = (public_url or local).rstrip("/")
    if not address.startswith(("http://", "https://")) or address.count("/") > 2:
        raise UsageError(
            f"--public-url is {public_url!r}; write the address that people open, without a path, "
            "such as https://study.example.org"
        )
    if address.startswith("http://") and not (_is_loopback(host) and not public_url):
        raise Refused(
            f"{address}: links, passwords and answers would travel for all to read; put a proxy "
            "with https before the site and name it with --public-url https://…"
        )
    return Door(host, port, address)


@contextmanager
def opened(project: Project, at: Door) -> Iterator[Scene]:
    """Open the campaign of a plan for a site; all is let go of at the end.

    Raises:
        UsageError: The plan asks another crowd, or nothing has been asked yet.
        Refused: Others can come in, and no owner has set a password.
    """
    plan = project.plan
    crowd = crowd_of(plan)
    spots = _asked_pictures(project)
    secret = project_key(plan.project / "journal")
    notes = notes_of(spots, plan.warning_words)
    live = replace(live_of(plan), noted=frozenset(notes))
    pool = pool_of(crowd.pool.path if crowd.pool else None, live.emotions)
    gallery = Gallery(project.store.shelf, spots, pool.paths, notes)
    try:
        check_safe(live, at, secret)
        look_again(live)  # the settings of the plan may be others than when it was last served
        open_waiting(live)
        prepare(live, pool)
        note_settings(live, "affekt")
        yield Scene(
            live, plan.title, gallery, pool, Seals(secret), at.address, plan.path,
            crowd.contact,
            publish=lambda folder: export(plan, live, folder),
        )  # fmt: skip
    finally:
        gallery.close()
        live.database.close()


def crowd_of(plan: Plan) -> Local:
    """Give the crowd of a plan that is served by a site.

    Raises:
        UsageError: It is another kind of crowd.
    """
    crowd = plan.build.verify.crowd if plan.build else None
    if not isinstance(crowd, Local):
        kind = crowd.kind() if crowd else "missing"
        raise UsageError(
            f"{plan.path}: the crowd is {kind!r}, and a site is for `verify.crowd = {{ kind = "
            '"local" }`; write that, or ask the other crowd with `affekt build`'
        )
    return crowd


def check_safe(live: Live, at: Door, secret: bytes) -> None:
    """Refuse to open a site to others that anybody could enter (B58).

    Raises:
        Refused: No owner has set a password, or the secret of the project is none.
    """
    if len(set(secret)) < LEAST_DIFFERENT:
        raise Refused("the secret of the project is easily guessed; delete its file, a new is made")
    if at.is_public and not staff.has_owner(live):
        raise Refused(
            f"{at.address}: no owner has set a password, so anybody could become one; start "
            "`affekt serve` once without --host and --public-url and open the link that it prints"
        )


def first_link(scene: Scene) -> str | None:
    """Give the link by which the first owner sets a password, None where there is one."""
    if staff.has_owner(scene.live):
        return None
    secret = staff.invite(scene.live, staff.FIRST, "owner", actor="affekt")
    return f"{scene.address}/desk/first/{secret}"


def serve(scene: Scene, at: Door) -> None:
    """Answer until the process is told to end; every minute what is over is swept and erased."""
    is_behind_proxy = at.is_public and _is_loopback(at.host)
    config = uvicorn.Config(
        create(scene), host=at.host, port=at.port, log_level="warning", access_log=False,
        server_header=False, date_header=False, proxy_headers=is_behind_proxy,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS, lifespan="off",
    )  # fmt: skip
    ended = threading.Event()
    sweeper = threading.Thread(target=_sweep, args=(scene.live, ended), daemon=True)
    sweeper.start()
    try:
        uvicorn.Server(config).run()
    finally:
        ended.set()
        sweeper.join()


def look_after(live: Live) -> None:
    """End what nobody goes on with, open what a build has put since, erase what is over."""
    sweep(live)
    sweep_tests(live)
    open_waiting(live)
    erase_due(live)


def _sweep(live: Live, ended: threading.Event) -> None:
    while not ended.wait(SWEEP_SECONDS):
        try:
            look_after(live)
        except AffektError as trouble:  # a full disk, a database that is locked; the next may do
            LOG.warning("what is over was not swept: %s", trouble)


def _asked_pictures(project: Project) -> pl.DataFrame:
    steps = project.products()
    if "sample" not in steps:
        raise UsageError(
            f"{project.plan.path}: no question has been drawn yet; run `affekt build` first, which "
            "stops with exit code 3 when people are to be asked"
        )
    return steps["dedupe"].table()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
