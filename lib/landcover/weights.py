"""Reads and writes named tensors: our own as safetensors, others also as `.pth` state dicts.

`.pth` files are read with PyTorch's restricted unpickler, which builds only tensors.
"""

import hashlib
import json
import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from landcover import artifacts, models
from landcover.errors import ArtifactError

SAVED_BY_TORCH = (b"PK", b"\x80")  # a zip archive; before PyTorch 1.6, a pickle
NOTES = "landcover"  # the only metadata key, because safetensors writes several in no fixed order
DIGEST = "sha256"  # the key in the notes


def write(
    path: Path,
    tensors: Mapping[str, Tensor],
    notes: Mapping[str, Any],
    *,
    survives_power_cut: bool = True,
) -> None:
    """Writes tensors with JSON-ready notes; the same ones give the same bytes."""
    own = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    content = save(own, metadata={NOTES: json.dumps({**notes, DIGEST: _sha256(own, notes)})})
    artifacts.write(path, lambda file: file.write(content), survives_power_cut=survives_power_cut)


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Reads tensors and notes. Raises ArtifactError if the file was damaged or changed."""
    try:
        with safe_open(path, framework="pt") as file:
            notes = json.loads((file.metadata() or {}).get(NOTES, "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        expected = notes.pop(DIGEST, None)  # files from elsewhere have none
    except (OSError, SafetensorError, ValueError, AttributeError) as error:
        raise ArtifactError(
            f"{path} cannot be read as safetensors ({error}); make or download it again"
        ) from error
    if expected not in (None, _sha256(tensors, notes)):
        raise ArtifactError(f"{path} was changed or damaged after it was made; make it again")
    return tensors, notes


def _sha256(tensors: Mapping[str, Tensor], notes: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(notes).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        values: Any = tensor.flatten().view(torch.uint8).numpy()
        digest.update(values)
    return digest.hexdigest()


def read_foreign(path: Path) -> dict[str, Tensor]:
    """Reads a `.safetensors` or `.pth` state dict. Raises ArtifactError for other content."""
    if path.suffix == ".safetensors":
        return read(path)[0]
    try:
        with path.open("rb") as file, warnings.catch_warnings(action="ignore"):
            is_torchs = file.read(2).startswith(SAVED_BY_TORCH)
            content = torch.load(path, map_location="cpu", weights_only=True) if is_torchs else None
    except pickle.UnpicklingError as error:
        raise ArtifactError(
            f"{path} holds more than tensors and was not opened, as that could run code; "
            "save model.state_dict() instead of the model"
        ) from error
    except Exception as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ArtifactError(f"{path} is no file of weights ({reason}); save it again") from error
    if not isinstance(content, Mapping):
        raise ArtifactError(f"{path} is no file of weights; save model.state_dict() with PyTorch")
    if strange := [name for name, value in content.items() if not isinstance(value, Tensor)]:
        raise ArtifactError(
            f"{path} holds more than tensors ('{strange[0]}'); save model.state_dict() alone"
        )
    return dict(content)


def load(model: nn.Module, tensors: Mapping[str, Tensor], source: Path) -> None:
    """Copies a whole state. Raises ArtifactError for the first tensor that does not fit."""
    _load(model, model.state_dict(), tensors, source)


def load_changing(model: nn.Module, tensors: Mapping[str, Tensor], source: Path) -> None:
    """Copies the part that training changes, and does not touch the frozen part."""
    _load(model, models.changing(model), tensors, source)


def load_all_but_head(
    model: nn.Module, name: str, tensors: Mapping[str, Tensor], source: Path
) -> None:
    """Copies everything that does not depend on the classes of a model of this name."""
    wanted = models.without_head(model.state_dict(), name)
    _load(model, wanted, models.without_head(tensors, name), source)


def _load(
    model: nn.Module, wanted: Mapping[str, Tensor], tensors: Mapping[str, Tensor], source: Path
) -> None:
    for name, tensor in wanted.items():
        if name not in tensors:
            raise ArtifactError(f"{source} lacks the tensor '{name}' that the model has")
        if tensors[name].shape != tensor.shape:
            raise ArtifactError(
                f"{source}: '{name}' has the shape {tuple(tensors[name].shape)}, "
                f"the model needs {tuple(tensor.shape)}"
            )
    if extra := sorted(set(tensors) - set(wanted)):
        raise ArtifactError(f"{source} has the tensor '{extra[0]}' that the model lacks")
    model.load_state_dict(dict(tensors), strict=False)
