import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from landcover.errors import DataError
from landcover.interpret.separation import separation

K = 7


@pytest.fixture(scope="module")
def cloud():
    """Three overlapping classes in 20 dimensions, more images than one block, and a bad map."""
    noise = np.random.default_rng(0)
    labels = noise.integers(0, 3, 300)
    activations = (noise.normal(size=(300, 20)) + labels[:, None] / 2).astype(np.float32)
    embedding = activations[:, :2] + noise.normal(0, 0.5, (300, 2)).astype(np.float32)
    return activations, embedding, labels


@pytest.fixture(scope="module")
def found(cloud):
    return separation(*cloud, k=K)


def left_out(points, labels):
    knn = KNeighborsClassifier(K, algorithm="brute")
    return cross_val_score(knn, points, labels, cv=LeaveOneOut()).mean()


def test_trustworthiness_is_scikit_learns(cloud, found):
    activations, embedding, _ = cloud
    theirs = trustworthiness(activations, embedding, n_neighbors=K)
    assert found.trustworthiness == pytest.approx(theirs, abs=1e-9)


def test_nearest_neighbours_are_those_of_a_classifier_that_leaves_one_out(cloud, found):
    activations, embedding, labels = cloud
    assert found.raw_knn_accuracy == pytest.approx(left_out(activations, labels))
    assert found.map_knn_accuracy == pytest.approx(left_out(embedding, labels))


def test_silhouettes_are_scikit_learns(cloud, found):
    activations, embedding, labels = cloud
    assert found.raw_silhouette == pytest.approx(silhouette_score(activations, labels), abs=1e-6)
    assert found.map_silhouette == pytest.approx(silhouette_score(embedding, labels), abs=1e-6)


def test_a_map_that_is_the_activations_is_trusted_fully(cloud):
    activations, _, labels = cloud
    found = separation(activations, activations, labels)
    assert found.trustworthiness == 1
    assert found.map_silhouette == found.raw_silhouette


def test_names_of_classes_do_not_matter(cloud, found):
    activations, embedding, labels = cloud
    assert separation(activations, embedding, 5 + 10 * labels, k=K) == found


def test_the_only_image_of_its_class_has_silhouette_0():
    points, labels = np.zeros((10, 2), np.float32), np.zeros(10, int)
    points[9], labels[9] = 1, 1
    found = separation(points, points, labels, k=3)
    assert found.raw_silhouette == pytest.approx(0.9)  # nine others: all alike, and 1
    assert found.raw_knn_accuracy == 0.9


def test_as_dict_has_every_number_ready_for_json(found):
    row = found.as_dict()
    assert (row["images"], row["k"]) == (300, K)
    assert all(type(value) in {int, float} for value in row.values())


@pytest.mark.parametrize(
    ("labels", "reason"), [([0, 1] * 10, "take more than 20"), ([1] * 30, "all images are of one")]
)
def test_what_cannot_be_measured_is_said(labels, reason):
    points = np.zeros((len(labels), 2), np.float32)
    with pytest.raises(DataError, match=reason):
        separation(points, points, np.array(labels))
