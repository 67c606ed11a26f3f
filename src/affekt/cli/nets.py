"""`nets`: what a plan has trained, and one of them as a folder for use elsewhere."""

from pathlib import Path
from typing import Any

from affekt.cli import voice
from affekt.cli.lines import NET, looked_at, net_row
from affekt.errors import UsageError
from affekt.predicting import taking
from affekt.project import Project
from affekt.store import Failure, Product


def nets(
    *, plan: str, take: str | None, out: str | None, as_json: bool, trust: bool, **_: Any
) -> None:
    """List the nets, or copy one out."""
    if (take is None) != (out is None):
        raise UsageError("--take names a net and --out a new folder; give both or none")
    with looked_at(plan, trust=trust) as project:
        made = project.nets()
        if take is not None and out is not None:
            _take(project, made, take, Path(out))
        told = [_told(project, name, one) for name, one in made.items()]
    if as_json:
        voice.document({"nets": told, "taken": out})
    elif out is not None:
        voice.line(f"{out}: the net {take!r}; next: affekt predict {out} PICTURES")
    elif not made:
        voice.line("this plan trains no net; name one under [[bench.nets]]")
    else:
        voice.table([net_row(name, one) for name, one in made.items()], NET)
        for one in told:
            if one["folder"]:
                voice.line(f"{one['net']}: {one['folder']}")


def _take(project: Project, made: dict[str, Product | Failure], name: str, folder: Path) -> None:
    net = made.get(name)
    if net is None:
        known = f"it trains {', '.join(map(repr, made))}" if made else "it trains none"
        raise UsageError(f"{project.plan.path}: has no net {name!r}; {known}")
    if isinstance(net, Failure):
        raise UsageError(f"{project.plan.path}: the net {name!r}: {net.reason}")
    taking.take(net, folder, taking.fitted_temperature(project.store, net))


def _told(project: Project, name: str, made: Product | Failure) -> dict[str, Any]:
    if isinstance(made, Failure):
        state = "open" if made.kind == "open" else "failed"
        return {
            "net": name, "state": state, "folder": None, "metrics": None, "temperature": None,
            "reason": made.reason,
        }  # fmt: skip
    notes = made.manifest["notes"]
    return {
        "net": name,
        "state": "done",
        "folder": str(made.folder / "files"),
        "metrics": notes["history"][notes["chosen_epoch"]],
        "temperature": taking.fitted_temperature(project.store, made),
        "reason": None,
    }
