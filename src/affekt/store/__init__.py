"""The only room that writes products: addresses, manifests, atomic rename.

A product exists when its ``manifest.json`` does. It is made in a hidden folder named by the recipe,
which also holds the stage's scratch and survives a kill, and is renamed when it is whole. Nothing
is ever overwritten.
"""

import hashlib
import logging
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from affekt import durable
from affekt.errors import AffektError, MachineError, NewerFormat, NotYet, Refused, ReleaseExists
from affekt.files import Files
from affekt.parts import canonical
from affekt.pictures.shelf import Shelf
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.store import disk, live, lock, product, rows
from affekt.store.product import FORMAT, Failure, Product

LIBRARIES = (
    "affekt",
    "numpy",
    "polars",
    "daft",
    "pyarrow",
    "pillow",
    "scikit-learn",
    "onnxruntime",
    "torch",
    "timm",
    "transformers",
    "openTSNE",
    "pacmap",
)
log = logging.getLogger(__name__)


class Store:
    """The products of one project folder.

    Args:
        root: The project folder; made at the first write.
        url: ``s3://bucket/prefix`` where its finished files lie, the folder being a working copy;
            None where the folder is all there is.
        watch: Told how far a long stage has come.
        again: Stages that are made anew, once, where the product that stands has dropped rows for
            one of these reasons, by kind.
    """

    def __init__(
        self,
        root: Path,
        *,
        url: str | None = None,
        watch: Callable[[Progress], None] = lambda _: None,
        again: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.root = root
        self.watch = watch
        self.again = dict(again or {})
        self.files = Files(root, url)
        self.shelf = Shelf(root / "pictures", self.files)
        self.computed: list[Product] = []  # what this store made anew, in order

    @property
    def releases(self) -> Path:
        """Folder of what others get."""
        return self.root / "releases"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the project for writing.

        Raises:
            DiskTrouble: The folder cannot be written.
            Locked: Another process holds it.
            NewerFormat: A newer affekt made it.
        """
        disk.check_writable(self.root)
        with lock.hold(self.root), lock.lease(self.files):
            self.check_format()
            if not self._note.exists():
                disk.write_json(self._note, {"format": FORMAT})
                self.files.publish(self._note)
            yield

    def check_format(self) -> None:
        """Look who made the project, and what was made elsewhere; changes nothing of it.

        Raises:
            NewerFormat: A newer affekt did.
        """
        made_with = product.read_note(self.files.ensure(self._note)).get("format", FORMAT)
        if not isinstance(made_with, int) or made_with > FORMAT:
            raise NewerFormat(
                f"{self.root}: made in project format {made_with!r}, this affekt "
                f"{version('affekt')} reads up to {FORMAT}; update affekt. Nothing was touched"
            )
        for path in self._manifests() if self.files.url else ():
            self.files.ensure(path)

    @property
    def _note(self) -> Path:
        return self.root / "project.json"

    def make(self, stage: Stage, *inputs: Product) -> Product:
        """Give the product of a stage on these inputs: the one that lies there, else a new one.

        Raises:
            NotYet: The world or the crowd has not finished.
            AffektError: The stage cannot be done; the sentence says why.
        """
        recipe = recipe_of(stage, *inputs)
        found = self.find(stage, recipe)
        if found and not found.manifest["reasons"].keys() & self.again.get(stage.kind(), ()):
            return found
        again = self.again.pop(stage.kind(), None)
        hidden = self._hidden(stage, recipe)
        with disk.disk_trouble(self.root):
            made = self._make(stage, inputs, recipe, hidden, again)
        log.info("made %s", made.folder.name)
        self.computed.append(made)
        return made

    def attempt(self, stage: Stage, *inputs: Product | Failure) -> Product | Failure:
        """Give the product, or why there is none; one failed cell never stops the others."""
        lost = next((one for one in inputs if isinstance(one, Failure)), None)
        if lost:
            return Failure(stage.kind(), lost.reason, lost.kind)
        try:
            return self.make(stage, *(one for one in inputs if isinstance(one, Product)))
        except (NotYet, Refused, MachineError):
            raise
        except AffektError as trouble:
            log.warning("%s", trouble)
            return Failure(stage.kind(), str(trouble), type(trouble).__name__)
        except Exception as trouble:
            log.exception("%s failed", stage.kind())
            return Failure(
                stage.kind(), f"{type(trouble).__name__}: {trouble}", type(trouble).__name__
            )

    def find(self, stage: Stage, recipe: Mapping[str, Any]) -> Product | None:
        """Give the product of a recipe if it stands and what it published is still there."""
        digest = digest_of(recipe)
        pattern = f"{stage.kind()}-*" if stage.asks_the_world else f"{stage.kind()}-{digest[:16]}"
        standing = []
        for manifest in sorted((self.root / "products").glob(f"{pattern}/manifest.json")):
            one = product.read(manifest.parent, self.files)
            if one.manifest["recipe_sha256"] == digest and self._is_published(one):
                standing.append(one)
        return max(standing, key=lambda one: str(one.manifest["made_at"]), default=None)

    def _is_published(self, one: Product) -> bool:
        """Tell whether what a product published is there, after bringing it back if need be."""
        place = self.root / one.manifest["published"]
        if one.manifest["published"] and self.files.url and not place.is_dir():
            for path in self.files.listed(place, "*"):
                self.files.ensure(path)
        return not one.manifest["published"] or place.is_dir()

    def _manifests(self) -> list[Path]:
        found = self.files.listed(self.root / "products", "products/*/manifest.json")
        return [path for path in found if not path.parent.name.startswith(".")]

    def state(self, stage: Stage, recipe: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give what is known of an open step: nothing, ``waiting``, ``failed`` or ``begun``."""
        hidden = self._hidden(stage, recipe)
        note = product.read_note(hidden / "state.json")
        if note or not hidden.is_dir():
            return note
        seen = product.read_note(hidden / live.NAME)
        text = live.sentence(seen) if seen else ""
        return {"state": "begun", "text": text, "tallies": seen.get("tallies", {})}

    def _make(
        self,
        stage: Stage,
        inputs: tuple[Product, ...],
        recipe: Mapping[str, Any],
        hidden: Path,
        again: frozenset[str] | None,
    ) -> Product:
        scratch = hidden / "scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        history = tuple(one.manifest for one in self._ancestors(inputs))
        watch = live.telling(hidden, self.watch)
        began = time.monotonic()
        try:
            tables = [rows.open_table(one, stage) for one in inputs]
            shelf = self.shelf
            if stage.is_confined:
                shelf = shelf.limited(rows.in_polars(tables[0])["image_id"])
            journal = self.root / "journal"
            desk = Desk(shelf, journal, scratch, history, watch, again, self.releases)
            outcome = stage.run(desk, *tables)
        except NotYet as wait:
            disk.write_json(hidden / "state.json", {"state": "waiting", "text": str(wait)})
            raise
        except Exception as trouble:
            disk.write_json(hidden / "state.json", {"state": "failed", "text": str(trouble)})
            raise
        return self._keep(stage, inputs, recipe, hidden, outcome, time.monotonic() - began)

    def _keep(
        self,
        stage: Stage,
        inputs: tuple[Product, ...],
        recipe: Mapping[str, Any],
        hidden: Path,
        outcome: Outcome,
        seconds: float,
    ) -> Product:
        spill = hidden / "scratch" / "sorting"
        kept = rows.keep_table(stage, outcome.table, hidden / "table.parquet", spill)
        dropped = rows.keep_dropped(stage, outcome.dropped, hidden / "dropped.parquet", spill)
        came_in = inputs[0].manifest["kept"] if inputs else kept.rows + dropped.rows
        if inputs:
            rows.check_conserved(stage, came_in, kept.rows, dropped.rows)
        own = product.keep_files(outcome.keeps, hidden / product.OWN)
        address = digest_of(recipe)
        if kept.rows_sha256:
            address = hashlib.sha256(f"{address}\n{kept.rows_sha256}".encode()).hexdigest()
        manifest = {
            "format": FORMAT,
            "stage": stage.kind(),
            "address": address,
            "recipe": recipe["stage"],
            "recipe_sha256": digest_of(recipe),
            "inputs": list(recipe["inputs"]),
            "came_in": came_in,
            "kept": kept.rows,
            "dropped": dropped.rows,
            "reasons": dict(dropped.reasons),
            "rows_sha256": kept.rows_sha256,
            "table_sha256": kept.sha256,
            "dropped_sha256": dropped.sha256,
            "files": own,
            "published": self._publish(outcome),
            "notes": dict(outcome.notes),
            "seconds": round(seconds, 3),
            "made_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "versions": versions(),
        }
        disk.write_json(hidden / "manifest.json", manifest)
        return self._rename(stage, address, hidden)

    def _rename(self, stage: Stage, address: str, hidden: Path) -> Product:
        for path in self.files.listed(hidden, "*") if self.files.url else ():
            if "scratch" in path.parts:  # what a cluster was shown of it goes with it
                self.files.remove(path)
        shutil.rmtree(hidden / "scratch")
        for note in ("state.json", live.NAME):
            (hidden / note).unlink(missing_ok=True)
        disk.settle(hidden)
        folder = self.root / "products" / f"{stage.kind()}-{address[:16]}"
        aside = folder.with_name(f".{folder.name}.before")
        if aside.exists():
            shutil.rmtree(aside)
        if folder.exists():  # made anew with equal rows; what else it says may be new
            folder.rename(aside)
        hidden.rename(folder)
        durable.settle(folder.parent)
        if aside.exists():
            shutil.rmtree(aside)
        self._publish_tree(folder)
        return product.read(folder, self.files)

    def _publish_tree(self, folder: Path) -> None:
        """Publish what is in a folder; the manifest, which says that all is there, comes last."""
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        for path in sorted(files, key=lambda path: path.name == "manifest.json"):
            self.files.publish(path)

    def _publish(self, outcome: Outcome) -> str:
        if outcome.files is None:
            return ""
        place = self.releases / outcome.publish
        self.releases.mkdir(exist_ok=True)
        if place.exists() and not disk.same_tree(outcome.files, place):
            raise ReleaseExists(
                f"{place}: this version is published with other content and is never changed; "
                "raise `release.version`"
            )
        if not place.exists():
            disk.settle(outcome.files)
            outcome.files.rename(place)
            durable.settle(self.releases)
            self._publish_tree(place)
        return str(place.relative_to(self.root))

    def _ancestors(self, inputs: tuple[Product, ...]) -> list[Product]:
        """All products behind these inputs and the inputs themselves, makers first."""
        known = {one.address: one for one in self.standing()}
        order: dict[str, Product] = {}

        def visit(address: str) -> None:
            if address in known and address not in order:
                for maker in known[address].manifest["inputs"]:
                    visit(maker)
                order[address] = known[address]

        for one in inputs:
            visit(one.address)
        return list(order.values())

    def standing(self) -> list[Product]:
        """Give all products, also those that no plan asks for."""
        return [
            product.read(path.parent, self.files)
            for path in sorted(self.root.glob("products/[!.]*/manifest.json"))
        ]

    def unfinished(self) -> list[Path]:
        """Give the folders in which a product was begun, or half removed."""
        folders = self.root / "products"
        found = {folders / path.relative_to(folders).parts[0] for path in self._lying(folders)}
        return sorted(found - {one.folder for one in self.standing()})

    def discard(self, folder: Path) -> None:
        """Remove a product, or what was begun of one; interrupted, it is unfinished."""
        self.files.remove(folder / "manifest.json")
        for path in self._lying(folder):
            self.files.remove(path)
        if folder.is_dir():
            shutil.rmtree(folder)

    def _lying(self, folder: Path) -> list[Path]:
        return [path for path in self.files.listed(folder, "*") if not path.is_dir()]

    def _hidden(self, stage: Stage, recipe: Mapping[str, Any]) -> Path:
        return self.root / "products" / f".{stage.kind()}-{digest_of(recipe)[:16]}"


def recipe_of(stage: Stage, *inputs: Product) -> dict[str, Any]:
    """Give all that decides what a stage will make of its inputs."""
    return {
        "stage": stage.identity(),
        "witness": stage.witness(),
        "inputs": [one.address for one in inputs],
    }


def digest_of(recipe: Mapping[str, Any]) -> str:
    """SHA-256 of a recipe: the address of a product, and for a door a part of it."""
    return hashlib.sha256(canonical(recipe)).hexdigest()


def versions() -> dict[str, str]:
    """Give the versions of Python and of the libraries that can change a result."""
    known = {"python": ".".join(str(number) for number in sys.version_info[:3])}
    for name in LIBRARIES:
        try:
            known[name] = version(name)
        except PackageNotFoundError:
            continue
    return known


__all__ = ["Failure", "Product", "Store", "digest_of", "recipe_of", "versions"]
