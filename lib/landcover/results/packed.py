"""CSV files that `distill` may have compressed."""

from lzma import LZMAError
from pathlib import Path

import pandas as pd

from landcover import artifacts
from landcover.errors import ArtifactError
from landcover.results import layout


def present(file: Path) -> Path:
    """Returns the packed form of a file if there is one, else the file's own path."""
    packed = file.with_name(layout.packed(file.name))
    return packed if packed.exists() else file


def read_csv(
    file: Path, columns: tuple[str, ...], texts: tuple[str, ...] = ()
) -> tuple[Path, pd.DataFrame]:
    """Reads a CSV file, packed or not; returns its path and its table. See `artifacts.read_csv`."""
    file = present(file)
    try:
        return file, artifacts.read_csv(file, columns, texts)
    except (LZMAError, EOFError) as error:
        raise ArtifactError(f"{file} is damaged ({error}); distill again") from error
