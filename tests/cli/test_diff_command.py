import json
import subprocess
import sys
from shutil import copytree

import pytest
from click.testing import CliRunner

from lc_cli import main

RUN = "runs/toy/seed0"


@pytest.fixture
def lc(toy_run, tmp_path, monkeypatch):
    """With two copies of the same results, a and b."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        copytree(toy_run, tmp_path / name / RUN)
    return lambda *words: CliRunner().invoke(main, ["diff", *words])


@pytest.fixture
def another_accuracy(lc, tmp_path):
    file = tmp_path / "b" / RUN / "run.json"
    facts = json.loads(file.read_text())
    facts["provenance"]["versions"]["torch"] = "2.12.1"
    file.write_text(json.dumps(facts | {"last_accuracy": facts["last_accuracy"] + 0.015625}))


def test_copies_agree_with_exit_code_0(lc):
    answer = lc("a", "b")
    assert answer.exit_code == 0, answer.output
    assert "Made alike" in answer.stdout
    assert answer.stdout.endswith("1 of 1 in both folders agree (tolerance 0)\n")


@pytest.mark.usefixtures("another_accuracy")
def test_a_difference_is_exit_code_1_and_no_error_message(lc):
    answer = lc("a", "b")
    assert (answer.exit_code, answer.stderr) == (1, "")
    why, numbers = answer.stdout.index("versions torch"), answer.stdout.index("last accuracy")
    assert why < numbers
    assert "1.56 points" in answer.stdout
    assert lc("a", "b", "--tolerance", "2").exit_code == 0


@pytest.mark.usefixtures("another_accuracy")
def test_json_has_the_verdict_and_the_same_exit_code(lc):
    answer = lc("a", "b", "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["agrees"] is False


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("a", "a"), 1),
        (("a", "b/runs"), 1),
        (("a", "b", "--only", "tyo"), 1),
        (("a", "b", "--tolerance", "nan"), 2),
        (("a", "nowhere"), 2),
        (("a", "b", "--tolerance", "-1"), 2),
    ],
)
def test_what_cannot_be_compared_is_said_on_stderr(lc, words, code):
    answer = lc(*words)
    assert (answer.exit_code, answer.stdout) == (code, "")
    assert "Error: " in answer.stderr


def test_it_needs_no_torch(lc, tmp_path):
    program = """
import sys
from lc_cli import main
code = main(["diff", "a", "b"], standalone_mode=False)
sys.exit(code or "torch" in sys.modules)
"""
    assert (
        subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False).returncode == 0
    )
