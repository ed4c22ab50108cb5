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
PACKAGES = [
    spec
    for spec in yaml.safe_load(ENVIRONMENT.read_text())["dependencies"]
    if "python " not in spec
]
ON_PYPI = {"pytorch": "torch", "matplotlib-base": "matplotlib", "snakemake-minimal": "snakemake"}


def test_its_python_is_one_that_the_package_allows():
    assert rattler.MatchSpec("python =3.11", strict=True)
    assert "python =3.11" in ENVIRONMENT.read_text()


@pytest.mark.parametrize("spec", PACKAGES)
def test_each_package_has_the_pin_of_the_constraints(spec):
    parsed = rattler.MatchSpec(spec, strict=True)
    pins = dict(
        line.lower().split("==") for line in (ROOT / "envs/constraints.txt").read_text().split()
    )
    name = parsed.name.normalized
    assert str(parsed.version) == f"=={pins[ON_PYPI.get(name, name)]}"


def test_it_lists_what_the_package_requires():
    required = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    listed = [spec.partition(" ")[0] for spec in PACKAGES]
    assert sorted(ON_PYPI.get(name, name) for name in listed) == sorted(
        Requirement(line).name.lower() for line in required
    )


def changed(path, pattern, new):
    text, count = re.subn(pattern, new, path.read_text())
    assert count == 1
    path.write_text(text)


@pytest.fixture
def checkout(tmp_path, copy_of_workflow):
    return copy_of_workflow(tmp_path / "checkout", "task5-customcnn")


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
    assert rules == set(re.findall(r"^rule (\w+):", written, re.MULTILINE))
    assert result.stdout.count("Activating conda environment") >= len(rules)
    assert (stand_in / "calls.txt").read_text().count("env create") == 1


@pytest.mark.slow
def test_a_job_lacks_what_the_environment_lacks(snakemake, checkout):
    changed(checkout / "envs/landcover.yaml", r"  - click .*\n", "")
    result = snakemake("results/demo/data/eurosat/manifest.json", "--show-failed-logs")
    assert result.returncode == 1
    assert "No module named 'click'" in result.stdout


def test_a_wrong_path_is_refused_before_any_job(snakemake, checkout):
    changed(checkout / "workflow/rules/report.smk", "envs/landcover.yaml", "envs/absent.yaml")
    result = snakemake("--dry-run")
    assert result.returncode == 1
    assert "envs/absent.yaml" in result.stdout
