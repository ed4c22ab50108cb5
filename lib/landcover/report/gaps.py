"""What was not run, and the commands that run it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landcover.report.sources import Sources
from landcover.results import Result, profile_file, run_folder


@dataclass(frozen=True)
class Gap:
    what: str
    commands: tuple[str, ...]


def training(sources: Sources, results: Sequence[Result]) -> tuple[Gap, ...]:
    return tuple(
        Gap(
            _seeds(result, result.missing),
            tuple(_train(sources, result.name, seed) for seed in result.missing),
        )
        for result in results
        if result.missing
    )


def evaluation(sources: Sources, results: Sequence[Result]) -> tuple[Gap, ...]:
    """Trained or not: what lacks the numbers of `evaluate`."""
    gaps = []
    for result in results:
        trained = [run.seed for run in result.unevaluated]
        for what, seeds, steps in (
            (_seeds(result, result.missing), result.missing, (_train, _evaluate)),
            (f"the evaluation of {_seeds(result, trained)}", trained, (_evaluate,)),
        ):
            if seeds:
                commands = (step(sources, result.name, seed) for seed in seeds for step in steps)
                gaps.append(Gap(what, tuple(commands)))
    return tuple(gaps)


def profile(sources: Sources, model: str) -> Gap:
    folder = profile_file(_results(sources), model).parent
    words = ["lc-cli", "profile", "--model", model, "--out", folder.as_posix()]
    return Gap(f"the profile of {model}", (shlex.join(words),))


def pictures(sources: Sources, dataset: str) -> Gap:
    words = ["lc-cli", "explore", dataset, "--preset", sources.table.preset.name]
    words += _out(sources, sources.folder / "explore" / sources.table.largest(dataset))
    return Gap(f"the pictures of {dataset}", (shlex.join(words),))


def inside(sources: Sources, network: str, method: str) -> Gap:
    subject = [network] if network in sources.found else ["--model", network]
    words = ["lc-cli", "interpret", *subject, "--method", method]
    words += ["--preset", sources.table.preset.name]
    words += _out(sources, sources.folder / "interpret" / network)
    return Gap(f"{method} of {network}", (shlex.join(words),))


def _train(sources: Sources, name: str, seed: int) -> str:
    words = ["lc-cli", "train", name, "--preset", sources.table.preset.name, "--seed", str(seed)]
    return shlex.join(words + _out(sources, run_folder(sources.folder, name, seed)))


def _evaluate(sources: Sources, name: str, seed: int) -> str:
    folder = run_folder(_results(sources), name, seed)
    words = ["lc-cli", "evaluate", "--run", folder.as_posix()]
    return shlex.join([*words, "--preset", sources.table.preset.name])


def _seeds(result: Result, seeds: Sequence[int]) -> str:
    return f"{result.name}, {'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"


def _out(sources: Sources, folder: Path) -> list[str]:
    """Only where the command would write elsewhere by itself."""
    return [] if _in_its_usual_place(sources) else ["--out", folder.as_posix()]


def _results(sources: Sources) -> Path:
    return sources.usual_folder if _in_its_usual_place(sources) else sources.folder


def _in_its_usual_place(sources: Sources) -> bool:
    return sources.folder.parts[-2:] == sources.usual_folder.parts
