"""People without and with a garment."""

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.curves import Frame
from tastemaker.demoshop.mannequins import worn_pairs
from tastemaker.demoshop.mannequins.pairs import HELD, LOWER, garments
from tastemaker.demoshop.mannequins.wearing import held, worn
from tastemaker.demoshop.wardrobe.figure import Figure

SMALL = DemoConfig(items=120)
HEIGHT = 128


@pytest.fixture(scope="module")
def pairs():
    return list(worn_pairs(SMALL, 6, height=HEIGHT))


def test_the_same_number_is_the_same_pair(pairs):
    again = next(worn_pairs(SMALL, 1, height=HEIGHT, first=3))
    assert again.item == pairs[3].item
    assert again.truth.tobytes() == pairs[3].truth.tobytes()
    assert again.context.tobytes() == pairs[3].context.tobytes()
    assert np.array_equal(again.mask, pairs[3].mask)
    assert again.anchors == pairs[3].anchors


def test_another_shop_and_another_part_are_others(pairs):
    other = next(worn_pairs(DemoConfig(items=120, seed=8), 1, height=HEIGHT))
    tested = next(worn_pairs(SMALL, 1, "test", height=HEIGHT))
    contexts = {pair.context.tobytes() for pair in (pairs[0], other, tested)}
    assert len(contexts) == 3


def test_no_garment_is_of_both_parts():
    train, test = ({piece.id for piece in garments(DemoConfig(), part)} for part in ("train", "test"))
    assert not train & test
    assert 0.1 < len(test) / len(train | test) < 0.3
    assert {pair.item for pair in worn_pairs(SMALL, 4, "test", height=64)} <= {p.id for p in garments(SMALL, "test")}


def test_the_truth_differs_from_the_context_in_the_garment_and_a_narrow_band(pairs):
    for pair in pairs:
        without, with_it = (np.asarray(picture, np.int64) for picture in (pair.context, pair.truth))
        differs = np.abs(without - with_it).max(2) > 0
        assert np.array_equal(differs | pair.mask, pair.mask | pair.band)
        assert not (pair.mask & pair.band).any()
        assert not (pair.band & ~binary_dilation(pair.mask, iterations=HEIGHT // 10)).any()
        assert differs[pair.mask].mean() > 0.8
        assert 0.02 < pair.mask.mean() < 0.6


def test_the_garment_lies_between_its_anchors(pairs):
    for pair in pairs:
        if pair.piece["kind"] in HELD:
            continue
        rows, columns = np.nonzero(pair.mask)
        left, right = pair.anchors["left hip"][0], pair.anchors["right hip"][0]
        assert left < columns.mean() < right
        if pair.piece["kind"] in LOWER:
            assert rows.min() > pair.anchors["left armpit"][1]
            assert abs(rows.min() - pair.anchors["left waist"][1]) < 0.1 * HEIGHT
        else:
            assert rows.min() < pair.anchors["left armpit"][1]
            assert rows.max() > pair.anchors["left waist"][1]


def test_what_lies_before_the_garment_hides_it():
    """A hand before a skirt, hair on a shirt: inside the garment's outline some pixels stay those of the context."""
    hidden = 0
    for pair in worn_pairs(SMALL, 12, height=96, first=20):
        whole = binary_dilation(pair.mask, iterations=3)
        filled = np.zeros_like(whole)
        rows = np.flatnonzero(pair.mask.any(1))
        for row in rows:
            columns = np.flatnonzero(pair.mask[row])
            filled[row, columns[0] : columns[-1]] = True
        same = (np.asarray(pair.context) == np.asarray(pair.truth)).all(2)
        hidden += int((filled & same & ~pair.mask).sum() > 15)
    assert hidden >= 2


def test_the_pattern_stays_where_it_is_on_the_garment():
    """The edge between two blocks of colour lies at the same height of the body, whatever the size of the drawing."""
    pieces = [piece for piece in garments(DemoConfig(), "train") if piece["pattern"] == "colour block"]
    piece = next(piece for piece in pieces if np.abs(piece.colour - piece.ink).sum() > 0.8)
    edges = []
    for frame in (Frame.fit((-30, -5), (30, 180), (0, 0, 300, 400)), Frame.fit((-30, 0), (30, 110), (0, 0, 300, 400))):
        colour, alpha = worn(piece, Figure(), 150, frame, 3)
        column = colour[:, int(frame(np.array([[7.0, 0]]))[0, 0] * 0.75)]
        inside = np.flatnonzero(alpha[:, int(frame(np.array([[7.0, 0]]))[0, 0] * 0.75)] > 0.9)
        nearer = np.linalg.norm(column - piece.ink, axis=1) < np.linalg.norm(column - piece.colour, axis=1)
        edge = inside[np.flatnonzero(np.diff(nearer[inside].astype(int)))[0]]
        edges.append((edge / 0.75 - frame.dy) / frame.scale)
    assert edges[0] == pytest.approx(edges[1], abs=2.0)


@pytest.mark.parametrize(("kind", "low", "high"), [("hat", (-17, -18), (17, 12)), ("bag", (18, 86), (46, 140))])
def test_hats_sit_on_the_head_and_bags_hang_from_the_hand(kind, low, high):
    frame, hand = Frame.fit((-30, -20), (50, 170), (0, 0, 300, 400)), (32.0, 92.0)
    for piece in [piece for piece in garments(DemoConfig(), "train") if piece["kind"] == kind][:6]:
        _, alpha = worn(piece, Figure(), 120, held(piece, frame, hand), 1)
        rows, columns = np.nonzero(alpha > 0.5)
        points = (np.stack([columns, rows], 1) / (120 * 1.5 / 300) - (frame.dx, frame.dy)) / frame.scale
        assert (np.percentile(points, 1, axis=0) > low).all()
        assert (np.percentile(points, 99, axis=0) < high).all()
