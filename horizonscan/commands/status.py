"""What runs, what waits, what is in quarantine, how each source is, and which gave nothing and why."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

_WELL = ("ok", "new", "quiet")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from crawlers import coverage
    from horizonscan import daily, state, store

    store.ready()
    now = timezone.now()
    # The canary has a line of its own: it is no source of news.
    lines = [each for each in state.sources() if each.kind != "canary"]
    found: dict[str, Any] = {
        "processes": _processes(),
        "counts": state.counts(),
        "waiting": state.waiting(),
        "quarantined": state.quarantined(),
        "index": _index(),
        "sources": state.rows(lines),
        "silent": state.silent(lines),
        "coverage": coverage.overview(now).json(),
        "daily": daily.summary(now),
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
    from horizonscan import daily

    processes, counts, waiting = found["processes"], found["counts"], found["waiting"]
    if processes["up"]:
        names = ", ".join(f"{name} {each['pid']}" for name, each in processes["children"].items())
        print(f"up         pid {processes['pid']}: {names}")
    else:
        print("up         not running here")
    print("store      " + ", ".join(f"{number} {name}" for name, number in counts.items()))
    since = f" (oldest since {waiting['oldest']})" if waiting["oldest"] else ""
    numbers = f"{waiting['fetches']} fetches, {waiting['relate']} to relate, {waiting['match']} to match"
    numbers += f", {waiting['index']} to index"
    if waiting["judge"]:
        numbers += f", {waiting['judge']} to judge again"
    print(f"waiting    {numbers}{since}")
    quarantined = found["quarantined"]
    print(f"quarantine {quarantined['fetches']} fetches, {quarantined['signals']} signals")
    index = found["index"]
    documents = "no" if index["documents"] is None else index["documents"]
    behind = found["daily"]["indexing"]
    late = f", {behind['waiting']} wait for up to {behind['seconds']:.0f} s" if behind["waiting"] else ""
    print(f"index      {documents} documents ({index['engine']}){late}{_trouble(index)}")
    for line in daily.lines(found["daily"]):
        print(line)
    kinds = Counter(each["health"] for each in found["sources"] if each["enabled"])
    print(
        "sources    " + (", ".join(f"{number} {health}" for health, number in kinds.most_common()) or "none")
    )
    for line in _covered(found["coverage"]):
        print(line)
    ill = [each for each in found["sources"] if each["enabled"] and each["health"] not in _WELL]
    for (health, evidence), slugs in _grouped((e["health"], e["evidence"], e) for e in ill):
        print(f"  {health:<9} {_told(slugs, evidence)}")
    if found["silent"]:
        print(f"silent     {len(found['silent'])} sources gave nothing yet")
        named = {each["slug"] for each in ill}
        rest = [each for each in found["silent"] if each["slug"] not in named]
        for (why, _), slugs in _grouped((e["why"], "", e) for e in rest):
            print(f"  {_told(slugs, why)}")
        if len(rest) < len(found["silent"]):
            print(f"  {len(found['silent']) - len(rest)} of them are named above, each with its reason")


def _covered(groups: list[dict[str, Any]]) -> list[str]:
    """Domains and parts of the Kingdom with a gap, one line each kind; nothing where nobody is listed yet."""
    if not any(group["total"] for group in groups):
        return []
    told = []
    for kind, words in (("domain", "domains"), ("part", "Kingdom")):
        held = [group for group in groups if group["kind"] == kind]
        gaps = [f"{g['id']} {len(g['down'])} of {g['total']} down" for g in held if g["down"]]
        none = [g["id"] for g in held if not g["total"]]
        if none:
            gaps.append(f"no source for {', '.join(none)}")
        told.append(f"coverage   {words}: {', '.join(gaps) or 'nothing down'}")
    return told


def _grouped(lines: Iterable[tuple[str, str, dict[str, Any]]]) -> list[tuple[tuple[str, str], list[str]]]:
    """What many sources share is said once: ((first, second), the sources), what most share first."""
    found: dict[tuple[str, str], list[str]] = {}
    for first, second, each in lines:
        since = f" since {each['since'][:16].replace('T', ' ')}" if "since" in each else ""
        found.setdefault((first, second), []).append(f"{each['slug']}{since}")
    return sorted(found.items(), key=lambda group: -len(group[1]))


def _told(sources: list[str], why: str) -> str:
    """One source with its reason, or the reason and everyone it holds for."""
    if len(sources) == 1:
        return f"{sources[0]}: {why}"
    return f"{len(sources)} sources: {why}: {', '.join(each.partition(' ')[0] for each in sources)}"


def _trouble(index: dict[str, Any]) -> str:
    return f": {index['trouble']}" if index["trouble"] else ""
