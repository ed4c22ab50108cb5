"""The lessons from the results, for a reader of the paper: `workflow/report/lessons.md.j2`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment
from markdown_it import MarkdownIt
from markupsafe import Markup

from landcover import experiments
from landcover.claims.chance import LEVEL
from landcover.report.facts import fidelities
from landcover.report.ledger import FEWEST, ClaimText, LedgerTexts
from landcover.report.table import Row, is_absent, numbered
from landcover.results.evaluations import WEIGHTS
from landcover.results.runs import Result
from landcover.results.study import Study
from landcover.stats import Spread, spread

TEMPLATE = "lessons.md.j2"
SCROLLED = '<div class="scroll" tabindex="0" role="region" aria-label="A table"><table>'
TIMES = "ratio"  # the unit of claims about times
MOST_VALUES = 4  # values of a list that are shown
FINAL = "task5-final-4"  # the paper's final model
LEFT_OPEN = "T5.open."  # begins the ids of the findings on section 5.9


def text(
    environment: Environment, study: Study, ledger: LedgerTexts, differences: Sequence[Row]
) -> str:
    """Returns Markdown; "" if nothing was run on real images.

    `differences` are the rows of experiments that are compared in pairs.
    """
    done = [result for result in study.done if result.data == "real"]
    if not done:
        return ""
    whole = [result for result in done if result.evaluations and _knows_all_classes(result)]
    tested = {result.name: _tested(result) for result in whole}

    def change(result: Result) -> float:
        best, last = (tested[result.name][weights].mean for weights in WEIGHTS)
        return abs(best - last)

    changed = sorted(filter(_changes, whole), key=change, reverse=True)
    strongest = max(filter(_is_of_eurosat, whole), key=_chosen_by, default=None)
    return (
        environment.overlay(autoescape=False)
        .get_template(TEMPLATE)
        .render(
            claims=ledger.claims,
            of=ledger.of_ours,
            of_paper=ledger.of_paper,
            trained=[one for one in ledger.claims if _is_about_training(one)],
            open=[
                one
                for one in ledger.findings
                if one.id.startswith(LEFT_OPEN) and one.ours != "not run"
            ],
            done=done,
            fewest=FEWEST,
            precision=study.table.preset.precision,
            in_fp32=[r.name for r in done if r.entry.experiment.precision == "fp32"],
            fidelities=fidelities(done),
            devices=_devices(done),
            tested=tested,
            apart=sorted((r for r in done if len(r.runs) > 1), key=_range, reverse=True),
            range=_range,
            mixed=[result for result in done if len({run.device for run in result.runs}) > 1],
            changed=changed,
            most_changed=next((one for one in changed if len(one.evaluations) > 1), None),
            idle=[one.name for one in done if _has_idle_scheduler(one)],
            same=[one for one in whole if not (one.unevaluated or _changes(one))],
            strongest=strongest,
            final=study.authors.number(study.result(FINAL).entry.authors, "test/accuracy_pct"),
            against=_against_logs(study, done),
            logged=[r for r in study.wanted if study.authors.best(r.entry) is not None],
            lost=_lost,
            beside=_beside(study, strongest),
            has_final=bool(study.result(FINAL).runs),
            misses=_misses(study),
            pairs=[{**row, "exceeds": _exceeds(row)} for row in differences if row["n"]],
            of_precision=[row for row in differences if _is_of_precision(study, row)],
        )
    )


def html(markdown: str) -> Markup:
    """Returns Markdown as a part of the page: wide tables scroll, and no line begins with ±."""
    markdown = markdown.replace(" ± ", "\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}")
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = body.replace("<table>", SCROLLED).replace("</table>", "</table></div>")
    return Markup(body)  # noqa: S704, the parser escapes all HTML of the text


def _devices(done: Sequence[Result]) -> list[tuple[str, list[str]]]:
    """Returns each device and the runs that it made, in words; first the one that made most."""
    counts = Counter(run.device for result in done for run in result.runs)
    return [
        (
            device,
            [
                f"{result.name}, {numbered(seeds)}"
                for result in done
                if (seeds := [run.seed for run in result.runs if run.device == device])
            ],
        )
        for device, _ in counts.most_common()
    ]


def _is_about_training(claim: ClaimText) -> bool:
    """Tells whether a claim is about what training reaches, and not a count, a size or a time."""
    return "seed" in claim.sample and claim.unit != TIMES and not claim.rule.startswith("equal to")


def _exceeds(pair: Row) -> bool:
    """Tells whether a difference is more than chance; one that all seeds share has no p."""
    if is_absent(pair["difference_low"]):
        return False
    if is_absent(pair["p_corrected"]):
        return bool(pair["difference_low"] > 0 or pair["difference_high"] < 0)
    return bool(pair["p_corrected"] < LEVEL)


def _is_of_precision(study: Study, pair: Row) -> bool:
    """Tells whether two experiments that share enough seeds differ in their precision alone."""
    names = (pair["experiment"], pair["minus"])
    ours, other = (study.result(name).entry.experiment for name in names)
    changed = {one.key for one in experiments.differences(ours.as_dict(), other.as_dict())}
    return changed == {"name", "precision"} and pair["n"] >= FEWEST


def _chosen_by(result: Result) -> float:
    """Returns the best accuracy on the images that choose the epoch, and not on test images."""
    return 0.0 if result.best is None else result.best.mean


def _tested(result: Result) -> dict[str, Spread]:
    """Returns the accuracies on test images, as fractions, over the evaluated seeds."""
    return {weights: spread(_accuracies(result, weights)) for weights in WEIGHTS}


def _accuracies(result: Result, weights: str) -> list[float]:
    return [one.scores[weights, "test"]["accuracy"] for one in result.evaluations]


def _changes(result: Result) -> bool:
    """Tells whether the best and the last weights of an evaluated seed differ on test images."""
    return any(_lost(result))


def _range(result: Result) -> float:
    """Returns how far the best accuracies of the seeds lie apart, in points."""
    found = [100 * run.best_accuracy for run in result.runs]
    return max(found) - min(found)


def _knows_all_classes(result: Result) -> bool:
    """Tells whether it is no expert for some classes, whose accuracy compares with no other."""
    asked = result.entry.experiment
    return not asked.only_classes and not asked.against_rest


def _has_idle_scheduler(result: Result) -> bool:
    """Tells whether a scheduler could lower the learning rate, and no seed needed it."""
    asked = result.entry.experiment
    can_act = asked.plateau_factor and asked.plateau_min_lr < asked.learning_rate
    return bool(can_act) and all(run.history["learning_rate"].nunique() == 1 for run in result.runs)


def _is_of_eurosat(result: Result) -> bool:
    return result.entry.experiment.dataset == "eurosat"


def _misses(study: Study) -> Mapping[str, Any] | None:
    """Returns what several seeds of one experiment get wrong, if that was looked for."""
    found = (one.about for one in study.misses.values())
    return next((about for about in found if len(about["seeds"]) > 1), None)


def _lost(result: Result) -> list[float]:
    """Returns, seed by seed, the best weights' test accuracy minus the last ones', in points."""
    best, last = (_accuracies(result, weights) for weights in WEIGHTS)
    return [100 * (one - other) for one, other in zip(best, last, strict=True)]


def _beside(study: Study, result: Result | None) -> Mapping[str, Any] | None:
    """Returns how many test images of EuroSAT lie beside a training image; None if none was found.

    `right` and `others` are the percentages of these and of all other test images that each seed of
    an experiment classifies correctly; they are empty if it was trained on other images.
    """
    audit = study.audits.get("eurosat")
    beside = audit.neighbours if audit else None
    if not (audit and beside and beside["test_images_beside_train"]):
        return None
    found: dict[str, list[float]] = {"right": [], "others": []}
    files = audit.beside_training("test")
    for one in result.evaluations if result else ():
        right = one.right("best", "test") if one.image_records == audit.image_records else None
        if right is not None and files <= set(right.index):
            is_beside = right.index.isin(list(files))
            found["right"].append(100 * float(right[is_beside].mean()))
            found["others"].append(100 * float(right[~is_beside].mean()))
    return {**beside, **found, "name": result.name if result else ""}


def _against_logs(study: Study, done: Sequence[Result]) -> list[tuple[Result, float, float]]:
    """Returns each experiment, the authors' best accuracy, and ours minus it; the lowest first."""
    found = [
        (result, logged, 100 * result.best.mean - logged)
        for result in done
        if result.best and (logged := study.authors.best(result.entry)) is not None
    ]
    return sorted(found, key=lambda one: one[2])


def cell(value: Any) -> str:
    """Returns the text of a cell, in which nothing can end the cell."""
    text = str(value).replace("|", "\\|").replace("\n", " ")
    separator = "; " if "; " in text else ", "
    parts = text.split(separator)
    if len(parts) <= MOST_VALUES or " " in parts[0]:
        return text
    return separator.join([*parts[:MOST_VALUES], f"… ({len(parts)} values)"])
