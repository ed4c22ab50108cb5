"""The processor's own count of its energy, if it can be read (RAPL)."""

from dataclasses import dataclass
from pathlib import Path

POWERCAP = Path("/sys/class/powercap")
JOULES = 1e-6  # the counters are in microjoules


@dataclass(frozen=True)
class Meter:
    """The counters of all processor packages; they include other programs, and restart at 0."""

    counts: dict[Path, int]

    @classmethod
    def start(cls, powercap: Path = POWERCAP) -> "Meter":
        packages = sorted(powercap.glob("intel-rapl:?"))  # AMD's counters have this name, too
        counts = {package: _read(package / "energy_uj") for package in packages}
        return cls({package: count for package, count in counts.items() if count is not None})

    def joules(self) -> float | None:
        """Returns the energy since the start; None if a counter cannot be read."""
        spent = [_since(package, count) for package, count in self.counts.items()]
        known = [count for count in spent if count is not None]
        return JOULES * sum(known) if known and len(known) == len(spent) else None


def _since(package: Path, start: int) -> int | None:
    now, wraps_at = _read(package / "energy_uj"), _read(package / "max_energy_range_uj")
    if now is None or wraps_at is None:
        return None
    return now - start if now >= start else now - start + wraps_at


def _read(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None
