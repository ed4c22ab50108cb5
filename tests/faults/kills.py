"""Kills a small workflow at random moments: does it end as one that nothing disturbed?

python tests/faults/kills.py 50

Every kill takes Snakemake and its jobs at once, and leaves a folder in which the workflow is begun
again. After each, every file is compared with that of an undisturbed run, so that a half one is
seen; and so is the end of every round, before the next begins in an empty folder.
"""

import collections
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))
import small_workflow
from small_workflow import finish, said, snakemake

RESULTS = Path("results/demo")
# what a run may say of the time that it took, of its memory, and of its interruptions
OF_A_MOMENT = re.compile("second|finished|peak_memory|energy|resumed")
OF_SNAKEMAKE = ("logs", "benchmarks")
TEMPORARY = re.compile(r"\..*\.\w{8}$")


def kill(workflow, folder):
    """Returns what was at work."""
    commands = [" ".join(process.cmdline()) for process in _at_work(folder)]
    os.killpg(workflow.pid, signal.SIGKILL)
    workflow.wait()
    while _at_work(folder):
        time.sleep(0.01)
    stages = re.findall(r"-m lc_cli (\w+)", "\n".join(commands))
    return stages[0] if stages else "snakemake"


def _at_work(folder):
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            pass  # it ended just now
    return found


def comparable(path):
    """Its content, without what belongs to a moment."""
    if path.suffix == ".json":
        return _timeless(json.loads(path.read_text()))
    if path.suffix == ".csv":
        table = pd.read_csv(path)
        return table[[c for c in table if not OF_A_MOMENT.search(c)]].to_csv()
    return path.read_bytes()


def _timeless(value):
    if isinstance(value, dict):
        return {k: _timeless(v) for k, v in value.items() if not OF_A_MOMENT.search(k)}
    return value


def files(folder):
    """By name; those of the report apart, as they show times."""
    found = {
        path.relative_to(folder / RESULTS).as_posix(): path
        for path in sorted((folder / RESULTS).rglob("*"))
        if path.is_file()
        and not TEMPORARY.search(path.name)
        and path.name not in (".lock", ".snakemake_timestamp")
        and path.relative_to(folder / RESULTS).parts[0] not in OF_SNAKEMAKE
    }
    report = {name: path for name, path in found.items() if name.startswith("report/")}
    return {name: path for name, path in found.items() if name not in report}, report


def half(folder, undisturbed):
    """Files that are there and are not what they should be."""
    (measured, report), (wanted, pages) = files(folder), files(undisturbed)
    checkpoints = [name for name in measured if "/state/" in name]
    return [
        *(n for n in checkpoints if not _is_whole(measured[n])),
        *(
            name
            for name in measured
            if name not in checkpoints and comparable(measured[name]) != comparable(wanted[name])
        ),
        *(name for name in report if _last_line(report[name]) != _last_line(pages[name])),
    ]


def _is_whole(checkpoint):
    from landcover import weights

    return bool(weights.read(checkpoint)[1]["history"])


def _last_line(path):
    """Of text; whatever comes before may show times."""
    lines = path.read_bytes().splitlines()
    return re.sub(rb"[\d.]+", b"", lines[-1]) if lines else b""


def differences(checkout, folder, undisturbed):
    """How the end of a workflow differs: its measurements, and its report of these."""
    (measured, report), (wanted, pages) = files(folder), files(undisturbed)
    wrong = half(folder, undisturbed)
    again = folder / RESULTS / "again"
    environment = os.environ | {"PYTHONPATH": f"{checkout / 'lib'}:{checkout / 'cli'}"}
    command = [sys.executable, "-m", "lc_cli", "report", "--precision", "fp32", "--seeds", "0"]
    subprocess.run(
        [*command, "--out", again], cwd=folder, env=environment, check=True, capture_output=True
    )
    leftovers = [p.name for p in (folder / RESULTS).rglob("*") if TEMPORARY.search(p.name)]
    found = [
        *(set(measured) ^ set(wanted)),
        *(set(report) ^ set(pages)),
        *wrong,
        *(n for n, p in report.items() if p.read_bytes() != _twin(again, n).read_bytes()),
    ]
    shutil.rmtree(again)
    return sorted({*found, *leftovers})


def _twin(again, name):
    return again / name.removeprefix("report/")


def survive(source, undisturbed, here, kills, seed, *, most_seconds, tell=lambda words: None):
    """Returns how often which stage was killed; raises AssertionError where it left a trace."""
    chance, killed, rounds = random.Random(seed), collections.Counter(), 0
    while killed.total() < kills:
        folder = here / f"round{rounds}"
        folder.mkdir()
        rounds += 1
        while killed.total() < kills:
            patience_seconds = chance.uniform(0, most_seconds)
            with snakemake(source, folder) as workflow:
                try:
                    assert workflow.wait(patience_seconds) == 0, said(folder)
                    break
                except subprocess.TimeoutExpired:
                    stage = kill(workflow, folder)
            killed[stage] += 1
            tell(f"{killed.total()}: {stage} after {patience_seconds:.1f} s")
            assert not half(folder, undisturbed)
            finish(source, folder, "--unlock")
        finish(source, folder)
        assert not differences(source, folder, undisturbed)
        tell(f"round {rounds} ended as the undisturbed one")
    return killed


def main(kills):
    with tempfile.TemporaryDirectory() as name:
        here, began = Path(name), time.perf_counter()
        small_workflow.finished(here)
        half_seconds = (time.perf_counter() - began) / 2
        source, undisturbed = here / "checkout", here / "work"
        killed = survive(
            source, undisturbed, here, kills, seed=0, most_seconds=half_seconds, tell=print
        )
        seconds = time.perf_counter() - began
    print(f"survived {killed.total()} kills in {seconds:.0f} s: {dict(killed)}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
