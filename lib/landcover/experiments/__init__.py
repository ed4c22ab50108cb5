"""Makes frozen `Experiment`s from the table of experiments and a preset; imports no torch.

The Snakefile, the commands and the tests all load them here. A field with its default value means
"off", and `as_dict` leaves it out. Defaults never change their meaning, so a new field does not
change the experiments that do not use it.
"""

from landcover.experiments.experiment import (
    PIXELS,
    Difference,
    Experiment,
    differences,
    from_dict,
    prepared_name,
)
from landcover.experiments.preset import Preset, check_config, load_preset
from landcover.experiments.reading import load, uncapped
from landcover.experiments.settings import parsed, with_settings
from landcover.experiments.table import Entry, Table

__all__ = [
    "PIXELS", "Difference", "Entry", "Experiment", "Preset", "Table", "check_config",
    "differences", "from_dict", "load", "load_preset", "parsed", "prepared_name", "uncapped",
    "with_settings",
]  # fmt: skip
