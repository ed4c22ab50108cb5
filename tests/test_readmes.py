"""What the READMEs say can be done: their commands parse, and their links and files exist."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from snakemake.cli import get_argument_parser

import landcover
from landcover import experiments
from lc_cli import main

ROOT = Path(__file__).parents[1]
FOLDERS = ("", "workflow", "cli", "lib", "results", "tests")
FILES = [ROOT / folder / "README.md" for folder in FOLDERS] + [ROOT / "CONTRIBUTING.md"]
PAGE = pytest.mark.parametrize("page", FILES, ids=lambda page: page.relative_to(ROOT).as_posix())


def commands(text, program):
    """Words of each command in a page's shell blocks and inline code, without comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", prose)
    mine = [line for line in lines if line.split()[:1] == [program]]
    return [shlex.split(line, comments=True)[1:] for line in mine]


def every(program):
    found = [words for page in FILES for words in commands(page.read_text(), program)]
    return [pytest.param(words, id=" ".join(words)) for words in found]


def parse(words):
    name, *rest = words
    main.commands[name].make_context(name, rest[: rest.index(">")] if ">" in rest else rest)


@pytest.fixture(autouse=True)
def files_need_not_exist(monkeypatch):
    monkeypatch.setattr(click.Path, "convert", lambda self, value, *_: Path(value))


@pytest.mark.parametrize("words", every("lc-cli"))
def test_a_command_of_lc_cli_parses(words):
    if len(words) == 1:  # prose may name a command alone
        assert words[0] in main.commands
    elif words and words != ["COMMAND", "--help"]:
        parse(words)


@pytest.mark.parametrize(
    "words", [["predict", "photos/", "--sheets", "a.html"], ["fetch"], ["evaluate", "--seed", "x"]]
)
def test_a_wrong_command_does_not_parse(words):
    with pytest.raises(click.UsageError):
        parse(words)


@pytest.mark.parametrize("words", every("snakemake"))
def test_a_command_of_snakemake_names_what_exists(words):
    known = {name for action in get_argument_parser()._actions for name in action.option_strings}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    after = words[words.index("--config") + 1 :] if "--config" in words else []
    settings = dict(word.split("=", 1) for word in after)
    assert settings.keys() <= schema["properties"].keys()
    assert (ROOT / f"workflow/presets/{settings.get('preset', 'demo')}.yaml").exists()


@pytest.mark.parametrize("words", every("make"))
def test_a_command_of_make_is_a_target(words):
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert set(words[:1]) <= set(targets)


@PAGE
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        file, _, anchor = link.partition("#")
        target = page.parent / file
        assert target.is_file(), link
        if not anchor:
            continue
        headings = re.findall(r"^#+ (.*)$", target.read_text(), flags=re.MULTILINE)
        assert anchor in [h.lower().replace(" ", "-") for h in headings], link


@PAGE
def test_files_that_a_page_names_exist(page):
    named = r"`((?:workflow|cli|lib|tests|envs)/[\w./-]+)`"
    for file in re.findall(named, page.read_text()):
        assert (page.parent / file).exists() or (ROOT / file).exists(), file


def test_the_map_shows_every_module_and_no_other():
    text = (ROOT / "lib/README.md").read_text()
    library = Path(landcover.__file__).parent
    listed = text[text.index("| modules |") : text.index("## The way of an image")]
    names = {name.rstrip("/") for name in re.findall(r"`([\w/]+)`", listed)} - {"Experiment"}
    assert [name for name in names if not _is_there(library, name)] == []
    own = {path.name.partition(".")[0] for path in library.iterdir()}
    assert {name for name in own if name[0] != "_"} <= names
    paths = re.findall(r"`([\w/]+\.py)`", text)
    assert [p for p in paths if not any((r / p).exists() for r in (library, ROOT))] == []


def _is_there(library, name):
    return (library / f"{name}.py").exists() or (library / name).is_dir()


def test_every_command_has_an_example():
    text = (ROOT / "cli/README.md").read_text()
    shown = {words[0] for words in commands(text, "lc-cli") if words}
    assert {*main.commands} <= shown


def test_the_numbers_of_the_house_can_be_counted():
    text = (ROOT / "lib/README.md").read_text()
    (program,) = re.findall(r"^```python\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    numbers = [float(number) for number in run.stdout.split()]
    assert len(numbers) == 5
    assert min(numbers) > 0


def test_the_entries_that_are_shown_are_of_the_table_and_may_be_added_to_it(tmp_path):
    text = (ROOT / "workflow/README.md").read_text()
    entry, own = re.findall(r"^```yaml\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    file = (ROOT / "workflow/experiments.yaml").read_text()
    assert yaml.safe_load(entry).items() <= yaml.safe_load(file)["experiments"].items()
    (tmp_path / "workflow").mkdir()
    for name in ("presets", "schemas", "reference"):
        (tmp_path / "workflow" / name).symlink_to(ROOT / "workflow" / name)
    (tmp_path / "workflow/experiments.yaml").write_text(file + own)
    table = experiments.load(tmp_path / "workflow", "paper")
    (name,) = yaml.safe_load(own)
    assert table[name].experiment.batch_size == 128


def test_the_limits_of_the_presets_are_theirs():
    text = (ROOT / "workflow/README.md").read_text().replace(",", "")
    presets = ROOT / "workflow/presets"
    for name in ("demo", "quick"):
        preset = yaml.safe_load((presets / f"{name}.yaml").read_text())
        (row,) = re.findall(rf"^\| `{name}` \|.*$", text, flags=re.MULTILINE)
        keys = ("max_epochs", "max_train_images", "max_eval_images", "max_pretrained_epochs")
        limits = {preset[key] for key in keys if key in preset} | {len(preset["seeds"])}
        assert limits <= {int(number) for number in re.findall(r"\d+", row)}
