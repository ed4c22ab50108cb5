"""Names from elsewhere stay text: in the page, its drawings, and what is written beside it."""

import html
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from shutil import copy, copytree

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image

from landcover import artifacts, experiments, explore, report, style
from landcover.data import prepared
from landcover.data.catalog import dataset
from landcover.errors import ArtifactError, SpecError
from landcover.evaluate import evaluate_run
from landcover.fetch import fetch
from landcover.report.files import Files
from landcover.report.svg import Drawings
from landcover.train import train

WORKFLOW = Path(__file__).parents[2] / "workflow"
SCRIPT = "<script>alert(1)<script>"  # no slash, which a class may not have
CLASSES = (SCRIPT, "\"&'", r"$\frac$\1", "&lt;b&gt;")
FOLDER = "<img src=x onerror=alert(1)> \"'&"
CPU = torch.device("cpu")


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.handlers = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.handlers += [name for name, _ in attributes if name.startswith("on")]
        self.handlers += [value for _, value in attributes if "javascript:" in (value or "")]


def annotated(folder):
    """Photographs of four classes in three splits, as an annotation lists them."""
    rng = np.random.default_rng(0)
    for split in ("train", "val", "test"):
        images = folder / split / "images"
        images.mkdir(parents=True)
        lines = ["ImageID ClassID"]
        for number in range(12):
            name = f"{split}<b>{number}"
            pixels = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(images / f"{name}.png")
            lines.append(f"{name} {CLASSES[number % len(CLASSES)]}")
        (folder / split / "annotation.txt").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The report of an experiment of Task 5 that was run on such photographs."""
    place = tmp_path_factory.mktemp("hostile")
    copy(WORKFLOW.parent / "Snakefile", place)
    workflow = copytree(WORKFLOW, place / "workflow")
    file = workflow / "experiments.yaml"
    entry = "task5-customcnn: {base: eurosat, group: task5,"
    changed = "task5-customcnn: {base: eurosat, dataset: mine, image_size: 32, group: task5,"
    text = file.read_text()
    assert entry in text
    odd = f"  odd: {{base: task1, group: 'task5 {SCRIPT} \"&'}}\n"
    file.write_text(text.replace(entry, changed) + odd)
    table = experiments.load(workflow, "quick")
    spec = table["task5-customcnn"].experiment
    images = fetch(dataset("mine", 32), annotated(place / FOLDER), place)
    results = place / "results"
    run = results / "runs" / spec.name / "seed0"
    train(spec, 0, images, run, CPU)
    evaluate_run(run, images, run, CPU)
    explore.write(
        explore.explore(images, "none", "half", tiles=False), results / "explore" / "eurosat"
    )
    prepared.write(results / "data" / "mine-32", images)
    return report.build(results, table, workflow, place / "report")


@pytest.mark.slow
def test_the_page_has_no_tag_of_a_class_a_file_or_a_group(page):
    text = page.read_text(encoding="utf-8")
    found = Tags(text)
    assert found.tags.count("script") == 1  # the page's own, its last
    assert "b" not in found.tags
    assert not found.handlers
    assert SCRIPT not in text
    for name in CLASSES:  # as people read it, on an axis
        assert name in html.unescape(text)


@pytest.mark.slow
def test_the_drawings_beside_it_have_none_either(page):
    drawings = list((page.parent / "figures").glob("*.svg"))
    texts = html.unescape(" ".join(path.read_text(encoding="utf-8") for path in drawings))
    assert all(name in texts for name in CLASSES)
    for path in drawings:
        assert not re.search(r"<script|\son\w+=", path.read_text(encoding="utf-8"))


def test_a_label_of_a_drawing_is_text():
    label = rf"{SCRIPT} \1 \g<0> \q"
    inline = Drawings().inline(style.svg(Figure(), "x"), label)
    assert f'aria-label="{html.escape(label, quote=False)}"' in inline
    assert Tags(inline).tags.count("script") == 0


@pytest.mark.parametrize(
    "inside",
    [
        SCRIPT,
        '<g onload="alert(1)"/>',
        '<a href="javascript:alert(1)"/>',
        "<foreignObject/>",
        "<g>",
    ],
)
def test_a_drawing_that_is_more_than_one_is_refused(tmp_path, inside):
    picture = tmp_path / "samples.svg"
    drawn = style.svg(Figure(), "x").replace("</svg>", f"{inside}</svg>")
    artifacts.write_text(picture, drawn)
    with pytest.raises(ArtifactError, match=r"samples\.svg has more than a drawing"):
        Files(tmp_path).write_picture("x", picture, "label")


def test_a_picture_is_told_in_words_that_stay_words(tmp_path):
    file = BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG")
    (tmp_path / "x.png").write_bytes(file.getvalue())
    shown = Files(tmp_path).write_picture("x", tmp_path / "x.png", f'"{SCRIPT}')
    assert Tags(shown).tags == ["img"]


@pytest.mark.parametrize("name", [SCRIPT, "a b", "'", "../x", "$(touch x)", "é", ""])
def test_an_experiment_has_a_plain_name(tmp_path, name):
    copy(WORKFLOW.parent / "Snakefile", tmp_path)
    workflow = copytree(WORKFLOW, tmp_path / "workflow")
    text = (workflow / "experiments.yaml").read_text()
    quoted = name.replace("'", "''")
    (workflow / "experiments.yaml").write_text(
        f"{text}  '{quoted}': {{base: task1, group: task1}}\n"
    )
    with pytest.raises(SpecError, match="a name has letters, digits"):
        experiments.load(workflow, "demo")
