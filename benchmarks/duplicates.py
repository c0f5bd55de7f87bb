"""How well repeats and updates are told on pairs judged by reading: `python -m benchmarks.duplicates [FILE]`.

FILE: JSON lines with `pair_id, label, kind, a, b` (default: the recorded pairs, HORIZONSCAN_TEST_DATA). Each
pair alone goes through what `horizonscan cluster` does. The rules were chosen on the first half (by a hash of
the pair's id) only. The floor: word triples of the texts in common, 0.6 of the shorter's, nothing else.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

Pair = dict[str, Any]
LABELS = ("duplicate", "update", "different")


def read(path: Path) -> list[Pair]:
    """The pairs of a file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def chosen_on(pair: Pair) -> bool:
    """Whether the rules were chosen with this pair in sight: half of them."""
    return blake2b(pair["pair_id"].encode(), digest_size=8).digest()[0] % 2 == 0


def told(pair: Pair) -> str:
    """What `cluster` says of the two, the pair's sides being all there is."""
    from horizonscan.commands.cluster import answers

    names = ("id", "title", "text", "source", "published")
    lines = [
        json.dumps({name: side[name] for name in names} | {"url": side["link"]}).encode()
        for side in (pair["a"], pair["b"])
    ]
    found = [answer for _, answer in answers(iter(lines))]
    if any(answer["duplicate_of"] is not None for answer in found):
        return "duplicate"
    return "update" if any(answer["update_of"] is not None for answer in found) else "different"


def floor(pair: Pair) -> str:
    """The same by shared word triples alone: it knows no updates."""
    runs = []
    for side in (pair["a"], pair["b"]):
        words = (side["text"] or side["title"]).lower().split()
        runs.append(set(zip(words, words[1:], words[2:], strict=False)))
    least = min(map(len, runs))
    return "duplicate" if least and len(runs[0] & runs[1]) >= 0.6 * least else "different"


def figures(pairs: Iterable[Pair], judge: Any = told) -> dict[str, float]:
    """Precision, recall and F1 of `duplicate` against `different` and all; updates told; related or not.

    `duplicates` leave the pairs labelled update out: there a repeat is told from what is different. `exact`
    counts an update taken for a repeat as wrong.
    """
    found = Counter((pair["label"], judge(pair)) for pair in pairs)
    right = found["duplicate", "duplicate"]
    claimed = right + found["different", "duplicate"]
    exact = claimed + found["update", "duplicate"]
    real = sum(found["duplicate", told] for told in LABELS)
    related = sum(n for (label, told), n in found.items() if "different" not in (label, told))
    joined = sum(n for (_, told), n in found.items() if told != "different")
    kin = sum(n for (label, _), n in found.items() if label != "different")
    precision, recall = right / max(1, claimed), right / max(1, real)
    return {
        "precision": precision,
        "exact precision": right / max(1, exact),
        "recall": recall,
        "F1": 2 * precision * recall / max(1e-9, precision + recall),
        "updates told": found["update", "update"] / max(1, kin - real),
        "related precision": related / max(1, joined),
        "related recall": related / max(1, kin),
    }


def _table(pairs: list[Pair], judge: Any, name: str) -> None:
    for half, chosen in (("chosen on", True), ("other half", False), ("all", None)):
        part = [pair for pair in pairs if chosen is None or chosen_on(pair) is chosen]
        values = "".join(f"{value:>19.3f}" for value in figures(part, judge).values())
        print(f"{name:<8}{half:<12}{len(part):>6}{values}")


def main() -> int:
    recorded = Path(os.environ.get("HORIZONSCAN_TEST_DATA", "")) / "stories" / "duplicates.jsonl"
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else recorded
    if not path.is_file():
        print(f"no pairs in {path}: name a file, or set HORIZONSCAN_TEST_DATA", file=sys.stderr)
        return 1
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    pairs = read(path)
    print(f"{'':<20}{'pairs':>6}" + "".join(f"{name:>19}" for name in figures([])))
    _table(pairs, floor, "floor")
    _table(pairs, told, "cluster")
    print("\nright of all, by kind (chosen on / other half):")
    kinds: Counter[tuple[str, str, bool, bool]] = Counter()
    for pair in pairs:
        kinds[pair["label"], pair["kind"], chosen_on(pair), told(pair) == pair["label"]] += 1
    for label, kind in sorted({key[:2] for key in kinds}):
        parts = [(kinds[label, kind, half, True], kinds[label, kind, half, False]) for half in (True, False)]
        print(f"{label:<11}{kind:<36}" + "  ".join(f"{ok:>3} of {ok + no:<3}" for ok, no in parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
