import json

import pytest
from click.testing import CliRunner

from landcover.data import prepared
from lc_cli import main


@pytest.fixture
def run(tmp_path, monkeypatch, tiny):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LANDCOVER_DATA", raising=False)
    monkeypatch.setenv("LANDCOVER_PRESET", "demo")
    prepared.write(tmp_path / "results/demo/data/cifar10", tiny)
    return lambda *words: CliRunner().invoke(main, ["explore", *words])


def test_it_prints_a_table_and_the_folder(run, tmp_path):
    answer = run("cifar10")
    assert answer.exit_code == 0, answer.output
    assert "80 train, 40 test" in answer.stdout
    assert "(0 across splits)" in answer.stdout
    assert "the most similar image of another class is of class" in answer.stdout
    assert answer.stdout.endswith("results/demo/explore/cifar10\n")
    assert (tmp_path / "results/demo/explore/cifar10/samples.svg").is_file()


def test_json_is_the_audit(run, tmp_path, monkeypatch):
    monkeypatch.setattr("landcover.style.save", lambda *_: None)
    answer = run("cifar10", "--json", "--out", "there")
    assert json.loads(answer.stdout) == json.loads((tmp_path / "there/audit.json").read_text())


def test_without_a_preset_real_images_are_meant(run, tmp_path, tiny, monkeypatch):
    monkeypatch.delenv("LANDCOVER_PRESET")
    prepared.write(tmp_path / "results/paper/data/cifar10", tiny)
    answer = run("cifar10")
    assert answer.stdout.endswith("results/paper/explore/cifar10\n")
    assert not answer.stderr


def test_what_cannot_be_had_is_replaced_with_a_warning_and_marked(run, tmp_path, monkeypatch):
    monkeypatch.delenv("LANDCOVER_PRESET")
    monkeypatch.setattr("lc_cli.places.CACHE", tmp_path)
    monkeypatch.setattr("landcover.hub.answers", lambda _: False)
    answer = run("cifar10")
    assert (answer.exit_code, answer.stderr.count("\n")) == (0, 1)
    assert "Warning: synthetic images are shown, because CIFAR-10 is not in" in answer.stderr
    assert answer.stdout.endswith("results/demo/explore/cifar10\n")
    picture = tmp_path / "results/demo/explore/cifar10/class_counts.svg"
    assert ">Synthetic images<" in picture.read_text()


def test_an_unknown_name_is_one_line(run):
    answer = run("cifar")
    assert (answer.exit_code, answer.stderr.count("\n")) == (1, 1)
    assert "did you mean 'cifar10'" in answer.stderr
