"""Every value that a claim is judged by is flipped, and every other one: only the first may matter.

`Evidence` records what a judgement looked up. Here the values themselves are changed, in a study
that was read from a folder made by hand, and not what the lookups return.
"""

from dataclasses import dataclass, fields, replace

import made_study
import numpy as np
import pandas as pd
import pytest

from landcover.claims import judging, ledger, verdicts
from landcover.claims.evidence import OUR_CHOICE, STRUCTURE
from landcover.experiments import Experiment
from landcover.results import study as studies
from landcover.results.authors import CONFUSIONS, CURVES, LAYERS, METRICS, SPLITS, TOPS
from landcover.results.insides import Inside

SETTINGS = "settings"
KINDS = (
    "Conv2d",
    "BatchNorm2d",
    "LeakyReLU",
    "MaxPool2d",
    "Dropout",
    "Flatten",
    "Linear",
)  # of layers
BESIDE = (SETTINGS, "structure")  # of a run; they are flipped one by one
FLIPS = range(7)  # kinds of change; one of them must matter


@dataclass(frozen=True)
class Told(Inside):
    """A look inside a network whose tables are not in files."""

    tables: object = None

    def table(self, name, *columns):
        return self.file, self.tables[name]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    results = made_study.write(tmp_path_factory.mktemp("results"))
    read = studies.read(results, made_study.TABLE, made_study.WORKFLOW)
    insides = {key: told(inside) for key, inside in read.insides.items()}
    for prepared in read.data.values():
        assert prepared.class_sizes  # reads the index
    return replace(read, insides=insides)


def told(inside):
    names = {"filters": ["layers"], "topk": ["images", "units"], "tsne": ["separation"]}
    tables = {name: inside.table(name)[1] for name in names[inside.about["method"]]}
    return Told(inside.folder, inside.about, inside.layers, inside.image_records, tables)


@pytest.fixture(scope="module")
def claims(study):
    read = ledger.load(made_study.WORKFLOW, study)
    return [*read.claims, *read.findings]


@pytest.fixture(scope="module")
def judged(study, claims):
    return {claim.id: alone(claim, study) for claim in claims}


def alone(claim, study):
    """The judgement of a ledger of one claim, in which no ordering is corrected for another."""
    return judging.judge_together([claim], study)[0]


def reads(judgement):
    return judgement.paper.reads | judgement.ours.measured.reads


def said(judgement):
    """All of it that a reader sees, but the files."""
    measured = judgement.ours.measured
    return (
        judgement.paper.verdict, judgement.paper.value, judgement.paper.expected,
        judgement.paper.doubtful,
        judgement.ours.verdict, measured.values, measured.in_numbers, measured.nearly,
        measured.expected,
    )  # fmt: skip


def words(judgement):
    return judgement.paper.verdict.word, judgement.ours.verdict.word


def failed(judgement):
    """Whether our measurement speaks against the claim, though it may be the only one."""
    word, reason = judgement.ours.verdict.word, judgement.ours.verdict.reason
    against = (verdicts.SEEN[verdicts.DIFFERS], "reversed")
    return word == verdicts.DIFFERS or (word == verdicts.UNCERTAIN and reason.startswith(against))


def number(value, how):
    """Far from what it was, in one of several directions."""
    far = (value * 3 + 1, value / 3 - 1, -value - 1, value * 5000 + 1, value * 1.4)
    return (*far, value + 0.4, value - 0.4)[how]


def curve(values, how):
    values = np.asarray(values, dtype=float)
    late = np.linspace(5, 0.1, len(values))
    early = np.linspace(0.1, 5, len(values))
    flat = np.full(len(values), values[0])
    return (values[::-1], late, early, 100 - 20 * values, values + 60, values - 60, flat)[how]


def names(values, how):
    """Other classes than they were: shifted, all the same, all different, half and half."""
    there = [*sorted(set(values)), "other"]
    shift = [there[(there.index(value) + 1) % len(there)] for value in values]
    apart = [str(i) for i in range(len(values))]
    half = [there[2 * i // len(values)] for i in range(len(values))]
    return (
        shift,
        ["other"] * len(values),
        apart,
        half,
        *[[there[how % len(there)]] * len(values)] * 3,
    )[how]


def matrix(counts, how):
    """With other classes mixed: shuffled, and with each error added to in turn."""
    flipped = counts.copy()
    if how < 2:
        order = np.random.default_rng(how).permutation(len(counts))
        return pd.DataFrame(counts.to_numpy()[order][:, order[::-1]], counts.index, counts.columns)
    row, column = [(0, 1), (2, 5), (1, 2), (5, 9), (3, 2)][how - 2]
    flipped.iloc[row, column] += 500
    return flipped


def flipped(study, keys, how):
    """The study with the values of these keys changed, as if its files said something else."""
    by_source = {}
    for key in keys:
        by_source.setdefault(key[0], set()).add(key[1:])
    for source, own in by_source.items():
        study = FLIPPED[source](study, own, how)
    return study


def of_authors(study, **changed):
    authors = replace(study.authors, **{k: v for k, v in changed.items() if k not in CACHED})
    for name in CACHED:  # what is made from the tables once, and was not changed
        authors.__dict__[name] = changed.get(name, getattr(study.authors, name))
    return replace(study, authors=authors)


CACHED = ("points", "top_images")


def metrics(study, keys, how):
    found = dict(study.authors.metrics)
    return of_authors(study, metrics=found | {key: number(found[key], how) for key in keys})


def curves(study, keys, how):
    found = study.authors.points
    return of_authors(study, points=found | {key: other_curve(found, key, how) for key in keys})


def once(function):
    """Remembers by all arguments but the first, of which there is one."""
    made = {}

    def remembered(found, *arguments):
        if arguments not in made:
            made[arguments] = function(found, *arguments)
        return made[arguments]

    return remembered


@once
def other_curve(found, key, how):
    return found[key].assign(value=curve(found[key]["value"], how))


def layers(study, keys, how):
    table = study.authors.layers.set_index("module", drop=False).astype(object)
    for module, column in keys:
        value = table.loc[module, column]
        table.loc[module, column] = changed(value, how)
    return of_authors(study, layers=table.reset_index(drop=True).infer_objects())


def confusions(study, keys, how):
    found = dict(study.authors.confusions)
    changed = {name: matrix(found[name], how) for (name,) in keys}
    return of_authors(study, confusions=found | changed)


def tops(study, keys, how):
    drawn = {layer: dict(units) for layer, units in study.authors.top_images.items()}
    for figure, layer, unit in keys:
        other = other_images(study.authors.top_images, figure, layer, int(unit), how)
        drawn[figure, layer][int(unit)] = other
    return of_authors(study, top_images=drawn)


@once
def other_images(drawn, figure, layer, unit, how):
    images = drawn[figure, layer][unit]
    shown = names([image.class_name for image in images], how)
    return [replace(image, class_name=n, rms=0.0) for image, n in zip(images, shown, strict=True)]


def splits(study, keys, how):
    table = study.authors.splits.set_index("split", drop=False).astype(object)
    for split, column in keys:
        if column == "n":
            table.loc[split, "n"] = int(number(table.loc[split, "n"], how))
        else:
            table.loc[split, "sha256_of_sorted_relpaths_LF"] = f"other {how}"
    return of_authors(study, splits=table.reset_index(drop=True))


def published(study, keys, how):
    found = dict(study.published)
    for name, key in keys:
        key = "batch_size" if key == "all" else key  # one of them stands for all
        if name not in found:  # a published network
            continue
        found[name] = replace(found[name], **{key: setting(getattr(found[name], key), how)})
    theirs = {name: found[name] for name in study.authors.published}
    return replace(of_authors(study, published=theirs), published=found)


def setting(value, how):
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"{value}-{how}"
    return 0 if how == 6 and value else value * (how + 2) + 1


def runs(study, keys, how):
    """Every seed of an experiment alike."""
    results = dict(study.results)
    for name, value in keys:
        if value not in BESIDE:
            own = tuple(run_with(run, value, how) for run in results[name].runs)
            results[name] = replace(results[name], runs=own)
    return replace(study, results=results)


def run_with(run, value, how):
    if value.startswith("parameters "):
        key = value.removeprefix("parameters ")
        return replace(run, parameters={**run.parameters, key: run.parameters[key] * 2 + how})
    if value == "classes":
        return replace(run, classes=run.classes[how + 1 :])
    if value in ("train_images", "seconds"):
        return replace(
            run, **{value: getattr(run, value) * (0.1, 10, 0.5, 2, 0.01, 100, 1.01)[how]}
        )
    if value in ("best_accuracy", "last_accuracy"):
        return replace(run, **{value: number(100 * getattr(run, value), how) / 100})
    if value in run.history:
        scale = 0.01 if value == "eval_accuracy" else 1
        column = curve(run.history[value] / scale, how) * scale
        if how == 6 and value == "eval_loss":  # and does not stop early
            return replace(run, history=pd.concat([run.history] * 10))
        return replace(run, history=run.history.assign(**{value: column}))
    return replace(run, evaluation=evaluation_with(run.evaluation, value, how))


def evaluation_with(evaluation, value, how):
    best = ("best", "test")
    if value == "confusions":
        changed = matrix(evaluation.confusions[best], how)
        return replace(evaluation, confusions={**evaluation.confusions, best: changed})
    if value.startswith("classes "):
        table, score = evaluation.per_class[best], value.removeprefix("classes ")
        changed = table.assign(**{score: np.roll(table[score], how + 1) * (how + 1)})
        return replace(evaluation, per_class={**evaluation.per_class, best: changed})
    weights, split, score = value.split()
    own = evaluation.scores[weights, split]
    changed = {**own, score: number(100 * own[score], how) / 100}
    return replace(evaluation, scores={**evaluation.scores, (weights, split): changed})


def profile(study, keys, how):
    found = study.profiles["customcnn"]
    rows, own = found.rows.astype(object), found.layers.set_index("name", drop=False).astype(object)
    for column, module in keys:
        if column.startswith("rows "):
            column = column.removeprefix("rows ")
            rows[column] = [changed(value, how) for value in rows[column]]
        else:
            own.loc[module, column] = changed(own.loc[module, column], how)
    flipped = replace(found, rows=rows, layers=own.reset_index(drop=True))
    return replace(study, profiles={"customcnn": flipped})


def changed(value, how):
    if value in KINDS:
        return KINDS[(KINDS.index(value) + how + 1) % len(KINDS)]
    return f"{how}x{value}" if isinstance(value, str) else number(value, how)


def insides(study, keys, how):
    found = dict(study.insides)
    for network, method, value in keys:
        inside = found[network, method]
        tables = dict(inside.tables)
        if value == "convolutions":
            tables["layers"] = tables["layers"].iloc[how + 1 :]
        else:
            of_layer(tables, *value.split(), how)
        found[network, method] = replace(inside, tables=tables)
    return replace(study, insides=found)


def of_layer(tables, what, layer, how):
    if what in ("images", "units"):
        table = tables[what].copy()
        own = table["layer"] == layer
        table.loc[own, "class"] = names(list(table.loc[own, "class"]), how)
        if what == "units":
            for column in ("purity", "entropy_bits"):
                table.loc[own, column] = [(0.1, 1.0, 0.5, 0.7, 0.85, 0.2, 0.05)[how]] * int(
                    own.sum()
                )
    else:
        table = tables["separation"].copy()
        table.loc[table["layer"] == layer, what] = (-5.0, 5.0, 0.0, 1.0, 0.45, 0.65, 0.35)[how]
        what = "separation"
    tables[what] = table


def images(study, keys, how):
    found = dict(study.data)
    for dataset, *value in keys:
        name = study.table.largest(dataset)
        found[name] = prepared_with(found[name], value, how)
    return replace(study, data=found)


def prepared_with(prepared, value, how):
    manifest, sizes = dict(prepared.manifest), dict(prepared.class_sizes)
    match value:
        case ["class_sizes", name]:
            own = sizes if name == "all" else [name]
            sizes |= {
                c: (100, 0, 7, 2400, 2 * sizes[c], sizes[c] + 1, 2000)[how]
                for c in own
                if c in sizes
            }
        case ["classes"]:
            manifest["classes"] = manifest["classes"][how + 1 :]
        case ["image_size"]:
            manifest["image_size"] += how + 1
        case [key, split]:
            manifest[key] = {**manifest[key], split: changed(manifest[key].get(split, 0), how)}
    flipped = replace(prepared, manifest=manifest)
    flipped.__dict__["class_sizes"] = sizes
    return flipped


def combinations(study, keys, how):
    table = study.combinations.table.set_index("combination")
    for (key,) in keys:
        name, column = key.rsplit(" ", 1)
        table.loc[name, column] = number(100 * table.loc[name, column], how) / 100
    return replace(study, combinations=replace(study.combinations, table=table.reset_index()))


FLIPPED = {
    METRICS: metrics, CURVES: curves, LAYERS: layers, CONFUSIONS: confusions, TOPS: tops,
    SPLITS: splits, SETTINGS: published, "run": runs, "profile": profile, "inside": insides,
    "images": images, "combinations": combinations,
}  # fmt: skip


def all_values(study, judged):
    """Every number of the authors, and every result that some claim asks for."""
    authors = study.authors
    found = {(METRICS, *key) for key in authors.metrics}
    found |= {(CURVES, *key) for key in authors.points}
    numbers = ("params", "activation_elements", "memory_KB", "time_s", "output_size")
    found |= {(LAYERS, module, column) for module in authors.layers["module"] for column in numbers}
    found |= {(CONFUSIONS, name) for name in authors.confusions}
    found |= {(TOPS, *layer, str(u)) for layer, units in authors.top_images.items() for u in units}
    return found.union(*map(reads, judged.values()))


def independent(key, own):
    """Whether a claim read neither a value by another name, nor all of what it is one of."""
    siblings = {other for other in own if other[:-1] == key[:-1]}
    return not siblings or not (key[-1] == "all" or (*key[:-1], "all") in siblings)


def test_a_study_made_by_hand_reproduces_all_in_which_the_paper_agrees_with_itself(judged):
    found = {name: words(one)[1] for name, one in judged.items()}
    assert sum(word == "reproduced" for word in found.values()) > 125
    assert {name for name, word in found.items() if word == "differs"} == {
        "T1.tab1.paramsum", "T1.mem.cause", "T1.modelsize",  # of the CustomCNN of Table 1
        "T2.exp4.highest",  # the paper says the reverse
        "T3.dense", "T4.data.name",
        "T5.dist",  # where Pasture has 200 images
    }  # fmt: skip
    assert not {"not run", "not comparable"} & set(found.values())


@pytest.mark.slow
def test_no_claim_changes_when_everything_is_flipped_that_it_does_not_depend_on(
    study, claims, judged
):
    everything = all_values(study, judged)
    for claim in claims:
        own = reads(judged[claim.id])
        others = {key for key in everything - own if independent(key, own)}
        assert said(alone(claim, flipped(study, others, 0))) == said(judged[claim.id]), claim.id


@pytest.mark.slow
def test_every_value_that_a_claim_depends_on_changes_its_judgement(study, claims, judged):
    """In what is said of it, at least: what was measured, or what the files say."""
    idle = set()
    for claim in claims:
        one = judged[claim.id]
        before, against = said(one), lost(one)
        settled = one.paper.reads if "paper" in against else set()
        settled |= one.ours.measured.reads if "ours" in against else set()
        for key in sorted(reads(one) - settled):  # one number does not mend what others contradict
            if (
                not is_beside(key)
                and not is_in_the_middle(claim, key)
                and not any(
                    said(alone(claim, flipped(study, {key}, how))) != before for how in FLIPS
                )
            ):
                idle.add((claim.id, *key))
    assert idle == IDLE


def is_in_the_middle(claim, key):
    """The third of five models agrees with two of the others at either end of a class's order."""
    if claim.id != "T5.metricsorder" or not {"task5_ResNet50", "task5-resnet50"} & set(key):
        return False
    return key[-1].startswith(("classes ", "test/precision/", "test/recall/", "test/f1/"))


IDLE = {
    # Where another one is the largest, and the files show no more than true or false.
    ("T1.time.fc1", LAYERS, "conv1", "time_s"),
}


@pytest.mark.slow
def test_every_claim_that_is_judged_can_fail(study, claims, judged):
    """Some flip makes their files contradict it, and some flip our measurement differ."""
    stuck = set()
    for claim in claims:
        missing = {"paper"} if claim.files else set()
        missing |= {"ours"} if claim.ours else set()
        missing -= lost(judged[claim.id])
        for keys, how in each_flip(judged[claim.id]):
            if missing:
                missing -= lost(alone(claim, flipped(study, keys, how)))
        stuck |= {(claim.id, whose) for whose in missing}
    assert stuck == set()


def lost(judgement):
    paper = judgement.paper.verdict.word == verdicts.CONTRADICTED
    return ({"paper"} if paper else set()) | ({"ours"} if failed(judgement) else set())


def each_flip(judgement):
    """One value after the other, then all of them together."""
    own = {key for key in reads(judgement) if not is_beside(key) and key[0] != SETTINGS}
    settings = {key for key in judgement.paper.reads if key[0] == SETTINGS}
    own |= settings
    for keys in [own, *({key} for key in sorted(own))]:
        for how in FLIPS:
            yield keys, how


@pytest.mark.slow
def test_another_setting_makes_exactly_what_depends_on_the_run_incomparable(study, claims, judged):
    for name in made_study.MADE:
        depends, counts = (
            {c for c, one in judged.items() if ("run", name, value) in reads(one)}
            for value in BESIDE
        )
        for field in fields(Experiment):
            if field.name in OUR_CHOICE:
                continue
            other = with_setting(study, name, field.name)
            expected = depends | (counts if is_structure(study, name, field.name) else set())
            changed = {
                claim.id
                for claim in claims
                if touches(judged[claim.id], name)
                and words(alone(claim, other))[1] != words(judged[claim.id])[1]
            }
            assert changed == expected, (name, field.name)


def is_beside(key):
    return key[0] == "run" and key[-1] in BESIDE


def touches(judgement, name):
    return any(key[:2] == ("run", name) for key in reads(judgement))


def is_structure(study, name, field):
    of_size = study.published[name].model == "customcnn" and field == "image_size"
    return field in STRUCTURE or of_size


def with_setting(study, name, field):
    """Every seed of an experiment as if it had been trained with another setting."""
    result = study.results[name]
    own = tuple(
        replace(run, experiment=replace(run.experiment, **{field: other_setting(run, field)}))
        for run in result.runs
    )
    return replace(study, results={**study.results, name: replace(result, runs=own)})


def other_setting(run, field):
    value = getattr(run.experiment, field)
    return "other" if field == "init_from" else setting(value, 1)


def test_the_table_tells_nothing_of_the_paper(study, claims, judged):
    """An edited table changes no judgement: what was run is what counts."""
    entries = {
        name: replace(entry, experiment=replace(entry.experiment, batch_size=7, epochs=3))
        for name, entry in study.table.entries.items()
    }
    edited = replace(study, table=replace(study.table, entries=entries))
    for claim in claims:
        assert said(alone(claim, edited)) == said(judged[claim.id])


def test_without_results_nothing_is_held_against_the_paper(tmp_path, claims):
    empty = studies.read(tmp_path, made_study.TABLE, made_study.WORKFLOW)
    found = [words(one)[1] for one in judging.judge_together(claims, empty)]
    assert set(found) == {verdicts.NOT_RUN, verdicts.UNDECIDABLE}
