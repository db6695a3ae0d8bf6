import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from tastemaker.core.progress import Noted
from tastemaker.recommenders.lightgcn import Graph, LightGcn, LightGcnConfig
from tastemaker.testing.worlds import checkerboard, history_of

PEOPLE = np.array([[1, 1, 0], [0, 1, 1], [0, 0, 1]], np.float32)


def by_hand(vectors, layers, keep=(0, 1, 2)):
    """The whole graph of people and items as one matrix; people start from nothing."""
    wide = PEOPLE / np.sqrt(np.outer(PEOPLE.sum(1), PEOPLE.sum(0)))
    wide[[u for u in range(3) if u not in keep]] = 0
    graph = np.block([[np.zeros((3, 3)), wide], [wide.T, np.zeros((3, 3))]])
    ring = np.vstack([np.zeros((3, vectors.shape[1])), vectors])
    total = ring.copy()
    for _ in range(layers):
        ring = graph @ ring
        total += ring
    return total[:3] / (layers + 1), total[3:] / (layers + 1)


@pytest.mark.parametrize("layers", [1, 2, 3, 4, 5])
def test_propagation_is_that_of_the_whole_graph(layers):
    vectors = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    graph = Graph(csr_matrix(PEOPLE), layers)
    said, items = graph.propagated(torch.from_numpy(vectors))
    people, expected = by_hand(vectors, layers)
    assert items.numpy() == pytest.approx(expected, abs=1e-6)
    read = PEOPLE / np.sqrt(PEOPLE.sum(1, keepdims=True)) @ (said * graph.scale[:, None]).numpy()
    assert read == pytest.approx(people, abs=1e-6)


def test_people_can_be_taken_out_of_the_graph():
    vectors = np.eye(3, dtype=np.float32)
    _, items = Graph(csr_matrix(PEOPLE), 3).propagated(torch.from_numpy(vectors), np.array([1]))
    assert items.numpy() == pytest.approx(by_hand(vectors, 3, keep=(0, 2))[1], abs=1e-6)


def test_the_gradient_of_the_propagation():
    start = torch.randn(3, 2, generator=torch.Generator().manual_seed(0)).requires_grad_()
    graph = Graph(csr_matrix(PEOPLE), 5)
    target = torch.arange(6.0).reshape(3, 2)
    (graph.propagated(start, np.array([0]))[1] * target).sum().backward()
    step = by_hand(np.eye(3), 5, keep=(1, 2))[1]  # linear: the gradient is its transpose
    assert start.grad.numpy() == pytest.approx(step.T @ target.numpy(), abs=1e-5)


@pytest.mark.parametrize("loss", ["softmax", "bpr"])
def test_it_learns(loss):
    notes = []
    catalog = checkerboard()
    model = LightGcn(LightGcnConfig(loss=loss, epochs=8, dim=8))
    model.fit(catalog, None, lambda event: notes.append(event.message) if isinstance(event, Noted) else None)
    losses = [float(note.split("loss ")[1].split(",")[0]) for note in notes if "loss" in note]
    assert losses[-1] < 0.95 * losses[0]
    scores = model.score([history_of(0)], np.arange(8, 36))[0]
    assert scores[::2].min() > scores[1::2].max()


def test_a_cut_training_resumes(tmp_path):
    class Cut(Exception):
        pass

    def stop(event):
        if isinstance(event, Noted) and event.message.startswith("epoch 4"):
            raise Cut

    catalog, config = checkerboard(), LightGcnConfig(epochs=6, dim=4)
    whole = LightGcn(config).fit(catalog, None)
    with pytest.raises(Cut):
        LightGcn(config, checkpoint=tmp_path / "state").fit(catalog, None, stop)
    notes = []
    again = LightGcn(config, checkpoint=tmp_path / "state").fit(
        catalog, None, lambda event: notes.append(event.message) if isinstance(event, Noted) else None
    )
    assert notes[0] == "goes on after epoch 3"
    assert np.array_equal(*(model.score([history_of(1)], np.arange(36)) for model in (whole, again)))
