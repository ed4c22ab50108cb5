"""A machine that offers little: a strange path, another locale, no home, no network."""

import os
import subprocess
import sys

import pytest

WITHOUT_NETWORK = ("unshare", "--map-root-user", "--net")


@pytest.fixture
def lc(tmp_path, few_images):
    here, temporary = tmp_path / "ein Vergnügen, 'wörtlich'", tmp_path / "anderswo ß"
    here.mkdir()
    temporary.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{few_images / 'lib'}:{few_images / 'cli'}",
        "OMP_NUM_THREADS": "1",
        "HOME": "/dev/null",  # where not even root may write
        "TMPDIR": str(temporary),
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
    }
    try:
        isolated = subprocess.run([*WITHOUT_NETWORK, "true"], check=False).returncode == 0
    except FileNotFoundError:
        isolated = False

    def run(*words):
        command = [*(WITHOUT_NETWORK if isolated else ()), sys.executable, "-m", "lc_cli", *words]
        return subprocess.run(
            command, cwd=here, env=environment, capture_output=True, text=True, check=False
        )

    return run


@pytest.mark.slow
def test_a_training_and_a_report_are_made_there(lc, tmp_path):
    for words in (("train", "task1", "--out", "mein Lauf ü"), ("report",)):
        result = lc(*words)
        assert result.returncode == 0, result.stderr
    (page,) = tmp_path.glob("ein*/results/demo/report/index.html")
    assert "Kyparissis" in page.read_text(encoding="utf-8")


def test_what_needs_a_network_says_what_to_do_without(lc):
    result = lc("train", "task5-vgg16", "--preset", "quick")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
