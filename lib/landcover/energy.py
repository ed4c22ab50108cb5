"""The processor's own count of the energy that it takes, where it can be read (RAPL)."""

from dataclasses import dataclass
from pathlib import Path

POWERCAP = Path("/sys/class/powercap")
JOULES = 1e-6  # the counters are in microjoules


@dataclass(frozen=True)
class Meter:
    """Counters of all processor packages, with what else runs on them; they wrap round."""

    counts: dict[Path, int]

    @classmethod
    def start(cls, powercap: Path = POWERCAP) -> "Meter":
        packages = sorted(powercap.glob("intel-rapl:?"))  # AMD's, too, are called so
        counts = {package: _read(package / "energy_uj") for package in packages}
        return cls({package: count for package, count in counts.items() if count is not None})

    def joules(self) -> float | None:
        """Since the start; None where nothing can be read."""
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
