import pytest

from landcover import sources


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["cifar10.zip"], "cifar10.zip"),
        (["my_CIFAR10-images.tar.gz"], "my_CIFAR10-images.tar.gz"),
        (["cifar100.zip", "cifar10_images.zip"], "cifar10_images.zip"),
        (["._cifar10_images.zip", "cifar10_images.zip"], "cifar10_images.zip"),
        (["cifar10.txt", "notcifar10.zip", "cifar100.zip"], None),
    ],
)
def test_an_archive_is_found_by_the_name_of_its_data_set(tmp_path, names, wanted):
    for name in names:
        (tmp_path / name).touch()
    found = sources.named("cifar10", tmp_path)
    assert found == (wanted and tmp_path / wanted)


def test_a_folder_of_the_data_set_comes_first(tmp_path):
    (tmp_path / "paris").mkdir()
    (tmp_path / "a-paris.zip").touch()
    assert sources.named("paris", tmp_path) == tmp_path / "paris"
    assert sources.named("terrassa", tmp_path) is None
    (tmp_path / "comparison.zip").touch()
    assert sources.named("par", tmp_path) is None
