"""Small shops written out by hand."""

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.items import Item


def shop(events, items=6, attributes=None):
    """A catalog from (person, row) or (person, row, time) or (person, row, time, weight), in time order."""
    people = sorted({event[0] for event in events})
    full = [(*event, *(np.nan, 1.0)[len(event) - 2 :]) for event in events]
    interactions = Interactions(
        tuple(str(person) for person in people),
        items,
        np.array([people.index(event[0]) for event in full], np.int64),
        np.array([event[1] for event in full], np.int64),
        np.array([event[3] for event in full], np.float32),
        np.array([event[2] for event in full], np.float64),
    )
    given = attributes or [{} for _ in range(items)]
    return Catalog.from_items([Item(id=str(row), attributes=given[row]) for row in range(items)], interactions)
