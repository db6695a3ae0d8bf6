"""Any modality in, any out: what is answered is there, whatever is missing, alone as in company, before and after."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerFast

from tastemaker.core.errors import ConfigError, FitError
from tastemaker.generators.base import Condition
from tastemaker.generators.language.inputs import Asked
from tastemaker.generators.language.instructions import Teacher, said_of, texts_of, values_in
from tastemaker.generators.language.model import MultimodalLm, MultimodalLmConfig, heeded
from tastemaker.generators.language.naming import Named
from tastemaker.generators.language.outputs import SPELLED
from tastemaker.generators.language.stages import STAGES
from tastemaker.generators.language.vocabulary import Vocabulary
from tastemaker.generators.mean_picture import MeanPicture
from tastemaker.testing.contract import through_storage
from tests.generators.language.conftest import SMALL


@pytest.fixture(scope="module")
def asked(material):
    """Questions of every kind, each part alone, all together, and nothing."""
    teacher, place = Teacher(material), int(np.flatnonzero(np.all(list(material.has.values()), axis=0))[0])
    whole = Asked(
        "a red square", material.vectors["text"][place], material.vectors["picture"][place], material.frames[place],
        teacher.features[[place, 3]], teacher.features[:5], material.vectors["behaviour"][place],
    )  # fmt: skip
    names = ("words", "text", "picture", "pixels", "things", "history", "taste")
    return [Asked(), whole, *(Asked(**{name: getattr(whole, name)}) for name in names)]


def test_every_question_has_every_kind_of_answer(model, asked):
    assert len(model.say(asked)) == len(asked)
    assert set(model.kinds(asked)) <= {"words", "items", "picture"}
    signs = model.signs(asked)
    for one in signs:
        model.layout.check(one.attributes, one.vectors)
    ranked = model.rank(asked)
    assert ranked.shape == (len(asked), len(model.shelf.rows))
    assert np.isfinite(ranked).all()


def test_each_input_says_something(model, asked):
    nothing, *parts = model.rank(asked)
    for part in parts:
        assert np.abs(part - nothing).max() > 1e-4


def test_a_question_is_answered_alone_as_in_company(model, asked):
    alone = np.concatenate([model.rank([one]) for one in asked])
    assert np.allclose(alone, model.rank(asked), atol=1e-3)
    assert [model.say([one])[0] for one in asked] == model.say(asked)
    for one, together in zip(asked, model.signs(asked), strict=True):
        assert np.allclose(model.signs([one])[0].vectors["picture"], together.vectors["picture"], atol=1e-5)


def test_before_storage_as_after_it(model, asked):
    again = MultimodalLm.restore(model.settings(), through_storage(model.tensors()))
    assert np.array_equal(again.rank(asked), model.rank(asked))
    assert again.say(asked) == model.say(asked)


def test_both_ways_to_an_item_are_distributions_and_believed_by_their_shares(model, asked):
    spelled, sought = (np.exp(model.rank(asked, **only)) for only in ({"seek": False}, {"spell": False}))
    assert np.allclose(spelled.sum(1), 1, atol=1e-4)
    assert np.allclose(sought.sum(1), 1, atol=1e-4)
    assert np.allclose(np.exp(model.rank(asked)), SPELLED * spelled + (1 - SPELLED) * sought, atol=1e-5)


def test_only_what_is_on_the_shelf_is_spelled(model, asked):
    some = model.shelf.where(np.arange(len(model.shelf.rows)) < 5)
    spelled = model.rank(asked, some, seek=False)
    assert spelled.shape == (len(asked), 5)
    assert np.allclose(np.exp(spelled).sum(1), 1, atol=1e-4)


def test_an_item_that_came_later_is_spelled_by_its_looks(model, material):
    words, pictures = material.vectors["text"][:3], material.vectors["picture"][:3]
    later = model.shelved(np.array([900, 901, 902]), words, pictures)
    assert np.array_equal(later.codes, model.shelf.codes[:3])
    grown = model.shelf.joined(later)
    ranked = model.rank([Asked("red")], grown, spell=False)[0]
    assert np.allclose(ranked[-3:], ranked[:3], atol=1e-5)


def test_what_is_said_holds_no_mark_but_names_and_prices(model, asked):
    for said in model.say(asked):
        assert "<" not in said.replace("<name>", "").replace("<price>", "")


def learned_in(material, monkeypatch, which, **settings):
    """Names of the weights that one stage changes."""
    made = MultimodalLm(MultimodalLmConfig.read({**SMALL, "steps": 16, **settings}))
    changed = []

    def watch(self, stage, *given):
        before = {name: value.clone() for name, value in self.network.state_dict().items()}
        original(self, stage, *given)
        if stage.name == which:
            after = self.network.state_dict()
            changed.extend(name for name, value in before.items() if not torch.equal(value, after[name]))

    original = MultimodalLm._stage
    with monkeypatch.context() as patched:
        patched.setattr(MultimodalLm, "_stage", watch)
        made.learn(material)
    return changed


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_changes_what_it_names_and_nothing_else(material, monkeypatch, stage):
    changed = learned_in(material, monkeypatch, stage.name)
    assert {name.split(".")[0] for name in changed} == set(stage.learns)


def test_a_new_backbone_learns_whole_and_a_given_one_beside_its_matrices(material, model, monkeypatch, tmp_path):
    learned = {name for name in learned_in(material, monkeypatch, "joint") if name.startswith("backbone")}
    assert any("embed" in name for name in learned)
    given_as_folder(model, tmp_path)
    learned = {name for name in learned_in(material, monkeypatch, "joint", backbone=str(tmp_path))
               if name.startswith("backbone")}  # fmt: skip
    assert learned
    assert not any("embed" in name or "norm" in name for name in learned)


def given_as_folder(model, folder):
    """The model's own backbone as ``save_pretrained`` writes it."""
    model.network.backbone.save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=model.vocabulary._tokenizer).save_pretrained(folder)


def test_tokens_of_things_come_to_sound_like_their_values(material):
    network = MultimodalLm(MultimodalLmConfig.read({**SMALL, "steps": 1})).learn(material).network.requires_grad_(True)
    network.zero_grad()
    vocabulary = Vocabulary.fit(texts_of(material), most=200)
    named, rng = Named(network, Teacher(material), vocabulary, 60), np.random.default_rng(0)
    rate = torch.optim.Adam(network.inputs.parameters(), 1e-2)
    losses = []
    for loss in named.losses(0.0, rng):
        rate.zero_grad()
        loss.backward()
        rate.step()
        losses.append(loss.item())
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])
    assert network.backbone.get_input_embeddings().weight.grad is None  # the words stand still


def test_every_lesson_states_what_is_so(material):
    teacher, rng = Teacher(material), np.random.default_rng(0)
    for kind in ("read", "describe", "explain"):
        for place in teacher.able[material.codes[teacher.able].any(1)][:8].tolist():
            lesson = teacher.lesson(place, rng, kind)
            stated = values_in(material.layout, lesson.said)
            assert stated
            assert stated.items() <= material.layout.values(material.codes[place]).items()


def test_lessons_never_ask_for_what_is_held_back(material):
    held = replace(material, held=np.arange(len(material.held)) % 2 == 0)
    teacher, rng = Teacher(held), np.random.default_rng(0)
    assert (teacher.able % 2 == 1).all()
    found = [teacher.lesson(int(place), rng, "recommend") for place in teacher.able]
    assert {lesson.target for lesson in found} == set(teacher.able.tolist())


def test_a_history_holds_what_came_before_and_not_the_answer(material):
    person = np.array([1, 2, 3], np.int64)
    teacher = Teacher(replace(material, histories=(person,)))
    rng = np.random.default_rng(0)
    for _ in range(8):
        asked = teacher.lesson(3, rng, "recommend").asked
        if asked.history is not None:
            assert np.array_equal(asked.history, teacher.features[[1, 2]])


def test_a_change_names_what_is_different(material):
    teacher, rng = Teacher(material), np.random.default_rng(0)
    found = [teacher.lesson(int(place), rng, "change") for place in teacher.able[:12]]
    words = {word for lesson in found for word in lesson.asked.words.split()}
    assert words & {"red", "green", "blue", "yellow", "square", "circle", "stripes"}
    assert all(lesson.asked.things is not None or lesson.asked.picture is not None or lesson.asked.pixels is not None
               for lesson in found)  # fmt: skip


def test_words_of_values_and_back(material):
    codes = np.array([2, 0])
    assert values_in(material.layout, said_of(material.layout, codes)) == material.layout.values(codes)
    assert values_in(material.layout, "<name> : octarine , for <price> .") == {}


def test_a_painter_draws_what_the_signals_ask_for(model, material):
    painter = MeanPicture(MeanPicture.config_class(longer=16)).learn(material)
    drawing = MultimodalLm.restore(model.settings(), through_storage(model.tensors())).painted_by(painter)
    assert drawing.modalities_out == {"picture", "text", "attributes"}
    assert model.modalities_out == {"text", "attributes"}
    drawn = drawing.sample(Condition({"colour": "red"}), 2)
    assert [each.picture.shape for each in drawn] == [(*material.layout.shape, 3)] * 2
    vectors = {"text": np.ones(32, np.float32)}
    assert heeded(Condition({"colour": "red", "sound": "loud"}, vectors), painter) == Condition({"colour": "red"})


def test_too_little_to_talk_about_is_said(material):
    with pytest.raises(FitError, match="too little"):
        MultimodalLm().learn(replace(material, held=np.ones_like(material.held)))
    with pytest.raises(ConfigError, match="no causal"):
        MultimodalLm(MultimodalLmConfig(backbone="octarine")).learn(material)
