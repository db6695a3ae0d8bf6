import sys

import pytest

from tastemaker.core.errors import InputError, MissingExtra, WorkspaceError
from tastemaker.shop import spreading


@pytest.mark.parametrize("workers", [-1, True, 1.5])
def test_a_number_of_processes_that_makes_no_sense_is_refused(shop, workers):
    with pytest.raises(InputError, match="whole number"):
        spreading.learn_on_ray(shop.workspace, workers)


def test_without_ray_nothing_is_fitted_and_what_was_stays(shop, monkeypatch):
    before = shop.versions
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra):
        shop.fit(["space"], ray_workers=2)
    assert shop.versions == before


def test_a_training_that_leaves_nothing_is_said_and_nothing_is_published(shop, monkeypatch):
    before = shop.versions
    monkeypatch.setattr(spreading, "train_on_ray", lambda work, told, workers, folder: None)
    with pytest.raises(WorkspaceError, match="left nothing"):
        shop.fit(["space"], ray_workers=2)
    assert shop.versions == before


@pytest.mark.slow
def test_what_the_first_process_wrote_is_what_is_served(shop, monkeypatch):
    """The work of a process, done here: alone it is the group's first."""

    def here(work, told, workers, folder):
        work(told)

    monkeypatch.setattr(spreading, "train_on_ray", here)
    before = shop.versions[-1].parts["space"]
    shop.fit(["space"], ray_workers=2)
    assert shop.versions[-1].parts["space"] == before  # one process alone learns what a fit without Ray learns
    assert not (shop.workspace.state / "training" / "ray").exists()
