"""Terrassa Buildings: 4,126 photographs of twelve buildings and of unknown ones (UPC, 2015)."""

from functools import partial

from landcover.data import photographs
from landcover.data.dataset import SPLITS, Dataset

CLASSES = (
    "ajuntament", "castell_cartoixa", "catedral", "desconegut", "dona_treballadora",
    "escola_enginyeria", "estacio_nord", "farmacia_albinyana", "masia_freixa",
    "mercat_independencia", "mnactec", "societat_general", "teatre_principal",
)  # fmt: skip
WHERE = (
    "Terrassa Buildings cannot be downloaded by a program; ask its makers, the Image Processing "
    "Group of UPC (https://imatge.upc.edu/web/resources/terrassa-buildings-4126), and name with "
    "--source the folder or archive that has train|val|test/annotation.txt (a header, then a line "
    "'ID class' for each image) beside train|val|test/images/ID.jpg"
)


def dataset(image_size: int) -> Dataset:
    """Returns the photographs, resized to `image_size` × `image_size` pixels."""
    return Dataset(
        name="terrassa",
        title="Terrassa Buildings",
        classes=CLASSES,
        image_size=image_size,
        splits=SPLITS,
        normalise="imagenet",
        archive=WHERE,
        read=partial(photographs.read, image_size=image_size),
    )
