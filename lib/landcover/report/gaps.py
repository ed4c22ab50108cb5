"""Missing results, and the commands that make them."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landcover.experiments import Experiment, Table
from landcover.report.table import numbered
from landcover.results import layout
from landcover.results.runs import Result
from landcover.results.study import Study


@dataclass(frozen=True)
class Gap:
    what: str
    commands: tuple[str, ...]


def everything(study: Study) -> str:
    """Returns the command that makes all that is missing."""
    preset = study.table.preset
    settings = [f"preset={preset.name}"]
    if preset.precision != Experiment.precision:
        settings.append(f"precision={preset.precision}")
    if preset.data == "real":
        settings.append("data=IMAGES")
    return shlex.join(["snakemake", "--cores", "2", "--config", *settings])


def training(study: Study, results: Sequence[Result]) -> tuple[Gap, ...]:
    return tuple(
        Gap(
            f"{result.name}, {numbered(result.missing)}",
            tuple(_train(study, result.name, seed) for seed in result.missing),
        )
        for result in results
        if result.missing
    )


def evaluation(study: Study, results: Sequence[Result]) -> tuple[Gap, ...]:
    """Returns the runs that lack the numbers of `evaluate`, trained or not."""
    gaps = []
    for result in results:
        trained = [run.seed for run in result.unevaluated]
        for what, seeds, steps in (
            (result.name, result.missing, (_train, _evaluate)),
            (f"the evaluation of {result.name}", trained, (_evaluate,)),
        ):
            if seeds:
                commands = (step(study, result.name, seed) for seed in seeds for step in steps)
                gaps.append(Gap(f"{what}, {numbered(seeds)}", tuple(commands)))
    return tuple(gaps)


def profile(study: Study, model: str) -> Gap:
    folder = layout.profile(_results(study), model)
    words = ["lc-cli", "profile", "--model", model, "--out", folder.as_posix()]
    return Gap(f"the profile of {model}", (shlex.join(words),))


def pictures(study: Study, dataset: str) -> Gap:
    words = ["lc-cli", "explore", dataset, "--preset", study.table.preset.name]
    words += _out(study, layout.explore(study.folder, study.table.largest(dataset)))
    return Gap(f"the pictures of {dataset}", (shlex.join(words),))


def inside(study: Study, network: str, method: str) -> Gap:
    """Returns the look into a network, and into the first seed of an experiment."""
    seed = _looked_into(study, network)[0]
    return Gap(f"{method} of {network}", (_look(study, network, method, seed),))


def insides(study: Study, network: str, method: str) -> list[Gap]:
    """Returns the looks that are missing of all seeds."""
    seeds = _looked_into(study, network)
    missing = [seed for seed in seeds if seed not in study.looks(network, method)]
    if not missing:
        return []
    which = "" if missing == seeds else f", {numbered(missing)}"
    commands = tuple(_look(study, network, method, seed) for seed in missing)
    return [Gap(f"{method} of {network}{which}", commands)]


def combinations(study: Study) -> Gap:
    runs, experts = study.table.combined_runs(study.table.wanted)
    words = ["lc-cli", "combine", *_runs(study, "--run", runs), *_runs(study, "--expert", experts)]
    words += ["--preset", study.table.preset.name, *_out(study, layout.combine(study.folder))]
    return Gap("the combinations", (shlex.join(words),))


def misses(study: Study, name: str) -> Gap:
    seeds = [(name, seed) for seed in study.table.seeds(name)]
    words = ["lc-cli", "missed", *(_runs(study, "--run", seeds) or [name])]
    words += ["--preset", study.table.preset.name, *_out(study, layout.missed(study.folder, name))]
    return Gap(f"the images that every seed of {name} misses", (shlex.join(words),))


def _look(study: Study, network: str, method: str, seed: int | None) -> str:
    look = network if seed is None else study.table.look(network, seed)
    words = ["lc-cli", "interpret", *_subject(study.table, network, seed), "--method", method]
    words += ["--preset", study.table.preset.name]
    return shlex.join(words + _out(study, layout.interpret(study.folder, look)))


def _subject(table: Table, network: str, seed: int | None) -> list[str]:
    """Returns the arguments of a command that name the network and its weights."""
    if seed is None:
        return ["--model", network]
    epoch = table[network].interpret
    return [network, "--seed", str(seed), *(["--epoch", epoch] if epoch else [])]


def _looked_into(study: Study, network: str) -> list[int | None]:
    """Returns the seeds of an experiment; a published network has None."""
    return [*study.table.seeds(network)] if network in study.table else [None]


def _train(study: Study, name: str, seed: int) -> str:
    precision = study.table[name].experiment.precision
    words = ["lc-cli", "train", name, "--preset", study.table.preset.name, "--seed", str(seed)]
    words += ["--precision", precision] if precision != Experiment.precision else []
    return shlex.join(words + _out(study, layout.run(study.folder, name, seed)))


def _evaluate(study: Study, name: str, seed: int) -> str:
    folder = layout.run(_results(study), name, seed)
    words = ["lc-cli", "evaluate", "--run", folder.as_posix()]
    return shlex.join([*words, "--preset", study.table.preset.name])


def _out(study: Study, folder: Path) -> list[str]:
    """Returns --out with a folder if the command would otherwise write elsewhere."""
    return [] if _is_made_in_the_usual_place(study) else ["--out", folder.as_posix()]


def _runs(study: Study, option: str, runs: Sequence[tuple[str, int]]) -> list[str]:
    """Returns an option for each run, if the command would otherwise look for it elsewhere."""
    if _is_made_in_the_usual_place(study):
        return []
    folders = (layout.run(study.folder, name, seed) for name, seed in runs)
    return [word for folder in folders for word in (option, folder.as_posix())]


def _results(study: Study) -> Path:
    return study.usual_folder if _is_made_in_the_usual_place(study) else study.folder


def _is_made_in_the_usual_place(study: Study) -> bool:
    """Tells whether the results are there, or were distilled from there."""
    in_place = study.folder.resolve().parts[-2:] == study.usual_folder.parts
    return in_place or (study.folder / layout.DISTILLED).exists()
