import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest

from landcover import artifacts, experiments, report
from landcover.errors import ArtifactError, SpecError
from landcover.provenance import code_sha256

WORKFLOW = Path(__file__).parents[2] / "workflow"
TABLE = experiments.load(WORKFLOW, "demo", {"seeds": [0, 1]})
EPOCHS = 3


def write_run(results, experiment, seed, *, code=""):
    """A run as training leaves it, with accuracies made up here."""
    folder = results / "runs" / experiment / f"seed{seed}"
    accuracy = [0.25, 0.5, 0.375 + seed / 8]
    history = pd.DataFrame({"epoch": range(1, EPOCHS + 1), "eval_accuracy": accuracy})
    for column in ("train_loss", "train_loss_mean", "eval_loss"):
        history[column] = [2.0, 1.5, 1.25]
    history[["learning_rate", "train_seconds", "eval_seconds"]] = 0.001, 2.0, 0.5
    artifacts.write_csv(folder / "history.csv", history)
    spec = TABLE[experiment].experiment.as_dict()
    artifacts.write_json(folder / "spec.json", spec | {"seed": seed})
    run = {
        "experiment": experiment,
        "seed": seed,
        "parameters": {"total": 551466},
        "data": {"dataset": "cifar10", "fidelity": "synthetic", "source": "drawn", "sha256": ""},
        "train_images": 1000,
        "eval_images": 500,
        "epochs": EPOCHS,
        "best_epoch": 2,
        "best_accuracy": max(accuracy),
        "last_accuracy": accuracy[-1],
        "seconds": 7.5,
        "peak_memory_bytes": 10**8,
        "device": "a processor",
        "threads": 1,
        "finished": "2024-01-12T10:00:00+00:00",
        "provenance": {
            "code_sha256": code or code_sha256(),
            "commit": "0123456789abcdef",
            "python": "3.11.7",
            "platform": "Linux",
            "processor": "a processor",
            "versions": {"torch": "2.13.0"},
        },
    }
    artifacts.write_json(folder / "run.json", run)


def write_results(folder):
    """Two seeds of one experiment, one of another, nothing of the rest."""
    write_run(folder, "task1", 0)
    write_run(folder, "task1", 1)
    write_run(folder, "task2-exp4", 0, code="another")
    return folder


@pytest.fixture
def results(tmp_path):
    return write_results(tmp_path / "results" / "demo")


@pytest.fixture
def build(results, tmp_path):
    return lambda workflow=WORKFLOW: report.build(results, TABLE, workflow, tmp_path / "page")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = write_results(tmp_path_factory.mktemp("module") / "results" / "demo")
    return report.build(folder, TABLE, WORKFLOW, folder / "report").parent


@pytest.fixture(scope="module")
def page(out):
    return (out / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def workflow(tmp_path):
    """A copy to spoil."""
    return copytree(WORKFLOW, tmp_path / "workflow")


class Elements(HTMLParser):
    """Every id and every address of a page, and whether its tags match."""

    EMPTY = ("meta", "br", "link", "img", "input", "hr")

    def __init__(self, page):
        super().__init__()
        self.ids, self.links, self.open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found[key] for key in ("href", "src", "data", "action") if key in found]
        self.open += [] if tag in self.EMPTY else [tag]

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def words(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def part(page, item):
    """The words of one item."""
    return words(re.search(rf'<figure id="{item}".*?</figure>', page, re.DOTALL)[0])


def test_tables_1_and_2_and_figures_1_to_6_are_on_the_page(page):
    figures = [f"figure-{n}" for n in range(1, 7)]
    assert [i for i in Elements(page).ids if re.fullmatch(r"(table|figure)-\d+", i)] == [
        "table-1", figures[0], "table-2", *figures[1:],
    ]  # fmt: skip


def test_an_experiment_without_an_item_gets_its_curves(page):
    assert "Authors" in part(page, "curves-task5-customcnn")


def test_ids_are_unique_tags_match_and_links_within_the_page_lead_somewhere(page):
    elements = Elements(page)
    assert len(elements.ids) == len(set(elements.ids))
    assert not elements.open
    assert {link[1:] for link in elements.links if link.startswith("#")} <= set(elements.ids)


def test_the_page_asks_nothing_of_any_other_place(out, page):
    outside = [link for link in Elements(page).links if not link.startswith("#")]
    assert all((out / link).is_file() for link in outside)
    assert not re.search(r"https?://|@import|url\((?!#)", page)


def test_the_authors_logged_numbers_are_there(page):
    for logged in ("83.52", "78.55", "81.28", "80.14", "84.66", "83.59", "82.47"):
        assert logged in words(page)
    assert "8 m 12 s" in part(page, "table-2")


def test_ours_is_the_mean_and_the_spread_over_seeds(page):
    assert "50.00 ± 0.00" in page
    assert "43.75 ± 8.84" in page  # of 37.5 and 50: sd is 12.5 / √2
    assert "50.00 (n=1)" in page


def test_what_was_not_run_is_a_gap_with_its_command(page):
    assert "lc-cli train task2-exp1 --preset demo --seed 0" in part(page, "figure-2")
    assert "lc-cli train task2-exp4 --preset demo --seed 1" in part(page, "figure-5")
    assert "lc-cli profile --model customcnn --out results/demo/profile/customcnn" in page
    assert "Not run yet" not in part(page, "figure-1")


def test_a_gap_elsewhere_names_the_folder(results, tmp_path):
    moved = results.rename(tmp_path / "my results")
    made = report.build(moved, TABLE, WORKFLOW, tmp_path / "page").read_text(encoding="utf-8")
    assert f"--seed 0 --out &#39;{moved}/runs/task2-exp1/seed0&#39;" in made


def test_results_of_other_code_and_other_settings_are_marked(page):
    assert "other code" in part(page, "figure-5")
    assert "other code" not in part(page, "figure-1")


def test_a_run_with_other_settings_is_marked(results, build):
    spec = results / "runs" / "task1" / "seed0" / "spec.json"
    spec.write_text(spec.read_text().replace('"batch_size": 64', '"batch_size": 16'))
    assert "batch_size 16, now 64" in part(build().read_text(), "figure-1")


def test_images_that_are_not_the_published_ones_are_said_to_be(page):
    assert "Synthetic images." in words(page)
    assert "synthetic cifar10 images: 1,000 to train, 500 to evaluate" in part(page, "figure-1")


def test_settings_that_the_preset_caps_are_marked(page):
    capped = TABLE["task2-exp5"].experiment.batch_size
    assert re.search(rf"<mark>{capped}</mark> <small>authors: 512</small>", page)


def test_the_same_results_give_the_same_bytes(out, tmp_path):
    again = report.build(out.parent, TABLE, WORKFLOW, tmp_path).parent
    files = sorted(path.relative_to(out) for path in out.rglob("*.*"))
    assert files
    assert all((again / file).read_bytes() == (out / file).read_bytes() for file in files)


def test_a_failed_look_up_stops_the_report(build, workflow):
    items = workflow / "report" / "items.yaml"
    items.write_text(items.read_text().replace("authors.best | percent", "authors.bset | percent"))
    with pytest.raises(SpecError, match="bset"):
        build(workflow)


def test_an_item_of_an_unknown_kind_is_refused(build, workflow):
    items = workflow / "report" / "items.yaml"
    items.write_text(items.read_text().replace("kind: layers", "kind: layer"))
    with pytest.raises(SpecError, match="did you mean 'layers'"):
        build(workflow)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("history.csv", "0.375", "nan"),
        ("history.csv", "eval_loss", "eval_lost"),
        ("run.json", '"best_accuracy": 0.5', '"best_accuracy": NaN'),
        ("run.json", '"seed": 0', '"seed": 7'),
        ("run.json", '"epochs": 3', '"epochs": 4'),
        ("run.json", "{", "", ),
        ("spec.json", "{", ""),
    ],
)  # fmt: skip
def test_a_broken_result_is_an_error_that_names_the_file(results, build, file, old, new):
    broken = results / "runs" / "task1" / "seed0" / file
    broken.write_text(broken.read_text().replace(old, new, 1))
    with pytest.raises(ArtifactError, match=re.escape(str(broken))):
        build()


def test_an_experiment_more_in_the_table_is_one_row_and_one_figure_more(
    results, workflow, tmp_path
):
    entries = workflow / "experiments.yaml"
    more = "\n  task2-exp6: {base: task2-exp5, group: task2, dropout: 0.5}\n"
    entries.write_text(entries.read_text() + more)
    table = experiments.load(workflow, "demo")
    made = report.build(results, table, workflow, tmp_path / "page").read_text()
    assert "task2-exp6" in part(made, "table-2")
    assert "curves-task2-exp6" in Elements(made).ids


def test_the_report_needs_neither_torch_nor_scikit_learn(results, tmp_path):
    program = f"""
import json, sys
from pathlib import Path
from landcover import experiments, report
workflow = Path({str(WORKFLOW)!r})
report.build(Path({str(results)!r}), experiments.load(workflow), workflow, Path({str(tmp_path)!r}))
print(json.dumps([name for name in ("torch", "sklearn") if name in sys.modules]))
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(answer.stdout) == []
