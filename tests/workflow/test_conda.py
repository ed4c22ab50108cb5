"""The conda environment, as far as it can be tried where no channel can be reached."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import rattler
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / "envs/landcover.yaml"
PYTHON, PIP, SECTION = yaml.safe_load(ENVIRONMENT.read_text())["dependencies"]


def test_conda_brings_python_and_pip_alone():
    assert str(rattler.MatchSpec(PYTHON, strict=True).version) == "3.11.*"
    assert PIP == "pip"
    assert list(SECTION) == ["pip"]


def test_it_is_what_generate_makes_of_the_constraints():
    made = subprocess.run(
        [sys.executable, ROOT / "envs/generate.py"], capture_output=True, text=True, check=True
    )
    assert ENVIRONMENT.read_text() == made.stdout


def test_every_package_has_the_pin_of_the_constraints():
    pins = (ROOT / "envs/constraints.txt").read_text().split()
    assert {line.partition(";")[0] for line in SECTION["pip"]} <= set(pins)


def test_it_has_what_the_project_requires():
    required = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    listed = {line.partition("==")[0].lower() for line in SECTION["pip"]}
    assert {Requirement(line).name.lower() for line in required} <= listed


def changed(path, pattern, new):
    text, count = re.subn(pattern, new, path.read_text())
    assert count == 1
    path.write_text(text)


@pytest.fixture
def checkout(tmp_path, copy_of_workflow):
    return copy_of_workflow(tmp_path / "checkout", "task5-residual")


@pytest.fixture
def stand_in(tmp_path):
    return Path(shutil.copytree(ROOT / "tests/conda", tmp_path / "conda"))


@pytest.fixture
def snakemake(checkout, stand_in):
    """Runs the workflow with a conda on the path that is not one."""
    path = os.pathsep.join(
        (f"{stand_in}/bin", str(Path(sys.executable).parent), os.environ["PATH"])
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANDCOVER_")}

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "snakemake", "--cores", "2", "--use-conda", *words],
            cwd=checkout, env=environment | {"PATH": path},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip

    return run


@pytest.mark.slow
def test_every_rule_runs_in_the_environment(snakemake, checkout, stand_in):
    result = snakemake()
    assert result.returncode == 0, result.stdout
    assert (checkout / "results/demo/report/index.html").exists()
    rules = set(re.findall(r"\(Rule: (\w+)\)", result.stdout)) - {"all"}
    written = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    unneeded = {"fetch_weights"}  # the demo's backbones are random
    assert rules == set(re.findall(r"^rule (\w+):", written, re.MULTILINE)) - unneeded
    assert result.stdout.count("Activating conda environment") >= len(rules)
    assert (stand_in / "calls.txt").read_text().count("env create") == 1


@pytest.mark.slow
def test_a_job_lacks_what_the_environment_lacks(snakemake, checkout):
    only_yaml = r"(?s)(?<=  - pip:\n).*", "    - PyYAML==6.0.3\n"
    changed(checkout / "envs/landcover.yaml", *only_yaml)
    result = snakemake("results/demo/data/eurosat/manifest.json", "--show-failed-logs")
    assert result.returncode == 1
    assert "No module named 'click'" in result.stdout


def test_without_conda_one_sentence_says_what_to_do(checkout):
    result = subprocess.run(
        [sys.executable, "-m", "snakemake", "--dry-run", "--use-conda"],
        cwd=checkout, env={**os.environ, "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert "there is no `conda` on the PATH" in result.stdout
    assert "without --use-conda" in result.stdout


def test_a_wrong_path_is_refused_before_any_job(snakemake, checkout):
    changed(checkout / "workflow/rules/report.smk", "envs/landcover.yaml", "envs/absent.yaml")
    result = snakemake("--dry-run")
    assert result.returncode == 1
    assert "envs/absent.yaml" in result.stdout
