import pytest

from landcover.energy import Meter


def package(folder, name, energy, wraps_at=1_000_000):
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "energy_uj").write_text(f"{energy}\n")
    (folder / name / "max_energy_range_uj").write_text(f"{wraps_at}\n")


def test_packages_are_added_up_and_their_parts_are_not(tmp_path):
    for name in ("intel-rapl:0", "intel-rapl:1", "intel-rapl:0:0"):
        package(tmp_path, name, 100_000)
    meter = Meter.start(tmp_path)
    for name in ("intel-rapl:0", "intel-rapl:1", "intel-rapl:0:0"):
        package(tmp_path, name, 600_000)
    assert meter.joules() == pytest.approx(1.0)


def test_a_counter_that_wrapped_round_goes_on(tmp_path):
    package(tmp_path, "intel-rapl:0", 900_000)
    meter = Meter.start(tmp_path)
    package(tmp_path, "intel-rapl:0", 100_000)
    assert meter.joules() == pytest.approx(0.2)


def test_what_cannot_be_read_is_not_known(tmp_path):
    assert Meter.start(tmp_path).joules() is None
    package(tmp_path, "intel-rapl:0", 1)
    meter = Meter.start(tmp_path)
    (tmp_path / "intel-rapl:0" / "energy_uj").unlink()
    assert meter.joules() is None
