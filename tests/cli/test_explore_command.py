import json

import pytest
from click.testing import CliRunner

from landcover.data import prepared
from lc_cli import main


@pytest.fixture
def run(tmp_path, monkeypatch, tiny):
    monkeypatch.chdir(tmp_path)
    for name in ("DATA", "PRESET"):
        monkeypatch.delenv(f"LANDCOVER_{name}", raising=False)
    prepared.write(tmp_path / "results/demo/data/cifar10", tiny)
    return lambda *words: CliRunner().invoke(main, ["explore", *words])


def test_it_prints_a_table_and_the_folder(run, tmp_path):
    answer = run("cifar10")
    assert answer.exit_code == 0, answer.output
    assert "80 train, 40 test" in answer.stdout
    assert answer.stdout.endswith("results/demo/explore/cifar10\n")
    assert (tmp_path / "results/demo/explore/cifar10/samples.svg").is_file()


def test_json_is_the_audit(run, tmp_path, monkeypatch):
    monkeypatch.setattr("landcover.style.save", lambda *_: None)
    answer = run("cifar10", "--json", "--out", "there")
    assert json.loads(answer.stdout) == json.loads((tmp_path / "there/audit.json").read_text())


def test_an_unknown_name_is_one_line(run):
    answer = run("cifar")
    assert (answer.exit_code, answer.stderr.count("\n")) == (1, 1)
    assert "did you mean 'cifar10'" in answer.stderr
