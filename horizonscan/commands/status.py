"""What runs, what waits, what is in quarantine, how each source is, and which gave nothing and why."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from typing import Any


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    from horizonscan import state, store

    store.ready()
    lines = state.sources()
    found: dict[str, Any] = {
        "processes": _processes(),
        "counts": state.counts(),
        "waiting": state.waiting(),
        "quarantined": state.quarantined(),
        "index": _index(),
        "sources": state.rows(lines),
        "silent": state.silent(lines),
    }
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        _show(found)
    return 0


def _processes() -> dict[str, Any]:
    from horizonscan import installation

    found = installation.running()
    if found is None:
        return {"up": False}
    return {"up": True, "pid": found.get("pid"), "children": found.get("processes", {})}


def _index() -> dict[str, Any]:
    """Documents in the index beside signals in the store: equal once nothing waits."""
    from horizonscan.state import index_state

    return index_state()


def _show(found: dict[str, Any]) -> None:
    processes, counts, waiting = found["processes"], found["counts"], found["waiting"]
    if processes["up"]:
        names = ", ".join(f"{name} {each['pid']}" for name, each in processes["children"].items())
        print(f"up         pid {processes['pid']}: {names}")
    else:
        print("up         not running here")
    print("store      " + ", ".join(f"{number} {name}" for name, number in counts.items()))
    since = f" (oldest since {waiting['oldest']})" if waiting["oldest"] else ""
    numbers = f"{waiting['fetches']} fetches, {waiting['relate']} to relate, {waiting['index']} to index"
    print(f"waiting    {numbers}{since}")
    quarantined = found["quarantined"]
    print(f"quarantine {quarantined['fetches']} fetches, {quarantined['signals']} signals")
    index = found["index"]
    documents = "no" if index["documents"] is None else index["documents"]
    print(f"index      {documents} documents ({index['engine']}){_trouble(index)}")
    kinds = Counter(each["health"] for each in found["sources"] if each["enabled"])
    print(
        "sources    " + (", ".join(f"{number} {health}" for health, number in kinds.most_common()) or "none")
    )
    for each in found["sources"]:
        if each["enabled"] and each["health"] not in ("ok", "new", "quiet"):
            print(f"  {each['health']:<9} {each['slug']}: {each['evidence']} (since {each['since']})")
    if found["silent"]:
        print(f"silent     {len(found['silent'])} sources gave nothing yet:")
        for each in found["silent"]:
            print(f"  {each['slug']}: {each['why']}")


def _trouble(index: dict[str, Any]) -> str:
    return f": {index['trouble']}" if index["trouble"] else ""
