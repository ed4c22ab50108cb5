"""A copy of the workflow, small enough for a test, that the test may change."""

import shutil
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def changed(path, changes):
    text = path.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def copy_of_workflow(folder, *experiments, epochs=1, images=4):
    """Copies it to a folder, with so few images and epochs; the report asks for `experiments`."""
    for part in ("workflow", "lib", "cli", "envs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / "Snakefile", folder)
    preset = folder / "workflow/presets/demo.yaml"
    values = yaml.safe_load(preset.read_text())
    values["max_epochs"], values["images_per_class"]["train"] = epochs, images
    preset.write_text(yaml.safe_dump(values))
    if experiments:
        changed(folder / "Snakefile", {"\nOBTAINABLE = ": f"\nOBTAINABLE = {experiments} or "})
    return folder
