"""The lessons from the results, for a reader of the paper: `workflow/report/lessons.md.j2`."""

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment
from markdown_it import MarkdownIt
from markupsafe import Markup

from landcover.report.facts import fidelities
from landcover.report.ledger import LedgerTexts
from landcover.report.table import Row
from landcover.results.runs import Result
from landcover.results.study import Study
from landcover.stats import Spread

TEMPLATE = "lessons.md.j2"
SCROLLED = '<div class="scroll" tabindex="0" role="region" aria-label="A table"><table>'
MOST_VALUES = 4  # values of a list that are shown
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
    return (
        environment.overlay(autoescape=False)
        .get_template(TEMPLATE)
        .render(
            claims=ledger.claims,
            open=[
                one
                for one in ledger.findings
                if one.id.startswith(LEFT_OPEN) and one.ours != "not run"
            ],
            done=done,
            fidelities=fidelities(done),
            tested={result.name: _tested(result) for result in done},
            lossy=[
                (result, logged)
                for result in done
                if result.runs[0].fidelity == "lossy copy"
                and (logged := study.authors.best(result.entry)) is not None
            ],
            pairs=[row for row in differences if row["n"]],
        )
    )


def html(markdown: str) -> Markup:
    """Returns Markdown as a part of the page, in which wide tables can be scrolled."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = body.replace("<table>", SCROLLED).replace("</table>", "</table></div>")
    return Markup(body)  # noqa: S704, the parser escapes all HTML of the text


def _tested(result: Result) -> dict[str, Spread | None]:
    return {weights: result.score(weights, "test", "accuracy") for weights in ("best", "last")}


def cell(value: Any) -> str:
    """Returns the text of a cell, in which nothing can end the cell."""
    first, *rest = str(value).replace("|", "\\|").replace("\n", " ").split(", ")
    if len(rest) < MOST_VALUES or " " in first:
        return ", ".join([first, *rest])
    return f"{', '.join([first, *rest[: MOST_VALUES - 1]])}, … ({len(rest) + 1} values)"
