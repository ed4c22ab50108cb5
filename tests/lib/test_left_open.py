import math

import pandas as pd
import pytest
from matplotlib.figure import Figure

from landcover import figures
from landcover.report.items import combinations, complexity, reliability, subsets
from landcover.results.combinations import Combinations


def sizes(pairs, model="residual"):
    rows = [(f"{model}-{n}", model, n, 60.0 * n, 1, a, None) for n, a in pairs]
    columns = ["experiment", "model", "parameters", "seconds", "seeds", "accuracy", "sd"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ([(100, 90), (200, 95), (400, 95.05), (800, 95.1)], 200),
        ([(100, 90), (200, 91), (400, 92)], None),
        ([(100, 95), (200, 94), (400, 93), (800, 92)], 100),
        ([(100, 95), (200, 94), (400, 93)], None),
    ],
)
def test_it_pays_until_doubling_brings_too_little(pairs, wanted):
    assert complexity.pays_until(sizes(pairs)) == wanted


def points(errors_by_family):
    rows = [
        (f"{model}-{n}", model, n, 1, 100 - error, None)
        for model, errors in errors_by_family.items()
        for n, error in errors.items()
    ]
    return pd.DataFrame(rows, columns=["experiment", "model", "images", "seeds", "accuracy", "sd"])


def test_the_trend_is_the_power_law_that_made_the_errors_and_so_is_the_crossing():
    images = (1000, 3000, 10_000)
    made = points(
        {
            "residual": {n: 20 * n**-0.3 for n in images},
            "vision-transformer": {n: 200 * n**-0.5 for n in images},
        }
    )
    found = subsets.trend(made)
    assert found["residual"] == pytest.approx(0.3)
    assert found["transformer"] == pytest.approx(0.5)
    assert found["crossing"] == pytest.approx(10 ** (1 / 0.2))
    assert subsets.transformer_wins(made) == []


def test_a_slower_fall_never_meets_and_two_points_make_no_trend():
    images = (1000, 3000, 10_000)
    slow = {n: 200 * n**-0.2 for n in images}
    fast = {n: 20 * n**-0.3 for n in images}
    assert math.isinf(
        subsets.trend(points({"residual": fast, "vision-transformer": slow}))["crossing"]
    )
    few = {n: fast[n] for n in images[:2]}
    assert subsets.trend(points({"residual": fast, "vision-transformer": few})) is None
    assert subsets.transformer_wins(points({"residual": slow, "vision-transformer": few})) == [
        1000,
        3000,
    ]


def test_figures_show_every_point():
    made = sizes([(100, 90), (200, 95)])
    other = sizes([(150, 85)], "customcnn")
    figure = complexity.drawn(pd.concat([made, other]))
    drawn = [line.get_xdata() for line in figure.axes[0].lines]
    assert {round(1e6 * x) for line in drawn for x in line} == {100, 150, 200}


def test_bars_of_a_reliability_diagram_are_accuracies():
    rows = [
        ("best", "test", 0.0, 0.5, 4, 0.4, 0.25, 1.0),
        ("best", "test", 0.5, 1.0, 0, None, None, 1.0),
    ]
    columns = ["weights", "split", "low", "high", "n", "confidence", "accuracy", "temperature"]
    figure = reliability.drawn(pd.DataFrame(rows, columns=columns))
    assert [bar.get_height() for bar in figure.axes[0].patches] == [0.25]


def test_what_a_network_is_unsure_of_is_counted_after_calibration():
    rows = [
        ("best", "test", 0.0, 0.5, 4, 0.4, 0.25, 1.0),
        ("best", "test", 0.5, 1.0, 96, 0.9, 0.95, 1.0),
        ("best", "test", 0.0, 0.5, 3, 0.3, 1 / 3, 1.5),
        ("best", "test", 0.5, 0.9, 1, 0.7, 1.0, 1.5),
        ("best", "test", 0.9, 1.0, 96, 0.95, 0.95, 1.5),
    ]
    columns = ["weights", "split", "low", "high", "n", "confidence", "accuracy", "temperature"]
    found = reliability.unsure(pd.DataFrame(rows, columns=columns))
    of_error = {"error": (3 * (1 / 3 - 0.3) + 1 * (1 - 0.7)) / 100}
    expected = {"n": 4, "below": 0.9, "confidence": 0.4, "accuracy": 0.5} | of_error
    assert found == pytest.approx(expected)
    assert reliability.unsure(pd.DataFrame(columns=columns))["n"] == 0


def test_a_row_of_combinations_reads_in_points(tmp_path):
    names = ["one network", "two"]
    table = pd.DataFrame(
        {
            "combination": names, "networks": [1, 2], "weight": [None, 0.4], "n": [100, 100],
            "accuracy": [0.9, 0.92], "difference": [0.0, 0.02], "low": [0.0, 0.005],
            "high": [0.0, 0.04], "p": [1.0, 0.03], "seconds": [60.0, 125.0],
        }
    )  # fmt: skip
    classes = pd.DataFrame(
        {
            "combination": names, "class": "River", "f1": [0.8, 0.85],
            "difference": [0.0, 0.05], "low": [0.0, 0.01], "high": [0.0, 0.09],
        }
    )  # fmt: skip
    found = Combinations(tmp_path, {}, table, classes, ())
    rows = combinations.table(found).to_dict("records")
    texts = [[column.text(row) for column in combinations.columns(found)] for row in rows]
    assert texts[0] == ["one network", "1", "–", "90.00", "–", "–", "80.00", "–", "1 m"]
    two = ["two", "2", "0.40", "92.00", "+2.00 (+0.50 to +4.00)", "0.03"]
    assert texts[1] == [*two, "85.00", "+5.00 (+1.00 to +9.00)", "2 m 5 s"]


def test_ticks_of_a_logarithmic_axis_are_numbers():
    axes = Figure().subplots()
    axes.plot([40_000, 400_000], [1, 2])
    figures.logarithmic(axes)
    axes.figure.canvas.draw()
    shown = {label.get_text() for label in axes.get_xticklabels(which="both")}
    assert {"50,000", "100,000", "200,000"} <= shown
    assert not any("$" in text for text in shown)
