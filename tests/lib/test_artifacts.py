import os

import pandas as pd
import pytest

from landcover import artifacts
from landcover.errors import ArtifactError


def test_numbers_survive_a_csv_to_the_last_bit(tmp_path):
    table = pd.DataFrame({"x": [0.1 + 0.2, 1e-300, 1 / 3]})
    artifacts.write_csv(tmp_path / "x.csv", table)
    assert artifacts.read_csv(tmp_path / "x.csv", ("x",)).equals(table)


def test_a_writer_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    artifacts.write_text(tmp_path / "x", "old")

    def fails(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        artifacts.write(tmp_path / "x", fails)
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_text() == "old"


def test_a_full_disk_is_one_sentence():
    with pytest.raises(ArtifactError, match="/dev/full/x cannot be written"):
        artifacts.write_text(artifacts.Path("/dev/full/x"), "x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_one_sentence(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(ArtifactError, match="Permission denied"):
        artifacts.write_text(tmp_path / "x", "x")


def test_not_a_number_is_never_written(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        artifacts.write_json(tmp_path / "x.json", {"loss": float("nan")})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "reason"), [("", "not valid JSON"), ("[]", "not a JSON object"), (None, "No such")]
)
def test_a_broken_json_is_named(tmp_path, content, reason):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(ArtifactError, match=f"run.json cannot be read .{reason}"):
        artifacts.read_json(tmp_path / "run.json")


def test_a_csv_without_its_columns_is_named(tmp_path):
    (tmp_path / "history.csv").write_text("epoch\n1\n")
    with pytest.raises(ArtifactError, match="lacks the columns \\['train_loss'\\]"):
        artifacts.read_csv(tmp_path / "history.csv", ("epoch", "train_loss"))
