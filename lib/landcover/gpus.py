"""Whether a run would take a GPU, told without loading torch."""

import os
from pathlib import Path

DEVICES = Path("/dev")  # where NVIDIA's driver shows each GPU as nvidia0, nvidia1, ...


def takes_gpu(device: str) -> bool:
    """Of a device as the commands name it: "auto" takes a GPU where the driver shows one."""
    if device != "auto":
        return device.startswith("cuda")
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "0") in ("", "-1")
    return not hidden and any(DEVICES.glob("nvidia[0-9]*"))
