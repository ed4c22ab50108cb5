"""Whether a run would use a GPU, without loading torch."""

import os
from pathlib import Path

DEVICES = Path("/dev")  # where NVIDIA's driver shows each GPU as nvidia0, nvidia1, ...


def takes_gpu(device: str) -> bool:
    """Tells whether a device by its name is a GPU; "auto" is one if the driver shows one."""
    if device != "auto":
        return device.startswith("cuda")
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "0") in ("", "-1")
    return not hidden and any(DEVICES.glob("nvidia[0-9]*"))
