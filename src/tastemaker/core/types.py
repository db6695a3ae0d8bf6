"""Words and shapes that every level shares.

Letters used in ``Shapes:`` and in comments: ``n`` items asked for, ``rows`` all item rows of a catalog (removed ones
included), ``users`` people, ``dim`` length of a vector in the space, ``k`` length of a ranking.

An item has an id, given by the shop, and a *row*, given by the workspace: a small integer that never changes and is
never reused. Matrices are aligned to rows, so whatever was fitted on the first thousand rows stays true when the
thousand-and-first item is added live.
"""

from typing import Literal, NewType

import numpy as np
import numpy.typing as npt

ItemId = NewType("ItemId", str)
UserId = NewType("UserId", str)

Modality = Literal["picture", "text", "attributes", "behaviour"]
MODALITIES: tuple[Modality, ...] = ("picture", "text", "attributes", "behaviour")

Value = str | float | bool | tuple[str, ...]
"""What an attribute of an item can hold."""

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
