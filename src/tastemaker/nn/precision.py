"""How this machine computes fastest: bfloat16 where the processor multiplies it in hardware, float32 elsewhere.

Measured on two Zen 4 cores, a training step of the picture tower at 64x48: 357 pictures/s in bfloat16, 220 in float32.
Emulated bfloat16 is slower than float32, hence the look at the processor.
"""

from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import torch


@cache
def has_bfloat16() -> bool:
    """Does the processor multiply bfloat16 itself (AVX512-BF16 or AMX)?"""
    facts = Path("/proc/cpuinfo")
    try:
        text = facts.read_text(encoding="utf-8", errors="replace")
    except OSError:  # no such file outside Linux
        return False
    return "avx512_bf16" in text or "amx_bf16" in text


def fast() -> AbstractContextManager[object]:
    """A context in which matrix products run in the fastest safe precision."""
    return torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16())
