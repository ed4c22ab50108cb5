"""Two jobs never have the machine's GPU at once, unless they are told to."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from landcover import gpus

ROOT = Path(__file__).parents[2]
TWO_JOBS = f"""
import os, shlex, sys
from landcover import gpus
include: "{ROOT}/workflow/rules/environment.smk"
rule both:
    default_target: True
    input: "one.txt", "two.txt"
rule job:
    output: "{{name}}.txt"
    resources: cuda=ON_CUDA
    shell: "date +%s.%N > {{output}}; sleep 0.3; date +%s.%N >> {{output}}"
"""


def two_jobs(folder, *words):
    (folder / "Snakefile").write_text(TWO_JOBS)
    result = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", *words],
        cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT / "lib")},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


def test_two_jobs_on_a_gpu_wait_for_each_other(tmp_path):
    two_jobs(tmp_path, "--config", "device=cuda")
    times = [(tmp_path / name).read_text().split() for name in ("one.txt", "two.txt")]
    (_, first_ends), (second_starts, _) = sorted(times)
    assert float(first_ends) <= float(second_starts)


def test_every_rule_that_computes_with_torch_asks_for_the_gpu(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--cores", "2", "-n",
         "--workflow-profile", "none", "--config", "device=cuda"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    asking = set(
        re.findall(r"^rule (\w+):\n(?:    .*\n)*    resources: .*cuda=1", result.stdout, re.M)
    )
    assert asking == {"profile", "train", "evaluate", "interpret", "interpret_published"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--config", "device=cpu"], "cuda=0"),
        (["--config", "device=cuda", "--resources", "cuda=2"], 'cuda=Resource("cuda", 2)'),
    ],
)
def test_jobs_share_what_they_are_told_to(tmp_path, words, said):
    assert said in two_jobs(tmp_path, *words)


@pytest.mark.parametrize(
    ("device", "shown", "hidden", "takes"),
    [
        ("auto", "nvidia0", "0", True),
        ("auto", "nvidia0", "", False),
        ("auto", "nvidiactl", "0", False),
        ("cpu", "nvidia0", "0", False),
        ("cuda:1", "nvidiactl", "0", True),
    ],
)
def test_auto_takes_a_gpu_that_the_driver_shows(
    tmp_path, monkeypatch, device, shown, hidden, takes
):
    (tmp_path / shown).touch()
    monkeypatch.setattr(gpus, "DEVICES", tmp_path)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert gpus.takes_gpu(device) is takes
