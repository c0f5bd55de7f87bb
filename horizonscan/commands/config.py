"""Settings in force, one a line; secrets are hidden."""

from __future__ import annotations

import argparse
import json

from django.conf import settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    from config.options import OPTIONS, shown

    values = {option.name: shown(option, getattr(settings, option.name)) for option in OPTIONS}
    values["HORIZONSCAN_DATA_DIR"] = str(settings.DATA_DIR)
    if args.json:
        print(json.dumps(values, ensure_ascii=False))
        return 0
    for option in OPTIONS:
        print(f"{option.name:<32} {values[option.name] or '-':<40} {option.help}")
    return 0
