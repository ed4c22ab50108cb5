"""Prints the conda environment: `python envs/generate.py > envs/landcover.yaml`.

conda brings Python and pip, and pip installs what the project needs at run time at the pins of
constraints.txt: the same wheels that `make` installs. Run it where the project is installed, as the
packages that these packages need are looked up there.
"""

import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).parent
HEAD = """\
# The environment of every rule under --use-conda. Made by envs/generate.py; do not edit.
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python =3.11
  - pip
  - pip:
"""


def pins() -> dict[str, str]:
    """Returns the lines of constraints.txt by the package's normalised name."""
    lines = (HERE / "constraints.txt").read_text().split()
    return {canonicalize_name(line.partition("==")[0]): line for line in lines}


def wanted() -> list[Requirement]:
    """Returns what the project itself requires at run time, maps included."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["map"]]
    return [Requirement(line) for line in lines]


def needed(requirements: list[Requirement]) -> dict[str, str]:
    """Returns names of the packages that are required, also by one another, with their markers."""
    markers: dict[str, str] = {}
    left = [(requirement, str(requirement.marker or "")) for requirement in requirements]
    while left:
        requirement, marker = left.pop(0)
        name = canonicalize_name(requirement.name)
        if name not in markers:
            markers[name] = marker
            left += [(one, marker) for one in _required_by(requirement)]
    return markers


def _required_by(requirement: Requirement) -> Iterator[Requirement]:
    for line in metadata.requires(requirement.name) or []:
        one = Requirement(line)
        extras = [{"extra": extra} for extra in (*requirement.extras, "")]
        if not one.marker or any(map(one.marker.evaluate, extras)):
            yield one


def environment() -> str:
    """Returns the text of landcover.yaml."""
    pinned = pins()
    lines = [
        f"{pinned[name]}{f'; {marker}' if marker else ''}"
        for name, marker in sorted(needed(wanted()).items())
    ]
    return HEAD + "".join(f"    - {line}\n" for line in lines)


if __name__ == "__main__":
    print(environment(), end="")  # noqa: T201
