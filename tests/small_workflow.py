"""A copy of the workflow, small enough for a test, that the test may change."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def changed(path, changes):
    text = path.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def copy_of_workflow(folder, *experiments, epochs=1, images=4):
    """Copies it to a folder, with so few images and epochs; the report asks for `experiments`.

    Of a network it looks into two layers, and it profiles one batch size on one thread.
    """
    for part in ("workflow", "profiles", "lib", "cli", "envs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / "Snakefile", folder)
    preset = folder / "workflow/presets/demo.yaml"
    values = yaml.safe_load(preset.read_text())
    values["max_epochs"], values["images_per_class"]["train"] = epochs, images
    values["interpret"] = [*experiments] or values["interpret"]
    preset.write_text(yaml.safe_dump(values))
    interpret = folder / "workflow/rules/interpret.smk"
    changed(interpret, {'"lc-cli interpret"': '"lc-cli interpret --layers conv1,fc1"'})
    profile = folder / "workflow/rules/profile.smk"
    quickly = '"OMP_NUM_THREADS=1 lc-cli profile --batch-size 1"'
    changed(profile, {'"lc-cli profile"': quickly})
    if experiments:
        changed(folder / "Snakefile", {"\nOBTAINABLE = ": f"\nOBTAINABLE = {experiments} or "})
    return folder


def of_one_training(folder):
    """Copies the workflow so that it makes one training, its evaluation and its report."""
    copy_of_workflow(folder, "task1", epochs=6)
    rest = {'model="customcnn"': "model=[]", "*NETWORKS,": ""}
    changed(folder / "workflow/rules/report.smk", rest)
    return folder


def snakemake(checkout, folder, *words):
    """Starts it in a process group of its own, whose output goes to snakemake.txt."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANDCOVER_")}
    command = [sys.executable, "-m", "snakemake", "--snakefile", checkout / "Snakefile"]
    with (folder / "snakemake.txt").open("a") as output:
        return subprocess.Popen(
            [*command, "--cores", "2", "--logger=landcover", *words],
            cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip


def finish(checkout, folder, *words):
    with snakemake(checkout, folder, *words) as workflow:
        assert workflow.wait() == 0, said(folder)


def said(folder):
    return (folder / "snakemake.txt").read_text()


def finished(folder):
    """Makes a workflow of one training in `checkout`, and all of its results in `work`."""
    (folder / "work").mkdir(parents=True)
    finish(of_one_training(folder / "checkout"), folder / "work")
