import os
import subprocess
import sys
from pathlib import Path

import pytest

from landcover import experiments

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("LANDCOVER_")}


def snakemake(*words, folder, snakefile=ROOT / "Snakefile"):
    profile = ROOT / "workflow/profiles/default"
    command = [sys.executable, "-m", "snakemake", "--snakefile", snakefile, "--cores", "2"]
    return subprocess.run(
        [*command, "--workflow-profile", profile, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )


@pytest.mark.parametrize("preset", ["demo", "quick", "paper"])
def test_every_preset_is_planned_offline(tmp_path, preset, table):
    result = snakemake("-n", "--config", f"preset={preset}", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    chosen = experiments.load(ROOT / "workflow", preset)
    published = [name for name in table if preset == "demo" or table[name].task != 4]
    runs = sum(len(chosen.seeds(name)) for name in published)
    assert result.stdout.count("rule train:") == runs


def test_photographs_that_are_there_bring_their_experiments_along(tmp_path, table):
    for name in ("terrassa", "paris"):
        (tmp_path / "images" / name).mkdir(parents=True)
    words = ("-n", "--config", "preset=quick", f"data={tmp_path / 'images'}")
    result = snakemake(*words, folder=tmp_path)
    assert result.stdout.count("rule train:") == len(table.entries), result.stderr
    assert result.stdout.count("rule fetch:") == 5  # Terrassa at two sizes


def test_what_starts_from_other_weights_waits_for_them(tmp_path):
    result = snakemake("-n", "results/demo/runs/task4-2/seed0/run.json", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "runs/task2-exp5/seed0/last.safetensors" in result.stdout


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("preset=papers", "did you mean 'paper'"),
        ("data=somewhere", "draws its own images"),
        ("sedes=[1]", "Additional properties are not allowed"),
        ("seeds=[one]", "seeds must be whole numbers"),
        ("precision=fp8", "there is no 'fp8'"),
    ],
)
def test_a_wrong_setting_is_refused_before_any_job(tmp_path, config, message):
    result = snakemake("-n", "--config", config, folder=tmp_path)
    assert result.returncode == 1
    assert message in result.stdout + result.stderr


@pytest.fixture
def checkout(tmp_path, copy_of_workflow):
    return copy_of_workflow(tmp_path)


RUN = "results/demo/runs/task1/seed0/metrics.json"


@pytest.mark.slow
def test_a_run_is_made_once_and_again_when_its_entry_changes(checkout):
    def run(*words):
        return snakemake(*words, RUN, folder=checkout, snakefile=checkout / "Snakefile")

    made = run()
    assert made.returncode == 0, made.stdout + made.stderr
    assert (checkout / RUN).exists()
    assert "Nothing to be done" in run().stdout + run().stderr
    (checkout / "results/demo/data/cifar10/manifest.json").touch()
    assert "Nothing to be done" in run().stderr + run().stdout
    table = checkout / "workflow/experiments.yaml"
    table.write_text(table.read_text().replace("group: task1,", "group: task2,"))
    assert "Nothing to be done" in run("-n").stderr + run("-n").stdout
    table.write_text(table.read_text().replace("batch_size: 64,", "batch_size: 60,"))
    assert "Params have changed" in run("-n").stdout + run("-n").stderr


@pytest.mark.slow
def test_snakemakes_own_report_has_captions_and_categories(checkout):
    targets = (RUN, "results/demo/profile/customcnn/profile.json")
    arguments = {"folder": checkout, "snakefile": checkout / "Snakefile"}
    made = snakemake(*targets, **arguments)
    assert made.returncode == 0, made.stdout + made.stderr
    result = snakemake("--report", "all.html", *targets, **arguments)
    assert result.returncode == 0, result.stderr
    page = (checkout / "all.html").read_text()
    assert all(word in page for word in ("Profile", "Runs", "every epoch", "as in Table 1"))
    assert "Loss and accuracy of task1 with seed 0 after every epoch." in page


@pytest.mark.slow
def test_a_failed_job_shows_its_sentence(checkout):
    result = snakemake(
        "results/quick/data/cifar10/manifest.json", "--config", "preset=quick", "data=nowhere",
        folder=checkout, snakefile=checkout / "Snakefile",
    )  # fmt: skip
    assert result.returncode == 1
    assert "nowhere does not exist" in result.stdout + result.stderr
