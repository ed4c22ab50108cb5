from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landcover.experiments import prepared_name
from landcover.results import layout
from lc_cli import options, output, progress
from lc_cli.images import real_or_drawn

if TYPE_CHECKING:
    from landcover.data.dataset import Dataset
    from landcover.experiments import Table


@click.command()
@click.argument("name")
@options.data
@options.image_size
@options.preset(options.OF_REAL)
@options.out(layout.explore(options.RESULTS, "NAME"))
@options.as_json
def explore(
    name: str,
    source: Path | None,
    image_size: int | None,
    preset: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Count, draw and audit the images of data set NAME.

    It makes the paper's Figures 16 to 18, and more. The audit looks for duplicates, images of
    nothing, classes that look alike, and test images beside a training image in the same scene.
    Without a preset, it looks at real images.

    \b
    Examples:
      lc-cli explore eurosat
      lc-cli explore eurosat --data ~/Downloads --json
    """
    from landcover import explore as stage
    from landcover.data.catalog import dataset

    def dataset_of(table: "Table") -> "Dataset":
        """Refuses an unknown name before anything is read."""
        return dataset(name, image_size or max(table.image_sizes(name), default=0))

    table, data = real_or_drawn(dataset_of, preset, source)
    wanted = dataset_of(table)
    augmentation = _augmentation(table, name)
    results = layout.usual(table.preset.name)
    folder = out or layout.explore(results, prepared_name(name, wanted.image_size))
    with progress.waiting(f"Exploring {len(data.labels):,} images of {name}"):
        audit = stage.explore(data, augmentation, wanted.normalise, tiles=wanted.tiles)
        stage.write(audit, folder)
    if as_json:
        output.as_json(audit.summary)
        return
    title = f"{name}, {audit.summary['data']['fidelity']}"
    output.table(title, ("looked for", "found"), _rows(audit.summary))
    click.echo(folder)


def _augmentation(table: "Table", name: str) -> str:
    """Returns the augmentation of the first experiment on these images that has one."""
    used = [entry.experiment for entry in table.entries.values()]
    return next(
        (one.augment for one in used if one.dataset == name and one.augment != "none"), "none"
    )


def _rows(summary: dict[str, Any]) -> list[tuple[str, str]]:
    constant, exact, near, alike, beside = (
        summary[key]
        for key in (
            "near_constant", "exact_duplicates", "near_duplicates", "look_alikes", "neighbours"
        )
    )  # fmt: skip
    ours, theirs, count = alike["most_alike"]
    rows = [
        ("images", ", ".join(f"{n:,} {split}" for split, n in summary["images"].items())),
        ("near-constant images", _with_classes(constant)),
        ("exact duplicates", f"{exact['images']} ({exact['images_across_splits']} across splits)"),
        ("near-duplicate pairs", f"{near['pairs']} ({near['pairs_across_splits']} across splits)"),
        (
            "classes most alike",
            f"{ours}: for {count:,} of its images, the most similar image of another class is of "
            f"class {theirs}",
        ),
    ]
    if not beside["looked_for"]:
        return rows
    if beside["threshold"] is None:
        return [*rows, ("neighbouring images", "none that chance would not also give")]
    return [
        *rows,
        ("neighbouring pairs", f"{beside['pairs']:,}, about {beside['pairs_by_chance']} by chance"),
        (
            "test images beside training",
            f"{beside['test_images_beside_train']:,} of {beside['test_images']:,}, about "
            f"{beside['test_images_beside_train_by_chance']} by chance; there may be more, "
            f"because the search finds only {beside['sensitivity']:.0%} of true neighbours",
        ),
    ]


def _with_classes(constant: dict[str, Any]) -> str:
    classes = ", ".join(f"{count} {name}" for name, count in constant["classes"].items())
    return f"{constant['images']} ({classes})" if classes else "0"
