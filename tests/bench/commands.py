"""Rows of whole commands, each a process of its own; they have a limit and no peer."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import LeftOut, Options, Row, rounds, seconds
from training import WORKFLOW

from landcover.data import prepared
from landcover.data.catalog import dataset
from landcover.fetch import draw
from landcover.results import layout

EUROSAT = 27_000
LC_CLI = (sys.executable, "-m", "lc_cli")


def commands(options: Options) -> list[Row | LeftOut]:
    """`claims` and `report` read the demo's results where the checkout has them."""
    here = WORKFLOW.parent
    rows: list[Row | LeftOut] = []
    limits = [(("--help",), 0.3), (("claims",), 2.0), (("report",), 10.0)]
    for words, limit in limits:
        what = f"lc-cli {' '.join(words)}"
        if words == ("report",) and not list((here / "results/demo/runs").glob("*/*/run.json")):
            rows.append(LeftOut(what, "the demo has not run"))
            continue
        found = rounds({"": lambda words=words: _process(here, *words)}, options.repeats)[""]
        rows.append(Row(what, "", found, limit, at_most=True, unit="s"))
    return rows


def explore(options: Options) -> list[Row | LeftOut]:
    """On one core; synthetic images, as many as EuroSAT has."""
    count = options.count(EUROSAT)
    each = {"train": round(0.07 * count), "val": round(0.015 * count), "test": round(0.015 * count)}
    with tempfile.TemporaryDirectory() as folder:
        data = layout.data(Path(folder, "results", "demo"), "eurosat")
        prepared.write(data, draw(dataset("eurosat"), each))
        taken = _process(Path(folder), "explore", "eurosat", "--preset", "demo")
    return [Row(f"lc-cli explore on {count:,} images", "", (taken,), 60, at_most=True, unit="s")]


def _process(where: Path, *words: str) -> float:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return seconds(
        lambda: subprocess.run(
            [*LC_CLI, *words], cwd=where, env=environment, capture_output=True, check=True
        )
    )
