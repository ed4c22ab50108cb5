"""On a Slurm of its own, of tests/slurm/cluster: what goes through it, what survives it.

The state of a job is read in Slurm's own log, the rule that it ran for in Slurm's queue.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
CLUSTER = ROOT / "tests/slurm/cluster"
EXPERIMENTS = ("task1", "task2-exp1")
PATIENCE_SECONDS = 300

pytestmark = [pytest.mark.slow, pytest.mark.slurm]


@pytest.fixture(scope="module")
def cluster():
    """The folder of a Slurm that runs while these tests do."""
    if os.geteuid() != 0 or not shutil.which("slurmctld"):
        pytest.skip(f"no Slurm to start: `{CLUSTER.relative_to(ROOT)} install`, as root")
    if Path("/etc/slurm/slurm.conf").exists():
        pytest.skip("this machine has a Slurm of its own")
    # not among pytest's folders, which are closed to others: munged would not start there
    with tempfile.TemporaryDirectory(prefix="slurm-") as folder:
        subprocess.run([CLUSTER, "start", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run([CLUSTER, "stop", folder], check=True)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory, copy_of_workflow):
    folder = tmp_path_factory.mktemp("ein Vergnügen")  # paths may hold spaces and any letter
    return copy_of_workflow(folder, *EXPERIMENTS, epochs=8, images=15)


@contextmanager
def started(checkout, folder, *words):
    """The workflow in a folder of its own, its output in snakemake.txt; it ends with the test."""
    profiles = ROOT / "profiles"
    command = [
        *(sys.executable, "-m", "snakemake", "--snakefile", checkout / "Snakefile"),
        *("--workflow-profile", profiles / "slurm", "--profile", profiles / "site"),
        *("--slurm-init-seconds-before-status-checks", "2", *words),
    ]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANDCOVER_")}
    with (folder / "snakemake.txt").open("w") as output:
        workflow = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, env=environment
        )
    with workflow:
        try:
            yield workflow
        finally:
            workflow.kill()


@pytest.fixture(scope="module")
def undisturbed(cluster, checkout, tmp_path_factory):
    """A folder where the workflow ran to its report."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with started(checkout, folder) as workflow:
        assert workflow.wait(PATIENCE_SECONDS) == 0, (folder / "snakemake.txt").read_text()
    return folder


def jobs(cluster, folder):
    """What Slurm's log says of the jobs that worked in `folder`: by rule, a list of dicts."""
    asked_for = {
        number: {"rule": rule, "gres": gres} for number, rule, gres in queue("%i", "%k", "%b")
    }
    found = {}
    for line in (cluster / "log/jobs.log").read_text().splitlines():
        job = dict(re.findall(r"(\w+)=(.*?)(?= \w+=| ?$)", line))
        if job["WorkDir"] == str(folder):
            job |= asked_for[job["JobId"]]
            found.setdefault(job["rule"], []).append(job)
    return found


def queue(*fields):
    """Of every job, whatever its state."""
    command = ["squeue", "--noheader", "--states=all", f"--format={'|'.join(fields)}"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line.split("|") for line in output.splitlines()]


def test_every_rule_goes_through_slurm_and_trains_where_the_gpus_are(cluster, undisturbed):
    assert (undisturbed / "results/demo/report/index.html").exists()
    found = jobs(cluster, undisturbed)
    rules = sorted(re.sub("_wildcards.*", "", rule) for rule in found)
    assert rules == [
        "rule_evaluations_evaluate",  # both, as one job
        "rule_fetch",
        "rule_interpret_published",
        "rule_profile",
        "rule_report",
        "rule_train",
        "rule_train",
    ]
    for rule, (job,) in found.items():
        assert (job["JobState"], job["ExitCode"]) == ("COMPLETED", "0:0")
        assert job["Partition"] == ("gpu" if "train" in rule else "cpu")
        assert ("gpu:1" in job["gres"]) == ("train" in rule)


def run_folder(folder, experiment):
    return folder / "results/demo/runs" / experiment / "seed0"


def suspend(folder, experiment):
    """Stops the process that trains after its first epoch, so that it cannot end too early."""
    checkpoint = run_folder(folder, experiment) / "state/checkpoint.safetensors"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not checkpoint.exists():
        assert time.monotonic() < deadline, (folder / "snakemake.txt").read_text()
        time.sleep(0.02)
    (process,) = [
        process
        for process in psutil.process_iter(["cmdline", "cwd"])
        if (process.info["cmdline"] or [])[1:5] == ["-m", "lc_cli", "train", experiment]
        and process.info["cwd"] == str(folder)
    ]
    process.suspend()


def sha256(folder, experiment):
    names = ("best.safetensors", "last.safetensors")
    files = [run_folder(folder, experiment) / name for name in names]
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


def test_cancelled_and_timed_out_trainings_end_with_the_bytes_of_undisturbed_ones(
    cluster, checkout, undisturbed, tmp_path
):
    shutil.copytree(undisturbed / "results/demo/data", tmp_path / "results/demo/data")
    in_a_minute = ("--set-resources", "train:slurm_partition=gpu", "train:runtime=1")
    runs = [run_folder(Path(), experiment) / "run.json" for experiment in EXPERIMENTS]
    cancelled, timed_out = (f"rule_train_wildcards_demo_{name}_0" for name in EXPERIMENTS)
    with started(checkout, tmp_path, *in_a_minute, "--", *runs) as workflow:
        for experiment in EXPERIMENTS:
            suspend(tmp_path, experiment)
        mine = {rule: job for job, place, rule in queue("%i", "%Z", "%k") if place == str(tmp_path)}
        for _ in range(2):  # as where a node is wanted back
            subprocess.run(["scancel", mine[cancelled]], check=True)
        assert workflow.wait(PATIENCE_SECONDS) == 0, (tmp_path / "snakemake.txt").read_text()
    states = {
        rule: [job["JobState"] for job in made] for rule, made in jobs(cluster, tmp_path).items()
    }
    assert states == {cancelled: ["CANCELLED", "COMPLETED"], timed_out: ["TIMEOUT", "COMPLETED"]}
    for experiment in EXPERIMENTS:
        facts = json.loads((run_folder(tmp_path, experiment) / "run.json").read_text())
        assert facts["resumed_after_epoch"] >= 1
        assert sha256(tmp_path, experiment) == sha256(undisturbed, experiment)
