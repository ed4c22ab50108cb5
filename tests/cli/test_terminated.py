import signal
import subprocess
import sys
import time

import pytest

SETTINGS = {"epochs": 6, "max_train_images": 200, "max_eval_images": 50}


def train(folder, name):
    words = [word for setting in SETTINGS.items() for word in ("--set", "{}={}".format(*setting))]
    command = [sys.executable, "-m", "lc_cli", "train", "task1", "--preset", "demo"]
    return subprocess.Popen([*command, *words, "--out", name], cwd=folder, stderr=subprocess.PIPE)


@pytest.mark.slow
def test_a_training_told_twice_to_end_does_so_with_143_and_goes_on_later(tmp_path):
    checkpoint = tmp_path / "told/state/checkpoint.safetensors"
    with train(tmp_path, "told") as process:
        while not checkpoint.exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 143
        assert process.stderr.read() == b"Terminated.\n"
    left = {path.name for path in (tmp_path / "told").rglob("*") if path.is_file()}
    assert left == {".lock", "spec.json", "checkpoint.safetensors"}
    for name in ("told", "left-alone"):
        with train(tmp_path, name) as process:
            assert process.wait() == 0, process.stderr.read()
    told, left_alone = (
        (tmp_path / name / "last.safetensors").read_bytes() for name in ("told", "left-alone")
    )
    assert told == left_alone
