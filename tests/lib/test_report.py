import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from shutil import copy, copytree

import made_study
import pytest
import yaml
from made import (
    TABLE,
    WORKFLOW,
    write_results,
)

from landcover import experiments, report
from landcover.errors import ArtifactError, SpecError
from landcover.report import items
from landcover.report.files import Files
from landcover.results import study
from landcover.results.misses import Misses

METHODS = ("topk", "tsne")  # of the tables that say how well layers separate classes


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


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """The page of results elsewhere, with another setting, another picture, one experiment more."""
    folder = tmp_path_factory.mktemp("changed")
    results = write_results(folder / "my results")
    spec = results / "runs/task1/seed0/spec.json"
    text, changes = re.subn('"batch_size": [0-9]+', '"batch_size": 16', spec.read_text())
    assert changes == 1
    spec.write_text(text)
    copy(WORKFLOW.parent / "Snakefile", folder)
    workflow = copytree(WORKFLOW, folder / "workflow")
    items, entries = workflow / "report/items.yaml", workflow / "experiments.yaml"
    items.write_text(items.read_text().replace("class_counts.svg", "class_counts.png"))
    more = "\n  task2-exp6: {base: task2-exp5, group: task2, dropout: 0.5}\n"
    entries.write_text(entries.read_text() + more)
    table = experiments.load(workflow, "demo")
    return report.build(results, table, workflow, folder / "page")


@pytest.fixture
def workflow(tmp_path):
    """A copy to spoil."""
    copy(WORKFLOW.parent / "Snakefile", tmp_path)
    return copytree(WORKFLOW, tmp_path / "workflow")


class Elements(HTMLParser):
    """Every id and every address of a page, and whether its tags match."""

    EMPTY = ("meta", "br", "col", "link", "img", "input", "hr")

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


def test_the_papers_tables_and_figures_are_on_the_page_in_its_order(page):
    shown = re.findall(r'<figure id="((?:table|figure)-[^"]*)"', page)
    models = "abcde"
    assert shown == [
        "table-1", "figure-1", "table-2", *(f"figure-{n}" for n in range(2, 7)),
        *(f"figure-7-{layer}" for layer in "abcdef"),
        *(f"figure-{n}-{layer}" for n in (8, 9) for layer in "abcde"),
        *(f"figure-{n}" for n in range(10, 19)),
        "table-3", *(f"figure-{n}-{model}" for n in (19, 20) for model in models),
        "figure-21", "figure-22", *(f"figure-{n}-{layer}" for n in (23, 24) for layer in "abc"),
    ]  # fmt: skip
    assert "Figure 19a" in part(page, "figure-19-a")


def test_an_experiment_without_an_item_gets_its_curves(page):
    assert "Authors" in part(page, "curves-task5-final-1")
    folded = re.search(r'<details class="folded"><summary>Loss and accuracy of .*', page, re.DOTALL)
    assert 'id="curves-task5-final-1"' in folded[0]


def test_ids_are_unique_tags_match_and_links_within_the_page_lead_somewhere(page):
    elements = Elements(page)
    assert len(elements.ids) == len(set(elements.ids))
    assert not elements.open
    assert {link[1:] for link in elements.links if link.startswith("#")} <= set(elements.ids)


def test_the_page_asks_nothing_of_any_other_place(out, page):
    outside = [link for link in Elements(page).links if not link.startswith(("#", "data:"))]
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
    assert "lc-cli combine --preset demo" in part(page, "open-combinations")
    assert "lc-cli missed task5-residual --preset demo" in part(page, "open-missed")
    assert "Not run yet" not in part(page, "figure-1")


@pytest.mark.slow
def test_a_gap_elsewhere_names_the_folder(changed):
    folder = changed.parents[1] / "my results"
    made = changed.read_text(encoding="utf-8")
    assert f"--seed 0 --out &#39;{folder}/runs/task2-exp1/seed0&#39;" in made
    residual = f"--run &#39;{folder}/runs/task5-residual/seed0&#39;"
    assert f"lc-cli combine {residual}" in part(made, "open-combinations")
    assert f"--out &#39;{folder}/combine&#39;" in part(made, "open-combinations")
    assert f"lc-cli missed {residual}" in part(made, "open-missed")
    assert f"--out &#39;{folder}/missed/task5-residual&#39;" in part(made, "open-missed")


def test_a_picture_that_is_gone_is_a_gap(results, tmp_path):
    found = study.read(results, TABLE, WORKFLOW)
    gone = replace(found, misses={"task5-residual": Misses(tmp_path, {}, ())})
    made = items.misses.content(gone, {"experiment": "task5-residual"})
    assert made.picture is None
    assert len(made.gaps) == 1


def test_a_picture_that_is_no_text_is_one_sentence(tmp_path):
    (tmp_path / "a.svg").write_bytes(b"<svg>\xff</svg>")
    with pytest.raises(ArtifactError, match=r"a\.svg is no SVG .*; draw it again"):
        Files(tmp_path / "out").write_picture("a", tmp_path / "a.svg", "a picture")


def test_the_page_is_the_same_from_every_folder(out, tmp_path, monkeypatch):
    monkeypatch.chdir(out.parent)
    again = report.build(Path(), TABLE, WORKFLOW, tmp_path / "again")
    assert again.read_bytes() == (out / "index.html").read_bytes()


def test_what_was_trained_but_not_evaluated_lacks_only_that(page):
    words = part(page, "figure-20-a")
    assert "lc-cli evaluate --run results/demo/runs/task5-customcnn/seed0 --preset demo" in words
    assert "lc-cli train task5-customcnn --preset demo --seed 0" not in words
    assert "lc-cli train task5-vgg16 --preset demo --seed 0" in part(page, "figure-20-d")


def test_the_models_parameters_are_compared_with_the_authors(page):
    words = part(page, "table-3")
    assert "(68,205,386)" in words  # not run
    assert "551,466 authors: 1,337,898" in words  # made up above
    assert "not all the authors'" in words.replace("&#39;", "'")


def test_the_authors_test_accuracy_of_68_stands_beside_both_validation_accuracies(page):
    assert re.search(r"82.47 % .* 68.00 % .* 68.27 %", part(page, "table-3"))


def test_accuracies_of_both_weights_are_there(page):
    assert "70.00 % ± 0.00 with the best weights, 33.33 % ± 0.00 with the last" in part(
        page, "figure-22"
    )


def test_a_random_backbone_is_marked_wherever_its_accuracy_is(page, out):
    assert "Random backbones." in words(page)
    for item in ("table-3", "figure-19-b", "figure-20-b", "figure-21", "figure-22", "top-pairs"):
        assert "random backbone" in part(page, item), item
    assert "random backbone" not in part(page, "figure-1")
    assert "task5-resnet50 (random backbone)" in (out / "tables" / "headline.md").read_text()


def test_the_most_confused_pair_is_the_sum_of_both_directions(page):
    assert "1 Highway / River 8 40.0 Highway / River 86 11.5" in part(page, "final-pairs")


def test_each_class_has_ours_beside_the_authors(page):
    assert "River 50.00 ± 0.00 75.70 25.00 ± 0.00 79.73" in part(page, "final-classes")


@pytest.mark.slow
def test_pictures_of_another_stage_are_on_the_page_and_beside_it(changed):
    made = changed.read_text()
    assert '<svg viewBox="' in re.search(r'<figure id="figure-16".*?</figure>', made, re.DOTALL)[0]
    assert '<img src="data:image/png;base64,' in made
    beside = changed.parent / "figures" / "figure-17.png"
    shown = changed.parents[1] / "my results/explore/eurosat/class_counts.png"
    assert beside.read_bytes() == shown.read_bytes()
    assert "eurosat (synthetic): 1,500 training, 500 test images" in part(made, "figure-16")
    assert "lc-cli explore eurosat --preset demo" in part(made, "figure-18")


def test_results_of_other_code_and_other_settings_are_marked(page):
    assert "other code" in part(page, "figure-5")
    assert "other code" not in part(page, "figure-1")


@pytest.mark.slow
def test_a_run_with_other_settings_is_marked(changed, table):
    now = table["task1"].experiment.batch_size
    assert f"batch_size 16, now {now}" in part(changed.read_text(), "figure-1")


def test_images_that_are_not_the_published_ones_are_said_to_be(page):
    assert "Synthetic images." in words(page)
    assert "cifar10 (synthetic): 1,000 images to train, 500 to evaluate" in part(page, "figure-1")


def test_settings_that_the_preset_caps_are_marked(page):
    capped = TABLE["task2-exp5"].experiment.batch_size
    assert re.search(rf"<mark>{capped}</mark> <small>authors: 512</small>", page)


@pytest.mark.slow
def test_the_same_results_give_the_same_bytes_and_need_no_torch(out, tmp_path):
    again = tmp_path / "again"
    program = f"""
import json, sys
from pathlib import Path
from landcover import experiments, report
workflow = Path({str(WORKFLOW)!r})
table = experiments.load(workflow, "demo", {{"seeds": [0, 1]}})
report.build(Path({str(out.parent)!r}), table, workflow, Path({str(again)!r}))
print(json.dumps([name for name in ("torch", "sklearn") if name in sys.modules]))
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(answer.stdout) == []
    files = sorted(path.relative_to(out) for path in out.rglob("*.*"))
    assert files
    assert all((again / file).read_bytes() == (out / file).read_bytes() for file in files)


def test_a_failed_look_up_stops_the_report(build, workflow):
    items = workflow / "report" / "items.yaml"
    items.write_text(items.read_text().replace("authors.best | percent", "authors.bset | percent"))
    with pytest.raises(SpecError, match="bset"):
        build(workflow)


def test_every_file_of_items_is_a_kind():
    files = Path(items.__file__).parent.glob("[!_]*.py")
    assert {file.stem.replace("_", "-") for file in files} == set(items.KINDS)


@pytest.mark.parametrize(
    ("old", "reason"),
    [
        ("        kind: layers\n", "line 15, task1.items.0: the key 'kind' is missing"),
        ("        model: customcnn\n", "line 15, task1.items.0: the key 'model' is missing"),
        ("unlisted: {kind: curves, ", "unlisted: the key 'kind' is missing"),
    ],
)
def test_an_item_that_lacks_a_key_is_told_with_its_line(build, workflow, old, reason):
    items = workflow / "report" / "items.yaml"
    text = items.read_text()
    assert old in text
    items.write_text(text.replace(old, "unlisted: {" if "unlisted" in old else ""))
    with pytest.raises(SpecError, match=rf"items\.yaml.*{reason}"):
        build(workflow)


def test_a_look_that_lacks_is_at_the_weights_that_the_workflow_looks_into(page):
    own = "lc-cli interpret task2-exp5 --seed 0 --epoch last --method topk --preset demo"
    assert own in part(page, "figure-8-a")
    assert "lc-cli interpret --model vgg16 --method topk --preset demo" in part(page, "figure-8-b")


def test_the_schema_says_of_every_kind_what_it_needs():
    schema = yaml.safe_load((WORKFLOW / "schemas/items.schema.yaml").read_text())
    told = [rule["if"]["properties"]["kind"]["const"] for rule in schema["$defs"]["item"]["allOf"]]
    assert sorted(told) == sorted(items.KINDS)


def test_every_look_that_lacks_is_a_gap_of_its_own(page):
    words = part(page, "task3-separation")
    assert {f"{m} of {n}" in words for m in METHODS for n in ("task2-exp5", "vgg16")} == {True}


def test_separation_is_the_mean_over_the_seeds_and_missing_seeds_are_gaps(tmp_path):
    table = experiments.load(WORKFLOW, "demo", {"seeds": [0, 1, 2]})
    for seed in (0, 2):
        made_study.write_inside(tmp_path, "task2-exp5", made_study.CIFAR, seed)
    listed = {"networks": ["task2-exp5"]}
    found = items.separation.content(study.read(tmp_path, table, WORKFLOW), listed)
    rows = found.table.set_index("layer")
    assert rows.loc["fc2", ["seeds", "map_silhouette"]].tolist() == pytest.approx([2, 0.701])
    assert [gap.what for gap in found.gaps] == [f"{m} of task2-exp5, seed 1" for m in METHODS]
    assert [gap.commands for gap in found.gaps] == [
        (
            f"lc-cli interpret task2-exp5 --seed 1 --epoch last --method {method} --preset demo "
            f"--out {tmp_path}/interpret/task2-exp5-run-seed1",
        )
        for method in METHODS
    ]


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
        ("per_class.csv", "0.25", "x"),
        ("confusion.csv", "predicted", "guessed"),
        ("metrics.json", '"accuracy": 0.7', '"accuracy": NaN'),
        ("metrics.json", '"n": 30', '"n": 31'),
        ("metrics.json", '"epoch": 2', '"epoch": 1'),
    ],
)  # fmt: skip
def test_a_broken_result_is_an_error_that_names_the_file(results, build, file, old, new):
    broken = results / "runs" / "task5-final-4" / "seed0" / file
    broken.write_text(broken.read_text().replace(old, new, 1))
    with pytest.raises(ArtifactError, match=re.escape(str(broken))):
        build()


@pytest.mark.slow
def test_an_experiment_more_in_the_table_is_one_row_and_one_figure_more(changed):
    made = changed.read_text()
    assert "task2-exp6" in part(made, "table-2")
    assert "curves-task2-exp6" in Elements(made).ids
