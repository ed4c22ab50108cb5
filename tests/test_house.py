"""Conventions of the house, as tests."""

import ast
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import click
import pytest

from landcover.data.catalog import DATASETS
from landcover.results import authors, layout
from lc_cli import main

ROOT = Path(__file__).parents[1]
RULES = sorted((ROOT / "workflow/rules").glob("*.smk"))


def commands(group=main, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_every_command_has_help_with_an_example(name, command):
    assert command.help
    assert f"lc-cli {name}" in command.help


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_every_option_has_help_or_says_its_default(name, command):
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help or option.show_default, f"{name} {option.opts}"


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_is_a_contract(path):
    for rule in re.split(r"^rule ", path.read_text(), flags=re.MULTILINE)[1:]:
        assert re.match(r'\w+:\n    """', rule), "a docstring"
        for directive in ("output:", "log:", "benchmark:", "resources:", "conda:", "shell:"):
            assert f"    {directive}\n" in rule, directive
        assert len(re.findall(r'^ {8}"lc-cli ', rule, flags=re.MULTILINE)) == 1
        assert not re.search(r"^ {4}(run|script):", rule, flags=re.MULTILINE)


@pytest.mark.parametrize("dataset", list(DATASETS.values()), ids=lambda dataset: dataset.name)
def test_every_data_set_has_mirrors_and_a_checksum(dataset):
    assert re.fullmatch("[0-9a-f]{32}", dataset.archive.md5)
    assert len(dataset.archive.urls) >= 2
    assert list(dataset.classes) == sorted(dataset.classes)


def test_no_room_has_a_generic_name():
    names = {path.stem for part in ("lib", "cli") for path in (ROOT / part).rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "helper", "common", "base", "misc"}


def test_the_library_imports_nothing_by_itself():
    tree = ast.parse((ROOT / "lib/landcover/__init__.py").read_text())
    assert not [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize(
    "module",
    ["lc_cli", "landcover.experiments", "landcover.claims", "landcover.report", "landcover.diff"],
)
def test_what_only_reads_results_loads_no_torch(module):
    program = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


SLOW_TO_IMPORT = {"torch", "torchvision", "sklearn", "scipy", "pandas", "matplotlib", "captum"}


def loaded_by(folder, *words):
    """What of that a command has loaded when it ends; it works in a folder."""
    program = (
        "import sys\nfrom lc_cli import main\n"
        "try: main()\nfinally: print('loaded', *sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", program, *words]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return SLOW_TO_IMPORT & set(result.stderr.rpartition("loaded ")[2].split())


@pytest.mark.slow
def test_a_command_loads_only_what_it_uses(tmp_path):
    assert loaded_by(tmp_path, "fetch", "cifar10") == set()
    small = ("--set", "epochs=1", "--set", "max_train_images=32", "--set", "max_eval_images=32")
    assert loaded_by(tmp_path, "train", "task1", *small, "--out", "run") == {"torch"}
    assert loaded_by(tmp_path, "evaluate", "--run", "run") == {"torch", "pandas"}


# Names of files below a results folder, and its own name; not in the middle of another name.
FILES = [str(value) for name, value in vars(layout).items() if name.isupper() and "." in str(value)]
SPELLED = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, FILES))}|{layout.HOME}/)(?!\.)")
FOLDERS = {"data", "explore", "profile", "runs", "interpret", "logs", "benchmarks"}


def spelled(module):
    """Strings that name a place below a results folder; docstrings may tell of it."""
    nodes = list(ast.walk(ast.parse(module)))
    told = {
        node.body[0].value
        for node in nodes
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = [n for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    parts = {n.right for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div)}
    return [
        n.value
        for n in texts
        if n not in told and (SPELLED.search(n.value) or (n in parts and n.value in FOLDERS))
    ]


def test_only_the_layout_spells_a_path_below_a_results_folder():
    modules = [p for part in ("lib", "cli") for p in (ROOT / part).rglob("*.py")]
    found = {str(p): spelled(p.read_text()) for p in modules if p.name != "layout.py"}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_the_search_for_paths_finds_them():
    module = '"""run.json"""\na = x / "run.json"\nb = x / "runs"\nc = "in results/demo"\nd = "runs"'
    assert sorted(spelled(module)) == ["in results/demo", "run.json", "runs"]


COMMAND = re.compile(r"\w+\.(command|group)\b")
THIRD_PERSON = re.compile(r"[A-Z][a-z]+s[ ,.:;]")


def not_in_third_person(module):
    """Docstrings of functions that do not begin with a verb; those of commands are help texts."""
    functions = [node for node in ast.walk(ast.parse(module)) if isinstance(node, ast.FunctionDef)]
    docstrings = [
        ast.get_docstring(node)
        for node in functions
        if not any(COMMAND.match(ast.unparse(decorator)) for decorator in node.decorator_list)
    ]
    return [text for text in docstrings if text and not THIRD_PERSON.match(text)]


def test_docstrings_of_functions_begin_with_a_verb_in_the_third_person():
    modules = [p for part in ("lib", "cli") for p in (ROOT / part).rglob("*.py")]
    found = {str(p.relative_to(ROOT)): not_in_third_person(p.read_text()) for p in modules}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_the_search_for_docstrings_finds_them():
    functions = {"Returns one.": "", "The sum.": "", "Make a map.": "@click.command()\n", "": ""}
    module = "".join(f'{above}def f():\n    "{text}"\n' for text, above in functions.items())
    method = 'class A:\n    @property\n    def f(self):\n        """None if absent."""\n'
    assert not_in_third_person(module + method) == ["The sum.", "None if absent."]


def test_rules_read_and_write_where_the_layout_says():
    home, wildcard = layout.usual("*"), "*"
    folders = [
        *(place(home, wildcard) for place in (layout.data, layout.explore, layout.profile)),
        layout.backbones(home),
        layout.run(home, wildcard, wildcard),
        layout.interpret(home, wildcard),
        layout.combine(home),
        layout.missed(home, wildcard),
        layout.report(home),
        *(place(home, path.stem) for path in RULES for place in (layout.log, layout.benchmark)),
    ]
    for path in RULES:
        for text in re.findall(r'"(results/[^"]*)"', path.read_text()):
            assert any(fnmatchcase(text, f"{folder}*") for folder in folders), text


def test_the_report_depends_on_every_file_of_the_authors_that_is_read():
    rule = (ROOT / "workflow/rules/report.smk").read_text()
    assert [name for name in (*authors.COLUMNS, authors.PUBLISHED) if f'"{name}"' not in rule] == []


def test_the_report_depends_on_every_file_that_shapes_the_page():
    rule = (ROOT / "workflow/rules/report.smk").read_text()
    files = [path.name for path in (ROOT / "workflow/report").iterdir() if path.is_file()]
    assert files
    assert [name for name in files if f'"{name}"' not in rule] == []
