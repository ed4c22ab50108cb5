"""Reproduces the report: images -> runs -> measurements -> one page.

snakemake --cores 2                                              the demo, on images drawn here
snakemake --cores 2 --config preset=quick data=path/to/images    real images, few of them
snakemake --cores 2 --config preset=paper "seeds=[0,1,2]"        the whole of it
"""

import os
import re
import shlex
import sys

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.0")
sys.path.insert(
    0, f"{workflow.basedir}/lib"
)  # snakemake may live where this package does not

from pathlib import Path

from landcover import claims, experiments, gpus, hub, methods
from landcover.errors import SpecError
from landcover.results import layout

FOLDER = Path(workflow.basedir, "workflow")
PRESET = config.get("preset", "demo")
FROM_ENVIRONMENT = {
    key: name
    for key, name in (("data", "LANDCOVER_DATA"), ("device", "LANDCOVER_DEVICE"))
    if os.environ.get(name) and key not in config
}
SETTINGS = {key: os.environ[name] for key, name in FROM_ENVIRONMENT.items()} | config
try:
    if workflow.is_main_process:  # and not again in every job
        experiments.check_config(SETTINGS, FOLDER, FROM_ENVIRONMENT)
    TABLE = experiments.load(
        FOLDER,
        PRESET,
        {key: config.get(key) for key in ("seeds", "precision")},
        images=config.get("data"),
    )
    if workflow.is_main_process:
        claims.check(TABLE, FOLDER)
except SpecError as error:  # one sentence, without the lines of the code
    raise WorkflowError(str(error)) from None

IMAGES = TABLE.images()
SOURCE = SETTINGS.get("data")
WITH_IMAGES = TABLE.obtainable(layout.usual(PRESET), SOURCE)
# Asked once: a job that Snakemake starts must see the same workflow.
WITHOUT_WEIGHTS = os.environ.setdefault(
    "LANDCOVER_WITHOUT_WEIGHTS",
    " ".join(name for name in sorted(TABLE.backbones()) if not hub.is_obtainable(name)),
).split()
OBTAINABLE = [n for n in WITH_IMAGES if TABLE.backbone(n) not in WITHOUT_WEIGHTS]
NETWORKS = [name for name in TABLE.networks if name not in WITHOUT_WEIGHTS]


include: "workflow/rules/environment.smk"
include: "workflow/rules/fetch.smk"
include: "workflow/rules/explore.smk"
include: "workflow/rules/profile.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/combine.smk"
include: "workflow/rules/missed.smk"
include: "workflow/rules/interpret.smk"
include: "workflow/rules/report.smk"


localrules:
    all,


wildcard_constraints:
    preset=PRESET,
    experiment="|".join(map(re.escape, TABLE)),
    images="|".join(map(re.escape, IMAGES)),
    model="|".join(map(re.escape, TABLE.models())),
    look="|".join(map(re.escape, LOOKS)),
    published="|".join(map(re.escape, TABLE.networks)),
    backbone="|".join(map(re.escape, hub.FILES)),
    seed=r"\d+",


if workflow.is_main_process:  # also of a dry run
    if missing := [name for name in TABLE.wanted if name not in WITH_IMAGES]:
        print(
            f"Skipped, because their photographs were not found: {', '.join(missing)}. "
            "Put folders or archives called terrassa and paris into `data` to run them; "
            "`lc-cli fetch NAME --preset paper` says where to get them.",
            file=sys.stderr,
        )
    for backbone in WITHOUT_WEIGHTS:
        skipped = [name for name in WITH_IMAGES if TABLE.backbone(name) == backbone]
        print(
            f"Skipped {', '.join([*skipped, *({backbone} & set(TABLE.networks))])}: "
            f"{hub.how_to_get(backbone)}.",
            file=sys.stderr,
        )


rule all:
    """The report of the preset, and what it is made of: a page with gaps is not the end."""
    default_target: True
    input:
        f"results/{PRESET}/report/index.html",
        [str(file).format(preset=PRESET) for file in rules.report.input],
