"""Whether a device has a right name, and is a GPU, without loading torch."""

import os
import re
from pathlib import Path

from landcover.errors import SpecError

DEVICES = Path("/dev")  # where NVIDIA's driver shows each GPU as nvidia0, nvidia1, ...
NAME = re.compile(r"auto|cpu|cuda(:\d+)?")


def check(device: str) -> None:
    """Raises SpecError for a name that no device can have."""
    if not NAME.fullmatch(device):
        raise SpecError(f"there is no device '{device}'; choose auto, cpu, cuda or cuda:1")


def takes_gpu(device: str) -> bool:
    """Tells whether a device by its name is a GPU; "auto" is one if the driver shows one."""
    if device != "auto":
        return device.startswith("cuda")
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "0") in ("", "-1")
    return not hidden and any(DEVICES.glob("nvidia[0-9]*"))
