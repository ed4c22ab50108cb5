"""Measures every row of the table, each beside its peer, and writes what was found as JSON.

python tests/bench --only task1 --repeats 3
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import augmentation
import commands
import insides
import scenes
import torch
import training
from measure import LeftOut, Options, Row
from rich.console import Console
from rich.table import Table

from landcover.device import BF16_FLAGS, device, device_name, processor_flags
from landcover.provenance import provenance

ROWS: dict[str, Callable[[Options], list[Row | LeftOut]]] = {
    "task1": training.task1,
    "exp3": training.exp3,
    "augmentation": augmentation.augmentation,
    "vgg16": training.vgg16,
    "topk": insides.topk,
    "commands": commands.commands,
    "growth": training.growth,
    "explore": commands.explore,
    "tsne": insides.tsne,
    "map": scenes.scenes,
}
PEERS = ("torchvision", "scikit-learn", "openTSNE", "kornia", "rasterio")
FLAGS = {"avx2", "avx512f", "amx_tile", "asimd", *BF16_FLAGS}  # that decide the speed
RESULT = Path(__file__).parent / "result.json"


def main() -> None:
    arguments = _arguments()
    options = Options(arguments.repeats, device(arguments.device), arguments.quick)
    started, found = time.perf_counter(), []
    for name in arguments.only or ROWS:
        print(f"{name} ...", flush=True)
        found += ROWS[name](options)
    machine = _machine(options)
    _show(found, machine)
    result = machine | {
        "seconds": round(time.perf_counter() - started),
        "rows": [_as_dict(one) for one in found if isinstance(one, Row)],
        "left_out": [asdict(one) for one in found if isinstance(one, LeftOut)],
    }
    arguments.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    print(f"{arguments.out}, in {result['seconds']} s")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Speed, beside its peers.")
    parser.add_argument("--only", action="append", choices=ROWS, help="a group of rows; repeatable")
    parser.add_argument("--repeats", type=int, default=3, help="rounds of each row [3]")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, ... [cpu]")
    parser.add_argument("--quick", action="store_true", help="tiny cases: does it run?")
    parser.add_argument("--out", type=Path, default=RESULT, help=f"[{RESULT.name}, beside this]")
    return parser.parse_args()


def _machine(options: Options) -> dict[str, Any]:
    return {
        "device": device_name(options.device),
        "flags": sorted(FLAGS & processor_flags()),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "system": platform.platform(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "repeats": options.repeats,
        "quick": options.quick,
        "peers": {name: found for name in PEERS if (found := _version(name))},
        "provenance": provenance("train"),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _as_dict(row: Row) -> dict[str, Any]:
    spread = [min(row.values), max(row.values)]
    return asdict(row) | {"median": row.median, "spread": spread, "met": row.met}


def _show(found: list[Row | LeftOut], machine: dict[str, Any]) -> None:
    title = f"{machine['device']}, {machine['threads']} threads, {machine['repeats']} repeats"
    columns = ("what", "against", "ours", "peer", "median", "spread", "goal", "")
    grid = Table(*columns, title=title, title_justify="left")
    for one in found:
        if isinstance(one, LeftOut):
            grid.add_row(one.what, f"left out: {one.why}")
            continue
        goal = f"{'≤' if one.at_most else '≥'} {one.goal:g}" if one.goal is not None else ""
        grid.add_row(
            one.what, one.against, _middle(one.ours, one.measured), _middle(one.peer, one.measured),
            f"{one.median:.3g} {one.unit}", f"{min(one.values):.3g} to {max(one.values):.3g}",
            goal, {True: "yes", False: "no", None: ""}[one.met],
        )  # fmt: skip
    Console(width=170).print(grid)


def _middle(values: tuple[float, ...], unit: str) -> str:
    return f"{statistics.median(values):,.4g} {unit}" if values else ""


if __name__ == "__main__":
    main()
