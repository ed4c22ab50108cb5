import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lc_cli import main


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["report", *arguments])


def test_it_prints_where_the_page_is(run):
    answer = run()
    assert (answer.exit_code, answer.stdout) == (0, "results/demo/report/index.html\n")
    assert Path(answer.stdout.strip()).is_file()


def test_json_has_the_page(run, monkeypatch):
    monkeypatch.setattr("landcover.report.build", lambda *given: given[-1] / "index.html")
    answer = run("--preset", "quick", "--out", "there", "--json")
    assert json.loads(answer.stdout) == {"page": "there/index.html"}


def test_a_broken_result_is_one_line(run, tmp_path):
    broken = tmp_path / "results/demo/runs/task1/seed0/run.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{")
    answer = run()
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
    assert "task1/seed0/run.json" in answer.stderr
