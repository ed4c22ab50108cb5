import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from landcover.data import prepared
from lc_cli import main

TRAIN = ("train", "task1", "--preset", "demo", "--threads", "1", "--set", "epochs=6", "--out")


@pytest.mark.slow
def test_a_training_told_twice_to_end_does_so_with_143_and_goes_on_later(
    tmp_path, tiny, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    prepared.write(tmp_path / "results/demo/data/cifar10", tiny)
    checkpoint = tmp_path / "told/state/checkpoint.safetensors"
    command = [sys.executable, "-m", "lc_cli", *TRAIN, "told"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        while not checkpoint.exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 143
        assert process.stderr.read().endswith(b"\nTerminated.\n")
    left = {path.name for path in (tmp_path / "told").rglob("*") if path.is_file()}
    assert left == {".lock", "spec.json", "checkpoint.safetensors"}
    for name in ("told", "left-alone"):
        trained = CliRunner().invoke(main, [*TRAIN, name])
        assert trained.exit_code == 0, trained.output
    told, left_alone = (
        (tmp_path / name / "last.safetensors").read_bytes() for name in ("told", "left-alone")
    )
    assert told == left_alone
