from pathlib import Path

import numpy as np
import pytest
import torch

from landcover import explore
from landcover.data import prepared
from landcover.data.catalog import dataset
from landcover.data.dataset import Images
from landcover.explore import augmented, contents, drawings, duplicates, likeness, neighbours, seams

RNG = np.random.default_rng(0)


def noise(count, size=32):
    return RNG.integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def data_of(pixels, labels=None, splits=None):
    cifar = dataset("cifar10")
    labels = np.arange(len(pixels)) % 10 if labels is None else np.asarray(labels)
    files = tuple(f"{cifar.classes[label]}/{i}.png" for i, label in enumerate(labels))
    splits = tuple(splits or ["train"] * len(pixels))
    return prepared.of(
        Images(pixels, cifar.classes, labels, files, splits, "synthetic"), cifar, Path("made up")
    )


def scenes(count, size=16):
    """Scenes twice as wide as high: clouds of all sizes, so that lines continue each other."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(4 * size), np.fft.fftfreq(4 * size)))
    frequency[0, 0] = 1
    waves = np.fft.fft2(RNG.normal(size=(count, 3, 4 * size, 4 * size))) / frequency**1.5
    clouds = np.fft.ifft2(waves).real[:, :, :size, : 2 * size]
    clouds = 128 + 40 * (clouds - clouds.mean()) / clouds.std()
    return np.clip(clouds, 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)


@pytest.fixture(scope="module")
def halves():
    """160 images: first the left halves of 80 scenes, then their right halves."""
    whole = scenes(80)
    return np.concatenate([whole[:, :, :16], whole[:, :, 16:]])


def test_every_class_and_split_is_counted():
    data = data_of(noise(4), [0, 0, 3, 3], ["train", "test", "train", "train"])
    counts = contents.class_counts(data).set_index(["class", "split"])["count"]
    assert counts["airplane"].to_dict() == {"train": 1, "test": 1}
    assert counts["cat"].to_dict() == {"train": 2, "test": 0}
    assert len(counts) == 20


def test_channel_statistics_are_numpys_on_the_whole_split():
    pixels = noise(contents.CHUNK_IMAGES + 3, 8)
    data = data_of(pixels, splits=["train"] * 200 + ["test"] * (len(pixels) - 200))
    table = contents.channel_statistics(data, *contents.image_moments(pixels))
    for split, own in (("train", pixels[:200]), ("test", pixels[200:])):
        rows = table[table["split"] == split]
        np.testing.assert_allclose(rows["mean"], (own / 255).mean((0, 1, 2)), rtol=1e-12)
        np.testing.assert_allclose(rows["sd"], (own / 255).std((0, 1, 2)), rtol=1e-12)


def test_an_image_of_one_colour_and_little_noise_is_near_constant():
    pixels = noise(3)
    pixels[1] = (30, 40, 60)
    pixels[1, 0, 0] = (31, 41, 61)
    data = data_of(pixels)
    found = contents.near_constant(data, contents.image_moments(pixels)[1])
    assert list(found["file"]) == ["automobile/1.png"]
    assert found["contrast"][0] == pytest.approx(np.sqrt(1023) / 1024)  # one pixel of 1024, by one


def test_planted_duplicates_are_grouped_and_leaks_are_marked():
    pixels = noise(6)
    pixels[3], pixels[5] = pixels[0], pixels[4]
    data = data_of(pixels, splits=["train", "train", "train", "test", "train", "train"])
    table = duplicates.exact(data)
    assert [name.split("/")[1][0] for name in table["file"]] == ["0", "3", "4", "5"]
    assert list(table["group"]) == [1, 1, 2, 2]
    assert list(table["across_splits"]) == [True, True, False, False]


def test_a_shifted_noisy_copy_is_a_near_duplicate_and_its_shift_is_found():
    views = scenes(20, 40)[:, :36, :36]
    pixels = np.concatenate([views[:, :32, :32], views[:1, 2:34, 1:33]])
    pixels[-1] = np.clip(pixels[-1] + RNG.normal(0, 0.3, (32, 32, 3)), 0, 255).astype(np.uint8)
    data = data_of(pixels, splits=["train"] * 20 + ["test"])
    features = likeness.cells(pixels)
    table = duplicates.near(data, features, likeness.nearest(features, data.labels)[0])
    assert table[["file_a", "file_b", "right", "down"]].values.tolist() == [
        ["airplane/0.png", "airplane/20.png", 1, 2]
    ]
    assert table["across_splits"][0]


def test_the_nearest_image_is_that_of_a_full_table_of_distances():
    features = RNG.normal(size=(300, 192)).astype(np.float32)
    labels = RNG.integers(0, 3, 300)
    apart = ((features[:, None] - features[None]) ** 2).mean(2)
    np.fill_diagonal(apart, np.inf)
    of_any, of_other = likeness.nearest(features, labels)
    assert of_any.image.tolist() == apart.argmin(1).tolist()
    np.testing.assert_allclose(of_any.distance, np.sqrt(apart.min(1)), rtol=1e-5)
    apart[labels[:, None] == labels] = np.inf
    assert of_other.image.tolist() == apart.argmin(1).tolist()


def test_cells_are_mean_colours_of_blocks():
    pixels = noise(2, 16)
    assert likeness.cells(pixels)[1, 3:6] == pytest.approx(pixels[1, :2, 2:4].mean((0, 1)))


def test_two_halves_of_a_scene_find_each_other(halves):
    search = seams.search(halves)
    right = search.matches[0]
    assert search.threshold is not None
    assert (right.image[:80] == np.arange(80, 160)).mean() > 0.9
    assert (right.score[80:] < search.threshold).mean() > 0.9  # there is nothing to their right
    assert (search.matches[1].score < search.threshold).mean() > 0.9  # nor below


def test_test_images_beside_training_images_are_counted_once(halves):
    splits = ["train"] * 80 + ["test"] * 80
    data, search = data_of(halves, splits=splits), seams.search(halves)
    found = neighbours.pairs(data, search)
    true = (found["file_a"].str.extract(r"(\d+)\.", expand=False).astype(int) + 80) == found[
        "file_b"
    ].str.extract(r"(\d+)\.", expand=False).astype(int)
    assert true.mean() > 0.9
    facts = neighbours.summary(data, search)
    assert true.sum() <= facts["test_images_beside_train"] <= len(found)
    assert facts["pairs_by_chance"] <= 0.05 * facts["pairs"]


def test_unrelated_images_are_no_neighbours():
    assert seams.search(noise(120, 16)).threshold is None


def test_a_search_by_parts_is_that_of_a_full_table_without_its_diagonal():
    ours, theirs = torch.from_numpy(RNG.normal(size=(2, 2 * seams.ROWS + 5, 6)))
    table = (ours @ theirs.T).fill_diagonal_(-torch.inf)
    image, score = seams._best(ours, theirs)
    assert image.tolist() == table.argmax(1).tolist()
    np.testing.assert_allclose(score, table.max(1).values)


def test_one_pattern_gives_the_textbook_log_likelihood_ratio():
    r, u, v = 0.8, 1.5, -0.5
    model = seams.Model(torch.zeros(1), torch.eye(1), torch.tensor([r]))
    ours, theirs = model.pair(torch.tensor([[u]]), torch.tensor([[v]]))
    together = torch.distributions.MultivariateNormal(
        torch.zeros(2), torch.tensor([[1, r], [r, 1]])
    )
    alone = torch.distributions.Normal(0.0, 1.0)
    point = torch.tensor([u, v])
    expected = together.log_prob(point) - alone.log_prob(point).sum()
    assert (ours * theirs).sum().item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_fit_finds_the_correlation_across_a_seam():
    shared, *own = RNG.normal(size=(3, 20_000, 2))
    ours, theirs = (
        torch.tensor(shared * [2, 0] + one * [1, 1], dtype=torch.float32) for one in own
    )
    model = seams.fit(ours, theirs)  # 4 of the first pattern's variance of 5 is shared, then none
    assert model.correlations.tolist() == pytest.approx([0.8, 0], abs=0.02)


def test_the_threshold_is_the_lowest_with_5_percent_chance():
    found = np.arange(100.0)
    assert seams.threshold(found, np.full(9, 49.0)) == 50  # 1 / 50 there, 10 / 51 at 49
    assert seams.threshold(found, np.array([49.0])) == 0  # 2 / 100
    assert seams.threshold(found, found) is None


def test_the_authors_colours_are_right_only_for_their_own_normalisation(tiny):
    images = augmented.batch(tiny, "cifar", seed=0)
    for statistics, equal in (("half", True), ("imagenet", False)):
        left, right = (
            np.asarray(axes.images[0].get_array())
            for axes in drawings.draw_augmented(images, statistics).axes
        )
        assert np.array_equal(left, right) == equal


def test_without_augmentation_the_batch_is_of_training_images(tiny):
    images = augmented.batch(tiny, "none", seed=1).permute(0, 2, 3, 1).numpy()
    train = {image.tobytes() for image in tiny.split("train").pixels}
    assert len(images) == 25
    assert all(np.ascontiguousarray(image).tobytes() in train for image in images)


def test_above_each_bar_stands_the_sum_of_8_and_4_images(tiny):
    axes = drawings.draw_class_counts(contents.class_counts(tiny)).axes[0]
    assert [text.get_text() for text in axes.texts] == ["12"] * 10


@pytest.mark.slow
def test_all_is_written_and_the_same_again(tiny, tmp_path):
    for folder in ("a", "b"):
        explore.write(explore.explore(tiny, "cifar", "half"), tmp_path / folder)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(names) == 1 + 9 + 2 * 9
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
