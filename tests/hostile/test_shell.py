"""A path stays a path: in the shell of a rule, and in the commands that a page prints."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from landcover import experiments
from landcover.data.catalog import dataset
from landcover.report import gaps
from landcover.results.study import read

ROOT = Path(__file__).parents[2]
# All but " #", which would begin a comment in Snakemake's --config.
NASTY = "a 'b' \"c\" $(touch x) `touch x`; touch x & {d} é→#\\"
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("LANDCOVER_")}


def images_in(folder):
    """CIFAR-10's classes, one image in each of its splits."""
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for name in dataset("cifar10").classes:
            (folder / split / name).mkdir(parents=True)
            pixels = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / split / name / f"{name}.png")
    return folder


def snakemake(*words, folder):
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--cores", "1"]
    return subprocess.run(
        [*command, "--logger=landcover", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )


@pytest.mark.slow
def test_a_rule_reads_images_from_a_folder_of_any_name(tmp_path):
    images = images_in(tmp_path / "data" / NASTY)
    work = tmp_path / f"work {NASTY[:8]} é"
    work.mkdir()
    manifest = "results/quick/data/cifar10/manifest.json"
    result = snakemake(manifest, "--config", "preset=quick", f"data={images}", folder=work)
    assert result.returncode == 0, result.stdout + result.stderr
    assert json.loads((work / manifest).read_text())["images"] == {"train": 10, "test": 10}
    assert not list(tmp_path.rglob("x"))


@pytest.mark.slow
@pytest.mark.parametrize("config", ["device='; touch x; '$(touch x)", "seeds=[$(touch x)]"])
def test_no_setting_is_run(tmp_path, config):
    images = images_in(tmp_path / "images")
    target = "results/quick/runs/task1/seed0/run.json"
    words = ("--config", "preset=quick", f"data={images}", config)
    result = snakemake(target, *words, folder=tmp_path)
    assert result.returncode == 1
    assert not list(tmp_path.rglob("x"))


def test_the_commands_that_a_page_prints_can_be_pasted(tmp_path):
    table = experiments.load(ROOT / "workflow", "demo")
    results = tmp_path / NASTY
    results.mkdir()
    study = read(results, table, ROOT / "workflow")
    command = gaps.training(study, [study.result("task1")])[0].commands[0]
    words = shlex.split(command)
    assert words[-1] == (results / "runs/task1/seed0").as_posix()
    echoed = subprocess.run(
        ["bash", "-c", f"lc-cli() {{ printf '%s\\0' \"$@\"; }}; {command}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert echoed.stdout.split("\0")[:-1] == words[1:]
    assert not list(tmp_path.rglob("x"))
