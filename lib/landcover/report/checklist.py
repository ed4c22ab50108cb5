"""Reviewers' questions about a machine-learning result, answered from the records of the runs.

The questions come from the checklists of NeurIPS and ACL, in our own words; only those that records
can answer are here. If no record has the answer, it is "not known", even if it seems obvious.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from landcover.errors import counted
from landcover.provenance import LICENCE, code_sha256
from landcover.report import gaps
from landcover.report.table import Column, duration, integer, numbered
from landcover.results.layout import METRICS, PROFILE, RUN, SPEC, SUMMARY
from landcover.results.runs import Run
from landcover.results.study import Study
from landcover.stats import CONFIDENCE

YES, PARTLY, NO, UNKNOWN = "yes", "in part", "no", "not known"


@dataclass(frozen=True)
class Answer:
    topic: str
    question: str
    answer: str  # "yes", "in part", "no" or "not known"
    because: str  # from the records
    read_from: str


COLUMNS = (
    Column("Question", lambda row: str(row["question"]), number=False),
    Column("Answer", lambda row: str(row["answer"]), number=False),
    Column("What the records say", lambda row: str(row["because"]), number=False),
    Column("Read from", lambda row: str(row["read_from"]), number=False),
)


def answers(study: Study) -> list[Answer]:
    """Returns all answers; none if nothing was run."""
    return [ask(study) for ask in QUESTIONS] if study.runs else []


def table(study: Study) -> pd.DataFrame:
    """Returns a row per question."""
    columns = list(Answer.__dataclass_fields__)
    return pd.DataFrame([asdict(answer) for answer in answers(study)], columns=columns)


def _completeness(study: Study) -> Answer:
    missing = sum(len(result.missing) for result in study.results.values())
    done, scored = len(study.runs), sum(run.evaluation is not None for run in study.runs)
    return Answer(
        "Results",
        "Is every experiment there, with every seed that was asked for?",
        _share(done, done + missing),
        f"{done} of {done + missing} training runs were finished, {scored} of them scored on "
        "images that they did not train on",
        f"{RUN}, {METRICS}",
    )


def _fidelity(study: Study) -> Answer:
    by_dataset = _by_dataset(study.runs, lambda run: run.fidelity)
    return Answer(
        "Data",
        "Are the images the published ones?",
        _share(sum(run.fidelity == "original" for run in study.runs), len(study.runs)),
        _listed(f"{name}: {', '.join(kinds)}" for name, kinds in by_dataset.items()),
        RUN,
    )


def _splits(study: Study) -> Answer:
    trained = _by_dataset(study.runs, lambda run: run.train_images)
    scored = {
        name: _range((n for n in counts if n), integer) if any(counts) else "none"
        for name, counts in _by_dataset(study.runs, _test_images).items()
    }
    texts = [
        f"{name}: {_range(counts, integer)} to train, {scored[name]} to test"
        for name, counts in trained.items()
    ]
    return Answer(
        "Data",
        "Is the size of each split stated?",
        _share(sum(run.evaluation is not None for run in study.runs), len(study.runs)),
        _listed(texts),
        f"{RUN}, {METRICS}",
    )


def _untouched_test(study: Study) -> Answer:
    ours = sum(result.runs[0].experiment.selection_split == "test" for result in study.done)
    logged = [study.published[r.name] for r in study.done if r.entry.authors]
    theirs = sum(experiment.selection_split == "test" for experiment in logged)
    return Answer(
        "Data",
        "Were the test images kept out of every choice?",
        _share(len(study.done) - ours, len(study.done)),
        f"{ours} of {len(study.done)} experiments choose their best epoch on the test images; "
        f"the authors did so in {theirs} of their {len(logged)} among these",
        f"{SPEC}, experiments.yaml",
    )


def _stated_settings(study: Study) -> Answer:
    settings = {key for run in study.runs for key in run.experiment.as_dict()}
    return Answer(
        "Settings",
        "Is every hyper-parameter stated?",
        YES,
        f"each of {len(study.runs)} runs keeps its own, {len(settings)} different ones in all; "
        "a setting that a file does not name is off",
        SPEC,
    )


def _published_settings(study: Study) -> Answer:
    theirs = [result for result in study.done if result.entry.authors]
    changes = [
        [one.key for one in result.runs[0].differences(study.published[result.name])]
        for result in theirs
    ]
    changed = Counter(key for keys in changes for key in keys)
    same = sum(not keys for keys in changes)
    texts = [f"{key} in {count}" for key, count in changed.most_common()]
    return Answer(
        "Settings",
        "Are the hyper-parameters the paper's?",
        _share(same, len(theirs)),
        f"{same} of {len(theirs)} experiments of the paper run as published"
        + (f"; changed: {', '.join(texts)}" if texts else ""),
        f"{SPEC}, experiments.yaml",
    )


def _search(_study: Study) -> Answer:
    return Answer(
        "Settings",
        "Is it known how the hyper-parameters were chosen, and from how many values?",
        UNKNOWN,
        "the table of experiments has one value of each; no record of a search",
        "experiments.yaml",
    )


def _seeds(study: Study) -> Answer:
    counts = Counter(tuple(run.seed for run in result.runs) for result in study.done)
    texts = [
        f"{numbered(seeds)} in {counted(n, 'experiment')}" for seeds, n in counts.most_common()
    ]
    return Answer(
        "Statistics",
        "Was each experiment repeated, with the randomness fixed by a seed?",
        _share(_repeated(study), len(study.done)),
        _listed(texts),
        RUN,
    )


def _spread(study: Study) -> Answer:
    single = len(study.done) - _repeated(study)
    return Answer(
        "Statistics",
        "Is a spread given beside each mean, and said which?",
        _share(_repeated(study), len(study.done)),
        f"standard deviation over seeds, and the {CONFIDENCE * 100:g} % interval of the mean by "
        f"Student's t; {single} of {len(study.done)} experiments have one seed, so none",
        f"{RUN}, {METRICS}",
    )


def _sizes(study: Study) -> Answer:
    totals = {run.parameters["total"] for run in study.runs}
    trainable = {run.parameters["trainable"] for run in study.runs}
    return Answer(
        "Networks",
        "Is the number of parameters given?",
        YES,
        f"{_range(totals, integer)} in all, {_range(trainable, integer)} of them trained",
        RUN,
    )


def _pretraining(study: Study) -> Answer:
    kinds = Counter(backbone for result in study.done for backbone in result.backbones)
    texts = [f"{kind} in {counted(n, 'experiment')}" for kind, n in sorted(kinds.items())]
    return Answer(
        "Networks",
        "Is it said where weights come from that were not trained here?",
        YES,
        f"backbones: {', '.join(texts)}" if texts else "there are none",
        SPEC,
    )


def _hardware(study: Study) -> Answer:
    devices = sorted({f"{run.device} (threads: {run.threads})" for run in study.runs})
    return Answer("Compute", "Is the hardware named?", YES, _listed(devices), RUN)


def _time(study: Study) -> Answer:
    seconds = [run.seconds for run in study.runs]
    return Answer(
        "Compute",
        "Is the time of each run given, and of all together?",
        YES,
        f"{_range(seconds, duration)} a run, {duration(sum(seconds))} to train all of them",
        RUN,
    )


def _memory(study: Study) -> Answer:
    megabytes = [run.peak_memory_bytes / 1e6 for run in study.runs]
    return Answer(
        "Compute",
        "Is the memory given?",
        YES,
        f"at its peak {_range(megabytes, integer)} MB a run",
        RUN,
    )


def _energy(study: Study) -> Answer:
    question = "Is the energy given?"
    known = [run.energy_joules / 1000 for run in study.runs if run.energy_joules is not None]
    if not known:
        return Answer(
            "Compute", question, UNKNOWN, "no energy counter of the processor could be read", RUN
        )
    answer = YES if len(known) == len(study.runs) else PARTLY
    return Answer("Compute", question, answer, f"{_range(known, integer)} kJ a run", RUN)


def _discarded(_study: Study) -> Answer:
    return Answer(
        "Compute",
        "Is it said what was computed besides, such as runs that failed?",
        UNKNOWN,
        "a run is recorded when it is finished, and replaces the one before it",
        RUN,
    )


def _commit(study: Study) -> Answer:
    commits = [run.provenance["commit"] for run in study.runs]
    clean = sum(bool(commit) and not commit.endswith("+") for commit in commits)
    known = sorted({commit[:8] + "+" * commit.endswith("+") for commit in commits if commit})
    return Answer(
        "Code",
        "Is it known which code made the results?",
        UNKNOWN if not known else YES if clean == len(commits) else PARTLY,
        f"{', '.join(known) or 'no commit was recorded'}; "
        f"{clean} of {len(commits)} runs come from a commit without changes (+: with some)",
        RUN,
    )


def _one_version(study: Study) -> Answer:
    evaluations = [run.evaluation for run in study.runs if run.evaluation]
    by_stage = {
        "train": [run.provenance for run in study.runs],
        "evaluate": [evaluation.provenance for evaluation in evaluations],
        "profile": [profile.provenance for profile in study.profiles.values()],
        "interpret": [inside.about["provenance"] for inside in study.insides.values()],
        "combine": [study.combinations.about["provenance"]] if study.combinations else [],
        "missed": [misses.about["provenance"] for misses in study.misses.values()],
    }
    versions = {
        stage: {facts["code_sha256"] for facts in every}
        for stage, every in by_stage.items()
        if every
    }
    others = [stage for stage, found in versions.items() if found != {code_sha256(stage)}]
    return Answer(
        "Code",
        "Is all of it the work of one version of that code?",
        NO if others else YES,
        "versions, told apart by the sha256 of the source that the numbers of a stage depend on: "
        + ", ".join(f"{stage} {len(found)}" for stage, found in versions.items())
        + (f"; {', '.join(others)} not only by the version that made this page" if others else ""),
        f"{RUN}, {METRICS}, {PROFILE}, {SUMMARY}",
    )


def _software(study: Study) -> Answer:
    found = {
        f"{name} {version}"
        for run in study.runs
        for name, version in (
            ("Python", run.provenance["python"]),
            *run.provenance["versions"].items(),
        )
        if version
    }
    return Answer(
        "Code",
        "Are the versions of the software given?",
        YES if found else UNKNOWN,
        ", ".join(sorted(found, key=str.lower)) or "no version was recorded",
        RUN,
    )


def _command(study: Study) -> Answer:
    return Answer(
        "Code",
        "Is there one command that does it all again?",
        YES,
        gaps.everything(study),
        "Snakefile",
    )


def _code_licence(_study: Study) -> Answer:
    return Answer("Licences", "May the code be used?", YES, LICENCE, "LICENSE")


def _image_licence(study: Study) -> Answer:
    drawn = sum(run.fidelity == "synthetic" for run in study.runs)
    others = sorted({run.dataset for run in study.runs if run.fidelity != "synthetic"})
    return Answer(
        "Licences",
        "May the images be used?",
        YES if not others else PARTLY if drawn else UNKNOWN,
        f"no record has the licence of {' and '.join(others)}"
        if others
        else f"the project generated them, by code under {LICENCE}",
        RUN,
    )


QUESTIONS: tuple[Callable[[Study], Answer], ...] = (
    _completeness, _fidelity, _splits, _untouched_test, _stated_settings, _published_settings,
    _search, _seeds, _spread, _sizes, _pretraining, _hardware, _time, _memory, _energy, _discarded,
    _commit, _one_version, _software, _command, _code_licence, _image_licence,
)  # fmt: skip


def _share(part: int, whole: int) -> str:
    return YES if part == whole else PARTLY if part else NO


def _repeated(study: Study) -> int:
    """Returns how many experiments have a spread."""
    return sum(len(result.runs) > 1 for result in study.done)


def _test_images(run: Run) -> int:
    """Returns the number of test images; 0 if the run was not evaluated."""
    return int(run.evaluation.scores["best", "test"]["n"]) if run.evaluation else 0


def _by_dataset(runs: Iterable[Run], key: Callable[[Run], Any]) -> dict[str, list[Any]]:
    values: dict[str, set[Any]] = {}
    for run in runs:
        values.setdefault(run.dataset, set()).add(key(run))
    return {name: sorted(of_dataset) for name, of_dataset in sorted(values.items())}


def _range(values: Iterable[float], show: Callable[[float], str]) -> str:
    low, high = show(min(found := list(values))), show(max(found))
    return low if low == high else f"{low} – {high}"


def _listed(texts: Iterable[str]) -> str:
    return "; ".join(texts)
