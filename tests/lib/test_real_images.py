"""The published images, where they are: EuroSAT, and a lossy copy of CIFAR-10."""

import numpy as np
import pytest

from landcover.data import eurosat
from landcover.data.catalog import dataset
from landcover.explore import contents, duplicates
from landcover.fetch import fetch

pytestmark = [pytest.mark.shared, pytest.mark.slow]


@pytest.fixture(scope="module")
def images(shared, tmp_path_factory):
    return fetch(dataset("eurosat"), shared, tmp_path_factory.mktemp("cache"))


def test_the_split_of_eurosat_is_the_authors(images):
    assert images.manifest["images"] == {"train": 18900, "val": 4050, "test": 4050}
    assert images.manifest["split_sha256"] == eurosat.AUTHORS_SPLIT_SHA256


def test_eurosat_has_its_class_sizes_and_389_images_of_nothing_but_water(images):
    counts = contents.class_counts(images).groupby("class")["count"].sum()
    assert counts.to_dict() == {
        "AnnualCrop": 3000, "Forest": 3000, "HerbaceousVegetation": 3000, "Highway": 2500,
        "Industrial": 2500, "Pasture": 2000, "PermanentCrop": 2500, "Residential": 3000,
        "River": 2500, "SeaLake": 3000,
    }  # fmt: skip
    constant = contents.near_constant(images, contents.image_moments(images.pixels)[1])
    assert constant["class"].value_counts().to_dict() == {"SeaLake": 389}
    assert not len(duplicates.exact(images))


def test_the_lossy_cifar10_says_that_it_is_one(shared, tmp_path):
    images = fetch(dataset("cifar10"), shared, tmp_path)
    assert images.manifest["fidelity"] == "lossy copy"
    assert np.bincount(images.split("test").labels).tolist() == [1000] * 10
