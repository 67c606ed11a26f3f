"""Runs the line up to the sample on one engine, in a process of its own, and tells what it made.

Arguments: folder, engine, and what is killed in the middle: nothing, ``function`` (a process in
which a function of Daft runs) or ``worker`` (the process of Ray above it).
"""

import json
import os
import signal
import sys
import threading
import time
from hashlib import sha256
from pathlib import Path

from affekt import plan
from affekt.project import Project
from affekt.stages import _look, _shards, clean
from affekt.store import rows

PLAN = """
engine = "{engine}"
project = "{project}"
[collect]
sources = [{{ kind = "generated", per_emotion = 20, photographs = false }}]
[clean]
processes = {processes}
[sample]
per_emotion = 10
[release]
name = "toy"
[verify]
crowd = "simulated"
[decide]
rule = "majority"
"""
PER_SHARD = 40  # pictures and rows, so that few are many chunks, files and row groups


def main(folder: Path, engine: str, victim: str) -> None:
    if engine == "ray":
        start_cluster()
    for module in (clean, _look, _shards):
        vars(module)["PER_SHARD"] = PER_SHARD
    vars(rows)["ROW_GROUP"] = PER_SHARD
    folder.mkdir()
    processes = 2 if victim else 1
    place = os.environ.get("AFFEKT_TEST_PROJECT", "work")
    (folder / "plan.toml").write_text(
        PLAN.format(engine=engine, processes=processes, project=place)
    )
    killed: list[int] = []
    if victim:
        threading.Thread(target=kill, args=(folder, victim, killed), daemon=True).start()
    project = Project(plan.read(folder / "plan.toml"))
    project.build(to="noisy")
    sys.stdout.write(json.dumps({"killed": len(killed), **made(project)}) + "\n")


def start_cluster() -> None:
    """Start two machines of a cluster, each with one processor, which end with this process."""
    from ray.cluster_utils import Cluster

    machine = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=machine)
    cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
    os.environ["RAY_ADDRESS"] = cluster.address


def made(project: Project) -> dict[str, object]:
    """Give every byte that was made, by digest."""
    products = {name: dict(one.manifest) for name, one in project.products().items()}
    names = ("address", "table_sha256", "dropped_sha256", "kept", "dropped", "reasons", "notes")
    files, root = project.store.files, project.store.shelf.root
    shelf = [files.ensure(path) for path in files.listed(root, "*.parquet")]
    return {
        "products": {name: [facts[key] for key in names] for name, facts in products.items()},
        "shelf": {path.name: sha256(path.read_bytes()).hexdigest() for path in shelf},
    }


def kill(folder: Path, victim: str, killed: list[int]) -> None:
    """Kill once, when some chunks are done and others are not."""
    while not killed:
        looked = list(folder.glob("work/products/.clean-*/scratch/looked/*.parquet"))
        functions = [pid for pid in processes() if "daft.execution.udf_worker" in words_of(pid)]
        ours = [pid for pid in functions if os.getpid() in above(pid)]
        if looked and ours:
            pid = ours[0] if victim == "function" else above(ours[0])[0]
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
        time.sleep(0.01)


def processes() -> list[int]:
    return sorted(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def words_of(pid: int) -> list[str]:
    """Give the command line of a process, nothing of one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def above(pid: int) -> list[int]:
    """Give the parents of a process, the nearest first."""
    found = []
    while pid > 1:
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            break
        found.append(pid)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
