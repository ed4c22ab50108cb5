"""Whatever comes in, what comes out is a result, one of our own errors, or a usage error.

More than 10,000 generated inputs, the same ones in every run; each must be done within seconds.
"""

import io
import json
import signal
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree

import click
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from PIL import Image

from landcover import experiments, yaml_source
from landcover.claims import arithmetic, expression
from landcover.data import annotation, class_folders, photographs
from landcover.data.catalog import dataset
from landcover.errors import DataError, LandcoverError, TrainingError
from landcover.fetch import draw
from landcover.yaml_source import YamlSource
from lc_cli import main

WORKFLOW = Path(__file__).parents[2] / "workflow"
SECONDS = 20  # for one input, which takes milliseconds
COUNTS = {
    "tables": 1500,
    "presets": 1000,
    "settings": 1500,
    "annotations": 2500,
    "layouts": 1000,
    "expressions": 2500,
    "commands": 1500,
}
ALWAYS_THE_SAME = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def survives(kind, strategy, attempt):
    """Gives an attempt its share of generated inputs; only LandcoverErrors may come back.

    Some must succeed, or the inputs were too far from the real ones to say much.
    """
    tried = refused = 0

    @settings(ALWAYS_THE_SAME, max_examples=COUNTS[kind])
    @given(strategy)
    def run(value):
        nonlocal tried, refused
        tried += 1
        signal.alarm(SECONDS)
        try:
            attempt(value)
        except LandcoverError:
            refused += 1
        finally:
            signal.alarm(0)

    run()
    print(f"{kind}: {tried} inputs, {refused} refused")
    assert tried >= COUNTS[kind]
    assert tried / 50 < refused < tried * 0.98


@pytest.fixture(autouse=True)
def the_same_whichever_tests_ran_before(monkeypatch):
    """Hypothesis also tries numbers and texts out of the modules that happen to be imported."""
    nothing = providers.Constants()
    monkeypatch.setattr(providers, "_get_local_constants", lambda: nothing)


@pytest.fixture(autouse=True)
def impatience():
    def give_up(*_):
        raise AssertionError(f"no answer in {SECONDS} s")

    before = signal.signal(signal.SIGALRM, give_up)
    yield
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def workflow(tmp_path, monkeypatch):
    """A copy to write to; its schemas, which nobody changes, are read once."""
    monkeypatch.setattr(yaml_source, "validator", cache(yaml_source.validator))
    return copytree(WORKFLOW, tmp_path / "workflow")


def test_the_inputs_are_more_than_ten_thousand():
    assert sum(COUNTS.values()) >= 10_000


# Values: what stands in the real files, or anything that YAML can say.

names = st.sampled_from(["task1", "cifar10", "a", "b", "5", "", "../x", "<b>&'\"", "é", "a\nb"])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([-1, 0, 1, 8, 32, 64, 2**63, 10**400, 0.001, 1e-300, "1e-3", "2024-01-01"]),
    st.floats(),
    st.dates(),
    st.text(max_size=8),
    names,
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | scalars, inner, max_size=3),
    max_leaves=6,
)
SCHEMA = yaml.safe_load((WORKFLOW / "schemas/experiments.schema.yaml").read_text())["properties"]
right = {
    key: st.sampled_from(rule["enum"]) if "enum" in rule else st.sampled_from([1, 8, 32, 0.5, True])
    for key, rule in SCHEMA.items()
}
keys = st.sampled_from(list(SCHEMA))
good = keys.flatmap(lambda key: st.tuples(st.just(key), right[key]))
pairs = st.lists(good | good | good | st.tuples(keys, values), max_size=3).map(dict)
WHOLE = {
    "dataset": "cifar10", "model": "customcnn", "image_size": 32, "batch_size": 64, "epochs": 10,
    "learning_rate": 0.001, "normalise": "half",
}  # fmt: skip
beside = st.fixed_dictionaries(
    {"group": st.sampled_from(["task1", "task1", "task5-variants", "task"]) | scalars},
    optional={"base": names | st.sampled_from([5, ["a"], None]), "authors": names | scalars},
)
odd = st.dictionaries(names | scalars, values, max_size=1)
entries = st.builds(
    lambda *parts: {key: value for part in parts for key, value in part.items()},
    st.just(WHOLE),
    pairs,
    st.just({"group": "task1"}) | beside,
    st.just({}) | st.just({}) | odd,
)
fitting = st.dictionaries(st.sampled_from(["task1", "task2-exp1", "a"]), entries, max_size=2)
sections = fitting | st.dictionaries(names | scalars, entries | values, max_size=4)
beside_all = {
    "networks": st.just({"vgg16": "cifar10"}) | st.dictionaries(names, values, max_size=1) | values,
    "combined": st.just([]) | st.lists(names, max_size=2) | values,
}
tables = st.fixed_dictionaries(
    {"experiments": fitting | sections}, optional={"bases": sections, "other": values} | beside_all
)
PRESET = (WORKFLOW / "presets/demo.yaml").read_text()
TABLE = """
bases:
  c: &c {dataset: cifar10, model: customcnn, image_size: 32, batch_size: 64, epochs: 10}
experiments:
  task1: {base: c, group: task1, learning_rate: 0.001, normalise: half, batch_norm: true}
  task2-exp1: {base: task1, group: task2, init_from: task1, augment: cifar, concat_original: true}
"""


def spoiled(text):
    """A text with some of its parts cut out, doubled, or written over."""
    cut = st.tuples(
        st.integers(0, len(text)),
        st.integers(0, 9),
        st.sampled_from(["", ":", "{", "]", "- ", "\n", "*c", "&c", "!!x ", "'", "\t", "0x", "%"])
        | st.text(max_size=4),
    )

    def apply(cuts):
        changed = text
        for start, length, instead in cuts:
            changed = changed[:start] + instead + changed[start + length :]
        return changed

    return st.lists(cut, min_size=1, max_size=4).map(apply)


def dumped(document):
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


@pytest.mark.slow
def test_the_table(workflow):
    def attempt(text):
        (workflow / "experiments.yaml").write_text(text, encoding="utf-8", newline="")
        table = experiments.load(workflow, "demo", {"interpret": []})
        for name in table:
            json.dumps(table.trigger(name), allow_nan=False)
            assert experiments.from_dict(table[name].experiment.as_dict())
            assert table[name].task
        table.images(), table.models()

    survives(
        "tables",
        tables.map(dumped) | tables.map(dumped) | spoiled(TABLE) | values.map(dumped),
        attempt,
    )


@pytest.mark.slow
def test_the_presets(workflow):
    def attempt(text):
        (workflow / "presets" / "mine.yaml").write_text(text, encoding="utf-8", newline="")
        preset = experiments.load_preset(workflow, "mine", {})
        assert preset.seeds

    known = yaml.safe_load(PRESET)
    changed = st.dictionaries(st.sampled_from(list(known)) | names, values, max_size=3).map(
        lambda x: dumped(known | x)
    )
    survives("presets", changed | spoiled(PRESET), attempt)


@pytest.mark.slow
def test_settings_of_a_preset_and_of_an_experiment(workflow, table, tmp_path):
    toy = table["task1"].experiment

    def attempt(given):
        name, config, assignments = given
        experiments.load_preset(workflow, name, config)
        experiments.with_settings(workflow, toy, experiments.parsed(assignments))

    fair = good.map(lambda pair: "{}={}".format(*pair))
    rest = st.builds(
        "{}={}".format,
        keys | st.text(max_size=4),
        values | st.sampled_from(["!!python/name:os.abort", "&a [*a]", "[" * 999, "{a: b", "0b_"]),
    )
    seeds = st.sampled_from(["[0,1]", "0,1", "[one]", "(1)", "1.0", ["0", "1"], 3])
    config = st.fixed_dictionaries(
        {}, optional={"seeds": seeds | st.just(10**400)}
    ) | st.dictionaries(
        st.sampled_from(["seeds", "precision", "max_epochs"]) | names, values, max_size=2
    )
    chosen = st.sampled_from(["demo", "quick", "paper"]) | names
    assignments = st.lists(fair | fair | rest | st.text(max_size=9), max_size=2)
    survives("settings", st.tuples(chosen, config, assignments), attempt)


image_ids = st.text("12ab\u00e9.-", min_size=1, max_size=3)
lines = st.lists(
    st.builds(
        "{}{}{}".format, image_ids, st.sampled_from([" ", "\t", "  "]), st.text("cd", min_size=1)
    )
    | st.sampled_from(["", " ", "1 cat", "3 a b", "\ufeff4 x"])
    | st.text(max_size=12),
    max_size=4,
).map(lambda found: ["ImageID ClassID", *found])
texts = st.builds(
    lambda given, end: end.join(given).encode(),
    lines,
    st.sampled_from(["\n", "\r\n", "\r", "\x0b", "\u2028"]),
)


def test_annotations():
    def attempt(content):
        found = annotation.read(content, "annotation.txt")
        assert len({line.image_id for line in found}) == len(found) > 0

    survives("annotations", texts | st.binary(max_size=40), attempt)


def picture(size):
    file = io.BytesIO()
    Image.new("RGB", (size, size)).save(file, "PNG")
    return file.getvalue()


parts = st.sampled_from(
    ["train", "val", "test", "valid", "images", "cat", "dog", "Cat", ".git", "..", "a b", "<i>"]
)
files = st.sampled_from(
    ["annotation.txt", "1.png", "2.png", "1.jpg", "x.txt", ".DS_Store", "é.png", "a\nb.png", "cat"]
)
paths = st.builds(lambda above, file: "/".join([*above, file]), st.lists(parts, max_size=4), files)
contents = st.sampled_from(
    [picture(8), picture(9), b"", b"id class\n1 cat\n2 dog\n", picture(8)[:50]]
)
layouts = st.one_of(
    st.dictionaries(paths, contents | st.binary(max_size=9), max_size=6),
    st.dictionaries(
        st.builds(
            "{}/{}/{}".format,
            st.sampled_from(["train", "test"]),
            st.sampled_from(["cat", "dog"]),
            files,
        ),
        st.just(picture(8)),
        max_size=9,
    ),
)


@pytest.mark.slow
def test_folder_layouts(tmp_path):
    def attempt(given):
        layout, packed = given
        source = tmp_path / ("images.zip" if packed else "images")
        (zip_of if packed else folder_of)(layout, source)
        for read in (
            lambda: photographs.read(source, 8),
            lambda: class_folders.read(source, ("cat", "dog"), 8),
        ):
            with suppress(DataError):
                images = read()
                assert len(images.pixels) == len(images.labels) == len(images.files)
                return
        raise DataError("neither reads it")

    survives("layouts", st.tuples(layouts, st.booleans()), attempt)


def zip_of(layout, path):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in layout.items():
            archive.writestr(name, content)


def folder_of(layout, folder):
    """What of it can lie in one folder: not a file and a folder of one name."""
    rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in layout.items():
        path = folder / name
        if ".." not in name and not any(above.is_file() for above in path.parents):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_dir():
                path.write_bytes(content)


OPERATORS = ("+", "-", "*", "/", "<", "==", ">=", " and ", " or ", "**", "//", " if ", " in ", ",")
leaves = st.sampled_from(
    ["1", "0", "0.5", "-1", "1e308", "True", "None", "'a'", "b''", "x", "f('a')", "curve()", "1j"]
)
functions = st.sampled_from([*arithmetic.FUNCTIONS, "f", "curve", "open", "__import__"])
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("({}{}{})".format, inner, st.sampled_from(OPERATORS), inner),
        st.builds(
            lambda f, given: f"{f}({', '.join(given)})", functions, st.lists(inner, max_size=3)
        ),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{} {}".format, st.sampled_from(["not", "-", "~", "*", "lambda:", "\\"]), inner),
        st.builds("{}.{}".format, inner, st.sampled_from(["real", "__class__", "f()"])),
    ),
    max_leaves=8,
)


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_expressions_of_claims():
    known = arithmetic.FUNCTIONS | {
        "f": lambda text: float(len(text)),
        "curve": lambda: [0.5, 0.25, 0.75],
    }

    def attempt(text):
        node = expression.parse(text)
        if all(name in known for name, _ in expression.calls(node)):
            with suppress(expression.MissingError):  # a gap, which the ledger tells
                expression.evaluate(node, known)

    deep = st.sampled_from(["(", "-", "not ", "[", "f(", "1+", "1<"]).flatmap(
        lambda part: st.integers(1, 3000).map(lambda n: part * n + "1")
    )
    long = st.sampled_from(["'a' * 10000000000", "[0] * 10000000000", "9" * 5000, "1/0", "\0"])
    survives("expressions", expressions | st.text(max_size=20) | deep | long, attempt)


HEAVY = (
    "landcover.distill.page.build",  # first: it would import and keep what replaces report.build
    "landcover.train.train",
    "landcover.fetch.download",
    "landcover.explore.explore",
    "landcover.claims.judge",
    "landcover.report.build",
    "landcover.profiling.profile",
    "landcover.models.build",
)


@pytest.fixture
def lc(tmp_path, monkeypatch):
    """Commands at work on little or wrong things: none trains, downloads or measures."""

    def not_here(*_args, **_options):
        raise TrainingError("not in a test")

    for name in HEAVY:
        monkeypatch.setattr(name, not_here)
    drawn = draw(dataset("cifar10"), {"train": 1, "val": 1, "test": 1})
    monkeypatch.setattr("landcover.fetch.draw", lambda *_: drawn)
    monkeypatch.setattr(YamlSource, "read", cache(YamlSource.read))
    monkeypatch.setattr(yaml_source, "validator", cache(yaml_source.validator))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for name in ("DATA", "DEVICE", "PRESET"):
        monkeypatch.delenv(f"LANDCOVER_{name}", raising=False)
    for folder in ("empty", "run", "train/cat", "train/dog"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "run" / "spec.json").write_text("{}")
    (tmp_path / "file.txt").write_text("no image")
    (tmp_path / "x.pth").write_bytes(b"PK")
    (tmp_path / "empty.zip").write_bytes(b"")
    (tmp_path / "train/cat/1.png").write_bytes(picture(8))
    return lambda words: CliRunner().invoke(main, words)


words = st.one_of(
    st.sampled_from(
        ["empty", "run", "file.txt", "x.pth", "empty.zip", "train", "nowhere", ".", "/"]
    ),
    st.sampled_from(["task1", "task5-vgg16", "cifar10", "eurosat", "paris", "vgg16", "customcnn"]),
    st.sampled_from(["demo", "quick", "paper", "best", "test", "half", "cpu", "cuda:7", "meta"]),
    st.sampled_from(["0", "-1", "8", "1e9", "99999999999999999999", "nan", "0,1", "[0]", "a=b"]),
    st.sampled_from(
        ["epochs=3", "epochs=!!x 1", "name=x", "../..", "$(x)", "<b>", "é", "--", "-x"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
)


@st.composite
def command_lines(draw):
    """Mostly of the options that a command has, with values of the right kind or of any."""
    name = draw(st.sampled_from(sorted(main.commands)))
    line = [name]
    for parameter in main.commands[name].params:
        chance = draw(st.integers(0, 9))
        if isinstance(parameter, click.Option) and chance < 7:
            continue
        if isinstance(parameter, click.Option):
            line.append(parameter.opts[0])
        if not getattr(parameter, "is_flag", False):
            line.append(draw(fitting_words(parameter.type) if chance < 9 else words))
    return line + draw(
        st.just([]) | st.just([]) | st.lists(words, max_size=2) | st.just(["--help"])
    )


def test_a_count_may_be_huge_only_in_the_question(lc):
    huge = "9" * 30
    for line in (
        ["profile", "--batch-size", huge],
        ["predict", "--run", "run", "train", "--batch-size", huge],
        ["interpret", "--model", "vgg16", "--top", huge],
        ["interpret", "--model", "vgg16", "--max-images", huge],
    ):
        assert lc(line).exit_code == 2, line


def fitting_words(kind):
    if isinstance(kind, click.Choice):
        return st.sampled_from(kind.choices)
    if isinstance(kind, click.Path):
        return st.sampled_from(["empty", "run", "file.txt", "x.pth", "train", "empty.zip"])
    if isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        return st.sampled_from(["0", "1", "8", "32"])
    return st.sampled_from(["cifar10", "task1", "demo", "quick", "cpu", "test", "epochs=2"])


@pytest.mark.slow
def test_commands(lc):
    def attempt(line):
        result = lc(line)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code in (0, 1, 2)
        if result.exit_code:
            raise LandcoverError(result.output)

    survives("commands", command_lines(), attempt)
