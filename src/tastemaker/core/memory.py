"""How much memory the process has held at most.

Not ``ru_maxrss`` where Linux tells better: a child that was started by a large process inherits its parent's figure.
"""

import re
import resource
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """Most memory this process ever held, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text(encoding="utf-8")) if STATUS.exists() else None
    kilobytes = int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / 1024


def free_mb() -> float:
    """Memory that can still be had, in MB; infinite where the system does not tell."""
    told = Path("/proc/meminfo")
    found = re.search(r"MemAvailable:\s+(\d+) kB", told.read_text(encoding="utf-8")) if told.exists() else None
    return int(found[1]) / 1024 if found else float("inf")
