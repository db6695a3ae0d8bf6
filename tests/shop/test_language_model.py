"""A wrong language model is said in time, with a next step, and keeps nobody from talking."""

from pathlib import Path

import pytest

from tastemaker.assistant.sessions import Sessions
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import ConfigError
from tastemaker.shop import Shop
from tastemaker.shop.language_model import trouble

WRONG = {
    'llm = "gpt"': "is not provider:model: known: fake, local, openai, own",
    'llm = "opnai:gpt"': "unknown llm 'opnai'",
    'llm = "fake:nobody"': "unknown character of a fake language model 'nobody'",
    'llm = "local:no/such/folder"': "holds no language model: a folder as `save_pretrained` writes it",
    'llm = "openai:gpt"': "needs a key: OPENAI_API_KEY=...",
    'llm = "own"': "run `tastemaker fit --parts language`",
    'llm = "own:other"': 'say "own"',
}


def workspace(folder: Path, table: str) -> Path:
    """Two items and a table of settings."""
    (folder / "items.csv").write_text("id,title,colour\na,Red dress,red\nb,Blue dress,blue\n", encoding="utf-8")
    (folder / "tastemaker.toml").write_text(f"[assistant]\n{table}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("table", WRONG)
def test_what_is_wrong_is_said_and_the_rules_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with Shop(workspace(tmp_path, table)) as shop:
        (said,) = (advice for advice in shop.doctor()["advice"] if advice.startswith("[assistant]"))
        assert WRONG[table] in said
        sessions = Sessions(shop)
        turn = sessions.find(sessions.open()).say("something red")
        assert turn.items.ids[0] == "a"
        assert "the language model of this shop cannot be opened; the rules answer" in turn.notes


@pytest.mark.parametrize("table", ['modell = "fake:silent"', 'llm = "fake:silent"\nseconds = 0'])
def test_a_setting_that_is_none_is_refused_at_once(tmp_path: Path, table: str) -> None:
    with pytest.raises(ConfigError):
        Shop(workspace(tmp_path, table))


@pytest.mark.parametrize("table", ["", 'llm = ""', 'llm = "fake:silent"', "seconds = 3"])
def test_what_is_right_needs_no_word(tmp_path: Path, table: str) -> None:
    assert trouble(Workspace.open(workspace(tmp_path, table)), ()) == ""


def test_its_own_is_right_once_it_has_learned(tmp_path: Path) -> None:
    assert trouble(Workspace.open(workspace(tmp_path, 'llm = "own"')), ("space", "language")) == ""
