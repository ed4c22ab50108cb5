"""The report and README.md of a distilled folder, made from its own files, without torch."""

from pathlib import Path

from landcover import artifacts
from landcover.distill import tables
from landcover.errors import ArtifactError
from landcover.experiments import Table
from landcover.report import build
from landcover.results import layout
from landcover.results.distilled import Distilled

README = """\
# What the experiments really give

This folder holds the results of the preset `{preset}` ({precision}): the numbers of every run, the
figures, and the weights of some runs ({kept}; best epoch, half precision). The whole report is
[{page}]({page}). `lc-cli distill` made this folder from the files that the
runs wrote. `lc-cli report` and `lc-cli claims` read it with `--results`, and `lc-cli predict`
classifies with its weights. Tables over {large:,} bytes are compressed (`.csv.xz`); `xzcat` and
pandas read them. Predictions are of the test images, with the best epoch's weights. A few numbers
have fewer digits: probabilities of predictions have {probability_digits} decimals, and
positions of t-SNE have {position_digits}.

To check a number, train one run again and compare. Equal machines with as many threads give equal
bytes:

```sh
lc-cli train {run} --preset {preset} --precision {precision} --threads {threads} --data IMAGES
lc-cli evaluate {run} --preset {preset} --threads {threads} --data IMAGES
lc-cli diff {results} {folder} --only {experiment}
```

{lessons}
"""


def write_page(folder: Path, said: Distilled, table: Table, workflow: Path) -> Path:
    """Writes the report of a distilled folder, and its README.md. Returns the page.

    The same results give the same bytes. Raises ArtifactError if the folder has no run.
    """
    if not (runs := layout.finished(folder)):
        raise ArtifactError(f"{folder} was distilled and has no run any more; distill it again")
    report = layout.report(folder)
    page = build(folder, table, workflow, report, is_small=True)
    lessons = report / layout.LESSONS
    text = lessons.read_text(encoding="utf-8") if lessons.exists() else ""
    lessons.unlink(missing_ok=True)
    experiment, seed = runs[0]
    words = README.format(
        page=page.relative_to(folder).as_posix(),
        results=layout.usual(said.preset),
        preset=said.preset,
        precision=said.precision,
        kept=", ".join(f"`{name}/seed{seed}`" for name, seed in said.weights.items()) or "none",
        large=tables.LARGE_BYTES,
        probability_digits=tables.OF_PROBABILITIES,
        position_digits=tables.OF_POSITIONS,
        lessons=text.replace("\n### ", "\n## "),  # under README's own title
        folder=layout.HOME / folder.resolve().name,
        experiment=experiment,
        run=f"{experiment} --seed {seed}",
        threads=artifacts.read_json(layout.run(folder, experiment, seed) / layout.RUN)["threads"],
    )
    artifacts.write_text(folder / "README.md", words)
    return page
