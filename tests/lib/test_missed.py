import pandas as pd
import pytest

from landcover import artifacts
from landcover.errors import ArtifactError, DataError
from landcover.missed import missed
from landcover.results import layout, misses


@pytest.fixture
def evaluated(tiny, tmp_path):
    """Writes what evaluation leaves of a run that says these classes of four test images."""
    images = tiny.split("test")
    names = [tiny.classes[label] for label in images.labels[:4]]

    def evaluated(seed, said, name="toy", sha256=tiny.identity["sha256"]):
        run = layout.run(tmp_path, name, seed)
        artifacts.write_json(run / layout.SPEC, {"name": name, "seed": seed})
        facts = {"data": tiny.identity | {"sha256": sha256}, "device": "a processor"}
        artifacts.write_json(run / layout.METRICS, facts)
        rows = [
            (weights, split, str(file), true, true if answer == "right" else answer, probability)
            for weights, split in (("best", "test"), ("last", "test"), ("best", "val"))
            for file, true, (answer, probability) in zip(images.files, names, said, strict=False)
        ]
        heading = ("weights", "split", "file", "true", "predicted", "probability")
        artifacts.write_csv(run / layout.PREDICTIONS, pd.DataFrame(rows, columns=list(heading)))
        return run

    return evaluated


def test_what_every_seed_gets_wrong_is_listed_with_the_class_that_most_say(
    evaluated, tiny, tmp_path
):
    said = [
        [("ship", 0.5), ("ship", 0.9), ("right", 0.9), ("right", 0.9)],
        [("ship", 0.7), ("truck", 0.8), ("frog", 0.9), ("right", 0.9)],
        [("ship", 0.6), ("truck", 0.6), ("frog", 0.9), ("right", 0.9)],
    ]
    runs = [evaluated(seed, one) for seed, one in enumerate(said)]
    out = layout.missed(tmp_path, "toy")
    summary = missed(runs, tiny, out)
    assert (summary["n"], summary["wrong"]) == (4, [2, 3, 3])
    assert (summary["wrong_in_any"], summary["wrong_in_all"]) == (3, 2)
    assert summary["same_class_in_all"] == 1
    table = artifacts.read_csv(out / layout.MISSED, ())
    first, second = map(str, tiny.split("test").files[:2])
    rows = table[["file", "predicted", "seeds", "probability"]].to_numpy().tolist()
    assert rows == [
        [second, "truck", 2, pytest.approx(0.7)],
        [first, "ship", 3, pytest.approx(0.6)],
    ]
    found = misses.read(tmp_path)["toy"]
    assert found.picture.exists()
    assert not found.made_by_other_code


def test_a_single_run_shows_all_that_it_gets_wrong_and_none_can_be_wrong(evaluated, tiny, tmp_path):
    wrong = [("ship", 0.5), ("ship", 0.9), ("right", 0.9), ("right", 0.9)]
    assert missed([evaluated(0, wrong)], tiny, tmp_path / "out")["wrong_in_all"] == 2
    right = [("right", 0.9)] * 4
    summary = missed([evaluated(1, right)], tiny, tmp_path / "none")
    assert summary["wrong_in_all"] == summary["drawn"] == 0
    assert "No test image" in (tmp_path / "none" / "missed.svg").read_text()


def test_runs_that_cannot_be_compared_are_refused_and_nothing_is_written(evaluated, tiny, tmp_path):
    said = [("right", 0.9)] * 4
    run, other = evaluated(0, said), evaluated(0, said, name="other")
    elsewhere = evaluated(1, said, sha256="f" * 64)
    fewer = evaluated(2, said[:3])
    for runs, error, reason in (
        ([run, other], ArtifactError, "is a run of toy, but .* is a run of other"),
        ([run, elsewhere], ArtifactError, "was evaluated on images .* name seeds of one"),
        ([elsewhere], DataError, "does not hold the images"),
        ([run, fewer], ArtifactError, "has predictions of 4 test images, but .* of 3 test images"),
    ):
        with pytest.raises(error, match=reason):
            missed(runs, tiny, tmp_path / "out")
    assert not (tmp_path / "out").exists()
