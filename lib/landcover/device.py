"""The device that computes, by its name on the command line, and facts about it."""

import ctypes
import resource
from pathlib import Path

import torch

from landcover.errors import SpecError
from landcover.provenance import processor

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h
LARGEST_INT = 2**31 - 1  # bytes
BF16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}  # of x86 and ARM processors, as Linux names them
PROCESSOR = Path("/proc/cpuinfo")
FLAG_LINES = {"flags", "features"}  # names of their line on x86 and on ARM


def device(name: str) -> torch.device:
    """Returns a device; "auto" is CUDA if there is a GPU, else the CPU.

    For the CPU, it sets the allocator to keep its memory. Raises SpecError if the device does not
    exist.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        chosen = torch.device(name)
        if chosen.type not in {"cpu", "cuda"}:
            raise SpecError(f"the device '{name}' is not supported; take 'auto', 'cpu' or 'cuda'")
        torch.empty(1, device=chosen)
        if chosen.type == "cpu":
            _keep_memory()
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise SpecError(
            f"the device '{name}' cannot be used ({reason}); take 'auto' or 'cpu'"
        ) from error
    return chosen


def _keep_memory() -> None:
    """Lets large tensors reuse memory; the system would have to clear new pages for each.

    That took a third of a training step at 64 pixels. Only glibc has mallopt.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(M_MMAP_THRESHOLD, LARGEST_INT)
        mallopt(M_TRIM_THRESHOLD, LARGEST_INT)


def computes_in_bf16(chosen: torch.device) -> bool:
    """Tells whether the hardware has bf16; without it, bf16 is emulated and slower than fp32."""
    if chosen.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(BF16_FLAGS & processor_flags())


def processor_flags() -> set[str]:
    """Returns the processor's features as Linux lists them; none on other systems."""
    if not PROCESSOR.exists():
        return set()
    lines = (line.partition(":") for line in PROCESSOR.read_text().splitlines())
    return {
        word
        for key, _, words in lines
        if key.strip().lower() in FLAG_LINES
        for word in words.split()
    }


def device_name(chosen: torch.device) -> str:
    return torch.cuda.get_device_name(chosen) if chosen.type == "cuda" else processor()


def peak_memory_bytes(chosen: torch.device) -> int:
    """Returns the most memory since the start: of tensors on a GPU, else of the whole process."""
    if chosen.type == "cuda":
        return torch.cuda.max_memory_allocated(chosen)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts in KiB


def synchronise(chosen: torch.device) -> None:
    """Waits until a GPU has done all its work; a CPU needs no wait."""
    if chosen.type == "cuda":
        torch.cuda.synchronize(chosen)
