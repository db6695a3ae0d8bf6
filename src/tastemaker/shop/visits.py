"""The current visit: what a person did in the last minutes, which tells what they came for today.

The sources of the hybrid read a whole history, the newest items the most. Somebody who has bought shirts for a year and
looks at lamps now would still be shown shirts; so the visit is asked for alone as well, and the two answers are mixed.
"""

import numpy as np

from tastemaker.catalog.interactions import History


def current_visit(history: History, now: float, minutes: float) -> History:
    """The events of the visit that is under way; none when the last one was over before ``now - minutes``.

    Args:
        history: oldest first.
        now: Unix seconds.
        minutes: a longer pause than this ends a visit.
    """
    pause = 60.0 * minutes
    times = history.times
    known = np.isfinite(times)
    if not known.any() or minutes <= 0 or now - times[known][-1] > pause:
        return history.where(np.zeros(len(history), np.bool_))
    steps = np.diff(times[known], append=now)
    breaks = np.flatnonzero(steps > pause)
    begin = times[known][breaks[-1] + 1] if len(breaks) else times[known][0]
    return history.where(known & (times >= begin))
