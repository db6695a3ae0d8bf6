"""The one array type of the drawings: coverage, light, colour and outlines are all fields of real numbers."""

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.floating]
"""Single precision for what has the size of a picture, double for outlines; the drawings mix both freely."""
