import json

import pytest
from click.testing import CliRunner

from landcover import doctor
from lc_cli import main


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch, tmp_path):
    """Neither its disk nor its commands change the findings."""
    monkeypatch.setattr(doctor, "ENOUGH_DISK_BYTES", 0)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_the_doctor_answers_people_and_programs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for_people, for_programs = (
        CliRunner().invoke(main, ["doctor", *words]) for words in ([], ["--json"])
    )
    assert for_people.exit_code == for_programs.exit_code == 0
    subjects = [finding["subject"] for finding in json.loads(for_programs.stdout)]
    assert {"torch", "torchvision", "device", "snakemake", "slurm", "conda"} <= set(subjects)
    assert all(subject in for_people.stdout for subject in subjects)


def test_what_must_be_mended_ends_with_1_and_one_sentence(tmp_path):
    result = CliRunner().invoke(main, ["doctor", "--data", str(tmp_path / "absent")])
    assert result.exit_code == 1
    assert result.stderr == "Error: to be mended: your images (--data); the advice is above\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_locale_without_its_signs_does_not_end_it(tmp_path, monkeypatch, encoding):
    monkeypatch.chdir(tmp_path)
    result = CliRunner(charset=encoding).invoke(main, ["doctor"])
    assert result.exit_code == 0, result.output
    assert "torchvision" in result.output
