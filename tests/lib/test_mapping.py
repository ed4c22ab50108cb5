import json
import os
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import torch
from affine import Affine
from PIL import Image
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import NotGeoreferencedWarning

from landcover import mapping
from landcover.artifacts import read_csv
from landcover.classifier import Use, load
from landcover.data import eurosat
from landcover.data.catalog import dataset
from landcover.data.colours import rgb
from landcover.errors import DataError, SpecError
from landcover.evaluate import evaluate_run
from landcover.experiments import Experiment
from landcover.fetch import draw
from landcover.mapping import poster
from landcover.mapping.cells import Axis
from landcover.mapping.scene import opened
from landcover.train import train

CPU = torch.device("cpu")
UTM = {"crs": "EPSG:32631", "transform": Affine(10, 0, 430_000, 0, -10, 4_600_000)}
SPEC = Experiment(
    name="covers", dataset="eurosat", model="customcnn", image_size=64, batch_size=16, epochs=1,
    learning_rate=0.001, normalise="imagenet", batch_norm=True, selection_split="val",
)  # fmt: skip


@pytest.fixture(scope="module")
def images():
    return draw(dataset("eurosat"), {"train": 4, "val": 1, "test": 2})


@pytest.fixture(scope="module")
def run(images, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    train(SPEC, 0, images, out, CPU)
    return out


@pytest.fixture(scope="module")
def network(run):
    return load(Use(run, device="cpu", batch_size=7))


@pytest.fixture(scope="module")
def patches(images):
    """The 20 test images as a scene of 4 rows and 5 columns: (256, 320, 3)."""
    pixels = images.split("test").pixels.reshape(4, 5, 64, 64, 3)
    return pixels.transpose(0, 2, 1, 3, 4).reshape(256, 320, 3)


def scene(path, pixels, **profile):
    """Writes (H, W, bands) as a GeoTIFF in UTM with pixels of 10 m."""
    H, W, bands = pixels.shape
    options = {"driver": "GTiff", "height": H, "width": W, "count": bands} | UTM | profile
    options = {key: value for key, value in options.items() if value is not None}
    colours = options.pop("colorinterp", None)
    with rasterio.open(path, "w", dtype=pixels.dtype, **options) as file:
        file.write(pixels.transpose(2, 0, 1))
        if colours:
            file.colorinterp = colours
    return path


def drawn(path, network, out, stride=64, **reading):
    """Returns what map.json holds, the places of classes and their confidence, by cell."""
    wanted = mapping.Map(path, out, stride, mapping.Reading(**reading))
    summary = mapping.draw(wanted, network)
    found = []
    with warnings.catch_warnings(action="ignore", category=NotGeoreferencedWarning):
        for name in ("classes.tif", "confidence.tif"):
            with rasterio.open(out / name) as file:
                found.append(file.read(1))
    return summary, *found


@pytest.fixture
def plain(patches, network, tmp_path):
    """The map of the patches in 8-bit UTM, side by side."""
    return drawn(scene(tmp_path / "plain.tif", patches), network, tmp_path / "plain")


def test_patches_side_by_side_are_predicted_as_evaluation_does(images, run, plain, tmp_path):
    evaluated = evaluate_run(run, images, tmp_path / "evaluated", CPU)
    table = read_csv(tmp_path / "evaluated/predictions.csv", ())
    table = table.query("weights == 'best' and split == 'test'")
    _, classes, confidence = plain
    names = np.array(images.classes)
    assert names[classes.ravel()].tolist() == table["predicted"].tolist()
    assert confidence.ravel() == pytest.approx(table["probability"], abs=1e-6)
    right = classes.ravel() == images.split("test").labels
    assert right.mean() == evaluated["best"]["test"]["accuracy"]


@pytest.mark.parametrize(
    ("height", "width", "stride"), [(256, 320, 32), (130, 201, 48), (64, 70, 64), (100, 64, 7)]
)
def test_a_cell_is_the_mean_of_the_windows_over_its_middle(
    patches, network, tmp_path, height, width, stride
):
    pixels = patches[:height, :width]
    _, classes, confidence = drawn(scene(tmp_path / "x.tif", pixels), network, tmp_path, stride)
    for row, top in enumerate(range(0, height, stride)):
        for column, left in enumerate(range(0, width, stride)):
            y, x = (top + min(top + stride, height)) / 2, (left + min(left + stride, width)) / 2
            if (row + column) % 5:  # a part of them is enough
                continue
            windows = [
                pixels[v : v + 64, u : u + 64]
                for v in {*range(0, height - 63, stride), height - 64}
                for u in {*range(0, width - 63, stride), width - 64}
                if v <= y < v + 64 and u <= x < u + 64
            ]
            means = network.probabilities(torch.from_numpy(np.stack(windows))).double().mean(0)
            assert classes[row, column] == means.argmax()
            assert confidence[row, column] == pytest.approx(means.max().item(), abs=1e-6)


@pytest.mark.parametrize("length", [64, 65, 127, 128, 200])
@pytest.mark.parametrize("stride", [1, 5, 32, 33, 63, 64])
def test_windows_stay_in_the_scene_and_cells_share_it_out(length, stride):
    axis = Axis(length, 64, stride)
    assert axis.starts.min() == 0
    assert axis.starts.max() == length - 64
    assert axis.edges[0] == 0
    assert axis.edges[-1] == length
    assert (np.diff(axis.edges) > 0).all()
    assert (axis.covering[:, 1] > axis.covering[:, 0]).all()
    homes = axis.starts[axis.homes]
    assert (homes <= axis.edges[:-1]).all()
    assert (axis.edges[1:] <= homes + 64).all()
    assert (axis.covering[:, 0] <= axis.homes).all()
    assert (axis.homes < axis.covering[:, 1]).all()


def test_the_rasters_lie_where_the_scene_does(patches, network, tmp_path):
    path = scene(tmp_path / "x.tif", patches)
    drawn(path, network, tmp_path / "out", 32)
    for name, nodata in (("classes", 255), ("confidence", np.nan)):
        with rasterio.open(tmp_path / f"out/{name}.tif") as file:
            assert file.shape == (8, 10)
            assert file.crs == rasterio.CRS.from_epsg(32631)
            assert file.transform == Affine(320, 0, 430_000, 0, -320, 4_600_000)
            assert file.nodata == pytest.approx(nodata, nan_ok=True)
    with rasterio.open(tmp_path / "out/classes.tif") as file:
        colours, names = file.colormap(1), file.tags()
    for value, name in enumerate(eurosat.CLASSES):
        assert colours[value] == (*rgb(eurosat.COLOURS[name]), 255)
        assert names[f"class_{value}"] == name
    assert colours[255][3] == 0


def test_areas_are_those_of_the_pixels_with_data(patches, network, tmp_path):
    pixels = patches[:250].copy()
    pixels[:100, :10] = 0
    made, _, _ = drawn(scene(tmp_path / "x.tif", pixels, nodata=0), network, tmp_path / "out", 32)
    valid = (pixels != 0).any(2)
    areas = read_csv(tmp_path / "out/areas.csv", ("class", "hectares"))
    assert made["areas"][0]["class"] == areas["class"][0]
    assert areas["pixels"].sum() == valid.sum()
    assert areas["hectares"].sum() == pytest.approx(valid.sum() / 100)
    assert areas["percent"].sum() == pytest.approx(100)
    assert json.loads((tmp_path / "out/map.json").read_text())["areas"] == made["areas"]


def test_without_enough_data_a_cell_is_empty(patches, plain, network, tmp_path):
    pixels = patches.copy()
    pixels[:64, :64] = 0  # nothing
    pixels[:64, 64:100] = 0  # more than half of a window
    pixels[64:96, :64] = 0  # half of a window
    path = scene(tmp_path / "x.tif", pixels, nodata=0)
    _, classes, confidence = drawn(path, network, tmp_path / "out")
    assert classes[0, :2].tolist() == [255, 255]
    assert np.isnan(confidence[0, :2]).all()
    assert classes[1, 0] != 255
    assert (classes[0, 2:] == plain[1][0, 2:]).all()
    assert (classes[2:] == plain[1][2:]).all()


def test_a_gap_has_the_mean_colour_of_its_window(patches, network, tmp_path):
    gap, filled = patches.copy(), patches.copy()
    gap[:20, :20] = 0
    valid = np.ones((64, 64), dtype=bool)
    valid[:20, :20] = False
    filled[:20, :20] = np.rint(patches[:64, :64][valid].mean(0))
    path = scene(tmp_path / "gap.tif", gap, nodata=0)
    _, classes, confidence = drawn(path, network, tmp_path / "gap")
    _, wanted, wanted_confidence = drawn(
        scene(tmp_path / "filled.tif", filled), network, tmp_path / "filled"
    )
    assert (classes == wanted).all()
    assert confidence == pytest.approx(wanted_confidence, abs=1e-6)


def alike(found, wanted):
    assert (found[1] == wanted[1]).all()
    assert found[2] == pytest.approx(wanted[2], abs=1e-6)


@pytest.mark.parametrize("kind", ["uint16", "int16", "float32", "float64"])
def test_reflectances_are_scaled_as_the_images_were(patches, plain, network, tmp_path, kind):
    unit = 1 if kind.endswith("16") else 10_000
    pixels = np.rint(patches * (2750 / 255)).astype(kind) / unit
    path = scene(tmp_path / "x.tif", pixels.astype(kind))
    limits = None if unit == 1 else (0.0, 0.275)
    alike(drawn(path, network, tmp_path / "out", limits=limits), plain)


def test_an_offset_of_reflectances_can_be_said(patches, plain, network, tmp_path):
    pixels = (np.rint(patches * (2750 / 255)) + 1000).astype(np.uint16)
    path = scene(tmp_path / "x.tif", pixels)
    alike(drawn(path, network, tmp_path / "out", limits=(1000.0, 3750.0)), plain)
    with_range = drawn(path, network, tmp_path / "out", limits=(0.0, 10.0))
    assert any("nearly white" in warning for warning in with_range[0]["warnings"])


def test_pixels_that_are_no_numbers_have_no_data(patches, network, tmp_path):
    pixels = patches.astype(np.float32)
    pixels[:64, :64, 1] = np.nan
    pixels[64:128, :64] = np.inf
    _, classes, _ = drawn(
        scene(tmp_path / "x.tif", pixels), network, tmp_path / "out", limits=(0.0, 255.0)
    )
    assert (classes[:2, 0] == 255).all()
    assert (classes[2:] != 255).all()


def test_bands_are_taken_by_number_or_by_their_colour(patches, plain, network, tmp_path):
    noise = np.zeros_like(patches[..., :1])
    bands = np.concatenate([noise, patches[..., ::-1], noise], axis=2)  # -, blue, green, red, -
    path = scene(tmp_path / "x.tif", bands, photometric="minisblack")
    alike(drawn(path, network, tmp_path / "out", bands=(4, 3, 2)), plain)
    with pytest.raises(DataError, match=r"x\.tif has 5 bands; say which .* --bands 4,3,2"):
        drawn(path, network, tmp_path / "again")
    order = [ColorInterp.undefined, ColorInterp.blue, ColorInterp.green, ColorInterp.red]
    path = scene(
        tmp_path / "y.tif", bands, photometric="minisblack",
        colorinterp=[*order, ColorInterp.undefined],
    )  # fmt: skip
    alike(drawn(path, network, tmp_path / "named"), plain)


def test_what_is_transparent_has_no_data(patches, plain, network, tmp_path):
    alpha = np.full_like(patches[..., :1], 255)
    alpha[:64, :64] = 0
    colours = [getattr(ColorInterp, name) for name in ("red", "green", "blue", "alpha")]
    bands = np.concatenate([patches, alpha], axis=2)
    path = scene(tmp_path / "x.tif", bands, colorinterp=colours)
    _, classes, _ = drawn(path, network, tmp_path / "out")
    assert classes[0, 0] == 255
    assert (classes.ravel()[1:] == plain[1].ravel()[1:]).all()


@pytest.mark.parametrize("kind", ["tif", "png"])
def test_without_a_projection_areas_are_in_pixels(patches, plain, network, tmp_path, kind):
    path = tmp_path / f"x.{kind}"
    Image.fromarray(patches).save(path)
    found = drawn(path, network, tmp_path / "out")
    alike(found, plain)
    assert "has no projection, so areas are in pixels" in found[0]["warnings"][0]
    assert {row["hectares"] for row in found[0]["areas"]} == {None}
    assert not list(tmp_path.glob("*.aux.xml"))


@pytest.mark.parametrize(
    "place",
    [
        {"crs": "EPSG:4978"},  # from the centre of the earth
        {"crs": 'LOCAL_CS["a room",UNIT["metre",1]]'},
        {"transform": Affine(0, 0, 420_000, 0, 0, 4_590_000)},
    ],
)
def test_pixels_that_lie_nowhere_on_a_map_are_counted(patches, plain, network, tmp_path, place):
    found = drawn(scene(tmp_path / "x.tif", patches, **place), network, tmp_path / "out")
    alike(found, plain)
    assert {row["hectares"] for row in found[0]["areas"]} == {None}


@pytest.mark.parametrize(
    ("most", "length"),
    [(100.0, 100), (99.99999999999999, 50), (0.3, 0.2), (4999.0, 2000), (1e-7, 1e-7)],
)
def test_a_scale_bar_has_a_round_length(most, length):
    assert poster.round_length(most) == pytest.approx(length)


def test_a_place_far_outside_of_its_projection_has_no_scale_bar(patches, network, tmp_path):
    far = {"crs": "EPSG:3857", "transform": Affine(10, 0, 1e12, 0, -10, 1e12)}
    path = scene(tmp_path / "x.tif", patches, **far)
    drawn(path, network, tmp_path / "out")
    assert (tmp_path / "out/map.png").exists()


def test_numbers_too_large_for_single_precision_are_white(patches, plain, network, tmp_path):
    huge = np.where(patches == 255, 1e300, patches).astype("float64")
    path = scene(tmp_path / "x.tif", huge)
    alike(drawn(path, network, tmp_path / "out", limits=(0, 255)), plain)


@pytest.mark.parametrize("nodata", [float("nan"), 0.5, 256, -1])
def test_a_value_that_no_pixel_can_have_is_no_nodata(patches, network, tmp_path, nodata):
    path = scene(tmp_path / "x.tif", patches)
    with pytest.raises(DataError, match=r"of the type uint8, none of which is .*change --nodata"):
        drawn(path, network, tmp_path / "out", nodata=nodata)


def test_finer_pixels_are_averaged_to_ten_metres(patches, plain, network, tmp_path):
    fine = patches.repeat(2, axis=0).repeat(2, axis=1)
    path = scene(tmp_path / "x.tif", fine, transform=Affine(5, 0, 430_000, 0, -5, 4_600_000))
    unchanged = drawn(path, network, tmp_path / "fine")
    assert "shows 5 × 5 m" in unchanged[0]["warnings"][0]
    found = drawn(path, network, tmp_path / "out", resample=True)
    alike(found, plain)
    assert not found[0]["warnings"]
    with rasterio.open(tmp_path / "out/classes.tif") as file:
        assert file.transform == Affine(640, 0, 430_000, 0, -640, 4_600_000)


def test_degrees_have_areas_on_the_ground_and_are_resampled_to_utm(patches, network, tmp_path):
    step = 0.0001
    path = scene(
        tmp_path / "x.tif", patches, crs="EPSG:4326", transform=Affine(step, 0, 2, 0, -step, 60)
    )
    made, _, _ = drawn(path, network, tmp_path / "out")
    metres = step * 6_371_008.8 * np.pi / 180
    pixels, hectares = (sum(row[key] for row in made["areas"]) for key in ("pixels", "hectares"))
    assert hectares == pytest.approx(
        pixels * metres**2 * np.cos(np.radians(59.9872)) / 1e4, rel=1e-5
    )
    assert "m, and networks learned from 10 m" in made["warnings"][0]
    made, _, _ = drawn(path, network, tmp_path / "utm", resample=True)
    assert made["crs"] == "EPSG:32631"
    assert sum(row["hectares"] for row in made["areas"]) == pytest.approx(hectares, rel=0.02)


@pytest.mark.parametrize(
    ("crs", "step", "filtered"),
    [
        ("EPSG:4326", 0.00003, Resampling.average),  # about 3 m
        ("EPSG:4326", 0.0003, Resampling.bilinear),  # about 33 m
        ("EPSG:32631", 3, Resampling.average),
        ("EPSG:32631", 33, Resampling.bilinear),
        ("EPSG:2263", 12, Resampling.average),  # of New York, in feet
        ("EPSG:2263", 100, Resampling.bilinear),
    ],
)
def test_finer_pixels_are_averaged_and_larger_ones_smoothed(tmp_path, crs, step, filtered):
    west, north = (2, 41) if crs == "EPSG:4326" else (430_000, 200_000)
    place = Affine(step, 0, west, 0, -step, north)
    path = scene(tmp_path / "x.tif", np.zeros((64, 64, 3), np.uint8), crs=crs, transform=place)
    with opened(path, mapping.Reading(resample=True)) as view:
        assert view.source.resampling == filtered
        assert view.grid.pixel_sides(np.array([1.0])) == pytest.approx(10, rel=0.01)


def test_another_network_than_of_land_cover_is_warned_of(toy_run, patches, tmp_path):
    found = load(Use(toy_run, device="cpu"))
    made, classes, _ = drawn(scene(tmp_path / "x.tif", patches), found, tmp_path / "out", 32)
    assert made["window"] == 32
    assert classes.shape == (8, 10)
    assert "trained on cifar10, which shows no land cover" in made["warnings"][0]


def test_eight_views_are_those_of_every_window(patches, run, tmp_path):
    viewed = load(Use(run, views=8, device="cpu"))
    _, _, confidence = drawn(scene(tmp_path / "x.tif", patches), viewed, tmp_path / "out")
    turned = np.rot90(patches).copy()
    _, _, again = drawn(scene(tmp_path / "turned.tif", turned), viewed, tmp_path / "turned")
    assert np.rot90(confidence) == pytest.approx(again, abs=1e-5)


def not_a_raster(path, patches):
    path.write_text("hello")


def truncated(path, patches):
    noise = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8)
    scene(path, noise, tiled=True, blockxsize=64, blockysize=64)
    os.truncate(path, path.stat().st_size // 2)


def with_palette(path, patches):
    Image.fromarray(patches).quantize(16).save(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (not_a_raster, "is no raster that GDAL knows, or it is damaged"),
        (truncated, "truncated or damaged|is damaged"),
        (lambda path, patches: path.mkdir(), "is a folder; name the raster file in it"),
        (lambda path, patches: None, r"cannot be read \(No such file"),
        (lambda path, patches: scene(path, patches[..., :1]), "has 1 band, and networks need"),
        (lambda path, patches: scene(path, patches[..., :2]), "has 2 bands, and networks need"),
        (with_palette, "has a palette, and networks need"),
        (lambda path, patches: scene(path, patches[:63]), "320 × 63 pixels, less than the"),
        (lambda path, patches: scene(path, patches.astype("float32")), "float32, whose white is"),
        (lambda path, patches: scene(path, patches.astype("int32")), "int32, whose white is"),
        (lambda path, patches: scene(path, patches.astype("complex64")), "has complex numbers"),
        (lambda path, patches: scene(path, 0 * patches, nodata=0), "no window with enough data"),
    ],
)  # fmt: skip
def test_a_scene_that_cannot_be_mapped_is_one_sentence(patches, network, tmp_path, make, message):
    make(tmp_path / "x.tif", patches)
    with pytest.raises(DataError, match=message) as error:
        drawn(tmp_path / "x.tif", network, tmp_path / "out")
    assert "\n" not in str(error.value)
    assert not list(tmp_path.glob("out/[a-z]*"))


def test_a_name_that_gdal_cannot_open_is_one_sentence(patches, network, tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/lat\xe9.tif"))
    scene(tmp_path / "x.tif", patches).rename(path)
    with pytest.raises(DataError, match="is no raster that GDAL knows"):
        drawn(path, network, tmp_path / "out")


def test_a_band_that_is_not_there_is_named(patches, network, tmp_path):
    path = scene(tmp_path / "x.tif", patches)
    for bands in ((4, 3, 2), (0, 1, 2), (-1, 1, 2)):
        with pytest.raises(DataError, match=rf"has no band {bands[0]}; it has 1 to 3"):
            drawn(path, network, tmp_path / "out", bands=bands)


def test_nothing_can_be_resampled_without_a_projection(patches, network, tmp_path):
    Image.fromarray(patches).save(tmp_path / "x.png")
    with pytest.raises(DataError, match="has no projection, so it cannot be resampled"):
        drawn(tmp_path / "x.png", network, tmp_path / "out", resample=True)


def test_pixels_of_kilometres_are_not_resampled(patches, network, tmp_path):
    degrees = {"crs": "EPSG:4326", "transform": Affine(0.01, 0, 2, 0, -0.01, 41)}
    path = scene(tmp_path / "x.tif", patches, **degrees)
    with pytest.raises(DataError, match=r"would make [\d,]+ × [\d,]+ of .*smaller pixels"):
        drawn(path, network, tmp_path / "out", resample=True)


@pytest.mark.parametrize("stride", [0, -1, 65])
def test_a_stride_that_does_not_fit_is_refused(patches, network, tmp_path, stride):
    path = scene(tmp_path / "x.tif", patches)
    with pytest.raises(SpecError, match=f"the stride {stride} does not fit windows of 64"):
        drawn(path, network, tmp_path / "out", stride)


def test_more_classes_than_a_raster_holds_are_refused(patches, network, tmp_path):
    many = replace(network.network, classes=tuple(map(str, range(300))))
    with pytest.raises(SpecError, match="tells 300 classes apart, and a map holds 255"):
        drawn(scene(tmp_path / "x.tif", patches), replace(network, network=many), tmp_path)


def test_without_rasterio_it_says_how_to_get_it(network, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(DataError, match=r"not installed; run `pip install 'landcover\[map\]'`"):
        mapping.draw(mapping.Map(tmp_path / "x.tif", tmp_path), network)
