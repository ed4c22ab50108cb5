import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.neighbors import NearestCentroid

from landcover.data.synthetic import PAINTERS, images

CIFAR10 = tuple(PAINTERS)[:10]
EUROSAT = tuple(PAINTERS)[10:]
BUILDINGS = ("ajuntament", "catedral", "masia_freixa", "eiffel", "notredame")


def accuracy_on_unseen_images(classifier, classes, per_class):
    """Trained on the pixels of one seed's images, measured on another's."""
    labels = np.repeat(np.arange(len(classes)), per_class)
    seen, unseen = (
        images(classes, 32, per_class, seed).reshape(len(labels), -1) / 255 for seed in (0, 1)
    )
    return classifier.fit(seen, labels).score(unseen, labels)


@pytest.mark.parametrize("classes", [CIFAR10, EUROSAT, BUILDINGS])
def test_the_same_seed_paints_the_same_bytes(classes):
    assert np.array_equal(images(classes, 32, 3, seed=7), images(classes, 32, 3, seed=7))


@pytest.mark.parametrize("classes", [CIFAR10, EUROSAT, BUILDINGS])
def test_no_image_comes_twice_within_or_across_seeds(classes):
    painted = np.concatenate([images(classes, 32, 40, seed) for seed in range(3)])
    assert len({image.tobytes() for image in painted}) == len(painted)


@pytest.mark.parametrize("name", ["cat", "River", "masia_freixa"])
def test_a_class_looks_the_same_wherever_it_stands_in_the_list(name):
    alone = images([name], 32, 4, seed=0)
    assert np.array_equal(images(["ship", name, "Forest"], 32, 4, seed=0)[4:8], alone)


def test_buildings_differ_although_only_their_names_do():
    first, second = (
        images([name], 32, 50, seed=0).mean(axis=0) for name in ("catedral", "catedral2")
    )
    assert np.abs(first - second).max() > 30  # of 255, between the mean images


@pytest.mark.parametrize("image_size", [8, 32, 64])
def test_images_are_bytes_in_colour_class_by_class(image_size):
    painted = images(["dog", "Pasture", "eiffel"], image_size, 2, seed=0)
    assert painted.dtype == np.uint8
    assert painted.shape == (6, image_size, image_size, 3)


def test_no_images_are_as_many_as_asked_for():
    assert images(CIFAR10, 32, 0, seed=0).shape == (0, 32, 32, 3)


@pytest.mark.parametrize("classes", [CIFAR10, EUROSAT])
def test_pixels_tell_the_classes_apart_but_only_just(classes):
    """Chance is 0.1; a convolutional network reaches about 0.6 in six epochs."""
    assert 0.17 < accuracy_on_unseen_images(NearestCentroid(), classes, per_class=50) < 0.45
    assert 0.17 < accuracy_on_unseen_images(RidgeClassifier(1000), classes, per_class=50) < 0.55


@pytest.mark.parametrize(
    ("name", "neighbour", "stranger"),
    [
        ("cat", "dog", "ship"),
        ("automobile", "truck", "frog"),
        ("deer", "horse", "ship"),
        ("River", "Highway", "SeaLake"),
        ("AnnualCrop", "PermanentCrop", "Forest"),
        ("HerbaceousVegetation", "Pasture", "Industrial"),
    ],
)
def test_natural_neighbours_are_harder_to_tell_apart_than_strangers(name, neighbour, stranger):
    near, far = (
        accuracy_on_unseen_images(RidgeClassifier(1000), (name, other), per_class=100)
        for other in (neighbour, stranger)
    )
    assert near < far - 0.05
