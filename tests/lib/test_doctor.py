import sys
from importlib import metadata

import pytest

from landcover import doctor
from landcover.doctor import Places, examine


@pytest.fixture
def places(tmp_path):
    return Places(cache=tmp_path / "cache", results=tmp_path / "results", source=None)


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """Makes commands that print; nothing else is on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(name, prints):
        (folder / name).write_text(f"#!/bin/sh\n{prints}\n")
        (folder / name).chmod(0o755)

    return make


def found(subject, places):
    (finding,) = [finding for finding in examine(places) if finding.subject == subject]
    return finding


@pytest.mark.usefixtures("commands")
def test_where_the_tests_run_nothing_needed_is_missing(places, monkeypatch):
    monkeypatch.setattr(doctor, "ENOUGH_DISK_BYTES", 0)
    assert [finding for finding in examine(places) if finding.state == "bad"] == []


@pytest.mark.usefixtures("commands")
def test_what_is_not_good_comes_with_advice(places):
    assert all(finding.advice or finding.state == "good" for finding in examine(places))


@pytest.mark.parametrize("subject", ["torch", "torchvision", "device", "bf16"])
def test_without_torch_it_says_so(places, monkeypatch, subject):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "landcover.models.guarded_torchvision", raising=False)
    finding = found(subject, places)
    assert finding.state == "bad"
    assert "torch" in finding.found
    assert "constraints.txt" in finding.advice


def test_a_torchvision_for_another_torch_is_found(places, monkeypatch):
    versions = {"torch": "2.12.1+cpu", "torchvision": "0.28.0"}
    monkeypatch.setattr(metadata, "version", lambda name: versions.get(name, "1.0"))
    assert found("torchvision", places).state == "bad"


def test_a_package_whose_version_is_unknown_is_a_finding(places, monkeypatch):
    monkeypatch.setattr(doctor, "_version", lambda name: "")
    assert found("torchvision", places).state == "bad"


def test_slurm_is_asked_for_its_partitions(places, commands):
    assert found("slurm", places).found == "no sbatch here"
    commands("sbatch", "exit 0")
    commands("sinfo", "exit 1")
    assert found("slurm", places).found == "sinfo does not answer"
    commands("sinfo", "echo cpu; echo gpu")
    assert found("slurm", places).found.startswith("partitions cpu, gpu")


@pytest.mark.parametrize(("version", "state"), [("23.11.0", "absent"), ("24.7.1", "good")])
def test_a_conda_that_snakemake_would_refuse_is_found(places, commands, version, state):
    commands("conda", f"echo conda {version}")
    assert found("conda", places).state == state


def test_images_and_weights_are_listed(places, tmp_path, monkeypatch):
    for path in ("cache/EuroSAT.zip", "results/demo/data/eurosat/images.npy"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).touch()
    weights = tmp_path / "hub/checkpoints"
    weights.mkdir(parents=True)
    (weights / "vgg16-397923af.pth").touch()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert "EuroSAT.zip" in found("cache", places).found
    assert found("prepared images", places).found == "demo/eurosat"
    assert found("ImageNet weights", places).found.startswith("vgg16 in")
    assert "copy vgg19-dcbb9e9d.pth, resnet50-" in found("ImageNet weights", places).advice


def test_a_full_disk_is_found(places, monkeypatch):
    monkeypatch.setattr(doctor, "ENOUGH_DISK_BYTES", 1e18)
    assert found("disk", places).state == "bad"


def test_a_wrong_place_for_images_is_found(places, tmp_path):
    wrong = Places(places.cache, places.results, tmp_path / "absent")
    assert found("your images (--data)", wrong).state == "bad"
    wrong.source.mkdir()
    assert found("your images (--data)", wrong).found == f"{wrong.source} is empty"
