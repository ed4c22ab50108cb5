"""What a killed writer leaves, and who clears it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from landcover import artifacts
from landcover.data import prepared
from landcover.results import layout

WRITES_HALF = (
    "import sys, time; from pathlib import Path; from landcover import artifacts\n"
    "def half(file):\n"
    "    file.write(b'half'); file.flush(); print('half', flush=True); time.sleep(600)\n"
    "artifacts.write(Path(sys.argv[1]), half)"
)


@pytest.fixture
def writer(tmp_path):
    """A process that has written half of a file, and would write on."""
    command = [sys.executable, "-c", WRITES_HALF, tmp_path / "x.csv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"half\n"
        yield process
        process.kill()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_next_writer_of_a_file_clears_what_a_killed_one_left(writer, tmp_path):
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    artifacts.write_text(tmp_path / "x.json", "{}")
    assert len(names(tmp_path)) == 2  # of another file, and not its business
    artifacts.write_text(tmp_path / "x.csv", "whole")
    assert names(tmp_path) == ["x.csv", "x.json"]


def test_what_a_living_one_still_writes_stays(writer, tmp_path):
    artifacts.write_text(tmp_path / "x.csv", "whole")
    assert len(names(tmp_path)) == 2
    assert (tmp_path / "x.csv").read_text() == "whole"


def test_files_that_belong_together_are_replaced_together(tmp_path):
    old = {tmp_path / name: artifacts.encoded("old") for name in ("a", "last")}
    artifacts.write_together(old)

    def fails(file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(artifacts.ArtifactError, match=r"last cannot be written .No space left"):
        artifacts.write_together(
            {tmp_path / "a": artifacts.encoded("new"), tmp_path / "last": fails}
        )
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a": "old",
        "last": "old",
    }


def test_images_whose_writer_was_killed_between_two_renames_are_no_data_set(
    tiny, tiny_folder, monkeypatch
):
    renamed, replace = [], Path.replace

    def replace_one(self, path):
        if renamed:
            raise KeyboardInterrupt
        renamed.append(path)
        return replace(self, path)

    monkeypatch.setattr(Path, "replace", replace_one)
    with pytest.raises(KeyboardInterrupt):
        prepared.write(tiny_folder, tiny)
    assert not (tiny_folder / layout.MANIFEST).exists()
