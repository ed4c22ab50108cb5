import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from small_workflow import changed

from landcover import experiments, hub

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("LANDCOVER_")}


def snakemake(*words, folder, snakefile=ROOT / "Snakefile"):
    command = [sys.executable, "-m", "snakemake", "--snakefile", snakefile, "--cores", "2"]
    return subprocess.run(
        [*command, "--logger=landcover", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """Returns what would be done, of any preset; asked once."""

    @cache
    def plan(preset):
        folder = tmp_path_factory.mktemp(preset)
        return snakemake("-n", "--config", f"preset={preset}", folder=folder)

    return plan


@pytest.fixture(scope="module", autouse=True)
def cached_weights(tmp_path_factory):
    """Lets every job find files of ImageNet weights, which no plan opens."""
    home = tmp_path_factory.mktemp("torch")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ENVIRONMENT, "TORCH_HOME", str(home))
        hub.folder(ENVIRONMENT).mkdir(parents=True)
        for file in hub.FILES.values():
            (hub.folder(ENVIRONMENT) / file).touch()
        yield home


def test_without_weights_their_experiments_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setitem(ENVIRONMENT, "LANDCOVER_WITHOUT_WEIGHTS", "vgg16 resnet152")
    result = snakemake("-n", "--config", "preset=quick", folder=tmp_path)
    trained = set(re.findall(r"runs/([^/]+)/seed0/run.json", result.stdout))
    assert {"task5-vgg19", "task5-customcnn"} <= trained
    assert not trained & {"task5-vgg16", "task5-resnet152", "task5-final-1"}
    assert "interpret_published" not in result.stdout


@pytest.mark.parametrize("preset", ["demo", "quick", "paper"])
def test_every_preset_is_planned_offline(plan, preset, table):
    result = plan(preset)
    assert result.returncode == 0, result.stderr
    chosen = experiments.load(ROOT / "workflow", preset)
    assert result.stderr.count("photographs were not found: task4-1") == (preset != "demo")
    published = [name for name in chosen.wanted if preset == "demo" or chosen[name].task != 4]
    assert result.stdout.count("rule train:") == sum(len(chosen.seeds(n)) for n in published)
    looked_into = [look for look, (name, _) in chosen.looks.items() if name in published]
    assert result.stdout.count("rule interpret:") == len(looked_into)


def test_a_report_that_was_made_before_the_runs_is_not_the_end(plan, tmp_path):
    page = tmp_path / "results/demo/report/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("gaps only")
    result = snakemake("-n", "--config", "preset=demo", folder=tmp_path)
    assert result.stdout.count("rule train:") == plan("demo").stdout.count("rule train:") > 0
    assert "rule report:" in result.stdout


def test_photographs_that_are_there_bring_their_experiments_along(tmp_path):
    for name in ("terrassa", "paris"):
        (tmp_path / "images" / name).mkdir(parents=True)
    words = ("-n", "--config", "preset=quick", f"data={tmp_path / 'images'}")
    result = snakemake(*words, folder=tmp_path)
    wanted = experiments.load(ROOT / "workflow", "quick").wanted
    assert result.stdout.count("rule train:") == len(wanted), result.stderr
    assert result.stdout.count("rule fetch:") == 5  # Terrassa at two sizes


def test_what_starts_from_other_weights_waits_for_them(plan):
    (job,) = (
        job
        for job in re.split(r"\n(?=rule |\[)", plan("demo").stdout)
        if "runs/task4-2/seed0/run.json" in job and job.startswith("rule train:")
    )
    assert re.search("input: .*runs/task2-exp5/seed0/last.safetensors", job)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("preset=papers", "did you mean 'paper'"),
        (f"data={ROOT}", "draws its own images"),
        ("data=.", ". is empty"),
        ("seeds=3", "write seeds=[3] for seed 3"),
        ("data=nowhere", "nowhere does not exist"),
        ("sedes=[1]", "did you mean 'seeds'"),
        ("seeds=[one]", "seeds must be whole numbers"),
        ("precision=fp8", "there is no 'fp8'"),
    ],
)
def test_a_wrong_setting_is_refused_before_any_job(tmp_path, config, message):
    result = snakemake("-n", "--config", config, folder=tmp_path)
    assert result.returncode == 1
    assert message in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("LANDCOVER_DATA", "nowhere", "LANDCOVER_DATA: nowhere does not exist"),
        ("LANDCOVER_DEVICE", "gpu", "there is no device 'gpu'"),
    ],
)
def test_a_wrong_variable_is_refused_as_a_setting_is(tmp_path, monkeypatch, name, value, message):
    monkeypatch.setitem(ENVIRONMENT, name, value)
    result = snakemake("-n", "--config", "preset=quick", folder=tmp_path)
    assert result.returncode == 1
    assert message in result.stdout + result.stderr


@pytest.fixture
def finished(finished_workflow, tmp_path):
    """A copy of a workflow that has made its results."""
    return shutil.copytree(finished_workflow, tmp_path / "finished")


@pytest.fixture
def run(finished):
    """Runs it once more."""
    snakefile = finished / "checkout/Snakefile"
    return lambda *words: snakemake(*words, folder=finished / "work", snakefile=snakefile)


RUN = "results/demo/runs/task1/seed0/metrics.json"


@pytest.mark.slow
def test_a_run_is_made_once_and_again_when_its_entry_changes(finished, run):
    table = finished / "checkout/workflow/experiments.yaml"
    (finished / "work/results/demo/data/cifar10/manifest.json").touch()
    changed(table, {"group: task1,": "group: task2,"})
    again = run("-n", RUN)
    assert "Nothing to be done" in again.stdout + again.stderr
    changed(table, {"batch_size: 64,": "batch_size: 30,"})
    again = run("-n", RUN)
    assert "Params have changed" in again.stdout + again.stderr


@pytest.mark.slow
def test_snakemakes_own_report_has_captions_and_categories(finished, run):
    profile = "results/demo/profile/customcnn/profile.json"
    made = run(profile)
    assert made.returncode == 0, made.stdout + made.stderr
    result = run("--report", "all.html", RUN, profile)
    assert result.returncode == 0, result.stderr
    page = (finished / "work/all.html").read_text()
    assert all(word in page for word in ("Profile", "Runs", "every epoch", "as in Table 1"))
    assert "Loss and accuracy of task1 with seed 0 after every epoch." in page


@pytest.mark.slow
def test_a_failed_job_shows_its_sentence(tmp_path):
    images = "results/quick/data/cifar10/manifest.json"
    result = snakemake(images, "--config", "preset=quick", "data=nowhere", folder=tmp_path)
    assert result.returncode == 1
    assert "nowhere does not exist" in result.stdout + result.stderr
