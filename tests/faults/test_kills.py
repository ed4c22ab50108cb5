"""Processes that are killed, and two at once, over a workflow of one training and its report."""

import json
import os
import shutil
import signal
import time
from contextlib import suppress

import kills
import psutil
import pytest
from small_workflow import finish, said, snakemake

pytestmark = pytest.mark.slow
RUN = kills.RESULTS / "runs/task1/seed0"


@pytest.fixture(scope="module")
def checkout(finished_workflow):
    return finished_workflow / "checkout"


@pytest.fixture(scope="module")
def undisturbed(finished_workflow):
    return finished_workflow / "work"


def test_a_workflow_killed_again_and_again_ends_as_an_undisturbed_one(
    checkout, undisturbed, tmp_path
):
    killed = kills.survive(checkout, undisturbed, tmp_path, 3, seed=1, most_seconds=6)
    assert killed.total() == 3


@pytest.fixture
def trainer(checkout, undisturbed, tmp_path):
    """Snakemake, and the process of its training, stopped after its first epoch."""
    shutil.copytree(undisturbed / kills.RESULTS / "data", tmp_path / kills.RESULTS / "data")
    with snakemake(checkout, tmp_path, RUN / "run.json") as workflow:
        while not (tmp_path / RUN / "state/checkpoint.safetensors").exists():
            assert workflow.poll() is None, said(tmp_path)
            time.sleep(0.01)
        (process,) = [
            child
            for child in psutil.Process(workflow.pid).children(recursive=True)
            if child.cmdline()[1:4] == ["-m", "lc_cli", "train"]
        ]
        process.suspend()
        yield workflow, process
        with suppress(ProcessLookupError):
            os.killpg(workflow.pid, signal.SIGKILL)


def test_a_training_killed_for_its_memory_is_told_and_goes_on_in_the_next_run(
    checkout, undisturbed, trainer, tmp_path
):
    workflow, process = trainer
    process.kill()
    assert workflow.wait() == 1
    assert "Failed: train task1" in said(tmp_path)
    finish(checkout, tmp_path, RUN / "run.json")
    assert json.loads((tmp_path / RUN / "run.json").read_text())["resumed_after_epoch"] >= 1
    assert not kills.half(tmp_path, undisturbed)


def test_a_training_that_goes_on_is_disturbed_by_no_other(checkout, trainer, tmp_path):
    workflow, process = trainer
    with snakemake(checkout, tmp_path) as second:
        assert second.wait() == 1
    assert "Directory cannot be locked" in said(tmp_path)
    workflow.kill()  # and not what it started
    workflow.wait()
    finish(checkout, tmp_path, "--unlock")
    with snakemake(checkout, tmp_path, RUN / "run.json") as third:
        assert third.wait() == 1
    assert "is in use by another process" in said(tmp_path)
    assert process.is_running()
