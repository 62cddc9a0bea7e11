"""What a stretch of work costs: seconds on the clock, seconds of CPU, peak memory."""

from __future__ import annotations

import json
import resource
import time


class Meter:
    """Starts when it is made; memory counts from the start of the process."""

    def __init__(self) -> None:
        self._clock, self._cpu = time.perf_counter(), time.process_time()

    def line(self) -> str:
        """``seconds``, ``cpu_seconds`` and ``peak_mb`` until now, as one line of JSON."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return json.dumps({
            "seconds": time.perf_counter() - self._clock,
            "cpu_seconds": time.process_time() - self._cpu,
            "peak_mb": peak,
        })  # fmt: skip
