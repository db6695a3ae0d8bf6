"""``Assistant``: one conversation with one person over a shop, by rules, and with a language model where one is wanted.

    words, a picture -> actions (``reading``) -> checked (``actions``) -> carried out (``doing``) -> what may be meant
    (``looking``, ``belief``) -> what is shown, and a question if one pays (``asking``)

Whoever else proposes actions hands them to :meth:`Assistant.do`, where they are checked like those of the rules. What a
language model may propose and say is in ``doors.advising``.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import RLock

from PIL import Image

from tastemaker.assistant import actions as acts
from tastemaker.assistant.actions import Action, Plain, Search
from tastemaker.assistant.asking import Asker, best_question, question_about
from tastemaker.assistant.changing import overruled, without
from tastemaker.assistant.doing import Outcome, do, seen
from tastemaker.assistant.doors.advising import advisor_of
from tastemaker.assistant.doors.door import Door, DoorFailed
from tastemaker.assistant.doors.own import Own
from tastemaker.assistant.hearing import Heard
from tastemaker.assistant.looking import Base, Look, facets_of, look, place_of, ranking_of
from tastemaker.assistant.question import Question
from tastemaker.assistant.reading import read
from tastemaker.assistant.state import State
from tastemaker.assistant.telling import introduced
from tastemaker.assistant.turn import Shown, Turn
from tastemaker.core.errors import Cancelled, InputError
from tastemaker.core.ranking import Ranking
from tastemaker.recommenders.mentions import Mentions
from tastemaker.shop.asking import Picture, check_k, picture_of
from tastemaker.shop.live import View
from tastemaker.shop.shop import Shop

Hear = Callable[[Turn], None]
STEPS = 50
"""Steps that can be taken back."""
PICTURES = 8
"""Pictures that a conversation keeps."""
MAX_WORDS = 2_000
UNKNOWN = "None of these words stands anywhere in this shop; a guess."
SPOKEN = 12
"""Things said that are remembered word by word."""


class Assistant:
    """A conversation: words and pictures in; words, items, pictures and questions out.

    Args:
        shop: what is talked about; it is only read.
        person: whose taste is mixed in; "" for nobody.
        k: how many items are shown at a time.
        asker: chooses what is asked back; None never asks.
        dialogues: what was learned from past conversations about the items of this catalog, one title a row; None when
            there are none.
        llm: a language model that is asked too, "provider:model" or a door; "" for none; None for what ``[assistant]``
            in ``tastemaker.toml`` says.

    Raises:
        InputError: k is out of range, or the language model cannot be opened.
        NotFitted: "own" is asked for, and the shop has learned no language model.
        MissingExtra: the language model needs a package that is not installed.

    Example:
        >>> chat = tm.Assistant(shop)  # doctest: +SKIP
        >>> chat.say("something like this, warmer?", image="dress.jpg")  # doctest: +SKIP
    """

    def __init__(
        self,
        shop: Shop,
        *,
        person: str = "",
        k: int = 10,
        asker: Asker | None = best_question,
        dialogues: Mentions | None = None,
        llm: str | Door | None = None,
    ) -> None:
        check_k(k)
        self._pictures: OrderedDict[str, Image.Image] = OrderedDict()
        self._advisor = advisor_of(shop, llm, self._find)
        self._own = self._advisor.door if self._advisor is not None and isinstance(self._advisor.door, Own) else None
        self._heard = Heard(dialogues) if dialogues is not None else self._own
        self._shop, self._k, self._asker = shop, k, asker
        self._state, self._before = State(person=person), list[State]()
        self._base: tuple[tuple[object, ...], Base] | None = None
        self._lock = RLock()

    @property
    def state(self) -> State:
        """What is understood now; immutable, so it can be kept and compared."""
        return self._state

    def say(self, words: str = "", *, image: Picture | None = None, hear: Hear | None = None) -> Turn:
        """Say something, or show a picture, or both.

        Args:
            words: what the person says; what is beyond 2,000 characters is refused.
            image: a file, its bytes, a decoded picture, or the id of an item.
            hear: gets the answer before a question is chosen; raises ``Cancelled`` to stop, which leaves the
                conversation as it was.

        Raises:
            InputError: neither words nor a picture are given, or too many words.
            PictureError: the picture cannot be read.
        """
        if len(words) > MAX_WORDS:
            raise InputError(f"{len(words):,} characters were said", hint=f"at most {MAX_WORDS:,}")
        if not words.strip() and image is None:
            raise InputError("nothing was said", hint="say what you look for, or show a picture")
        with self._lock:
            state = replace(self._state, turn=self._state.turn + 1)
            if image is None:
                state = replace(state, spoken=(*state.spoken, words)[-SPOKEN:])
                return self._advised(words, state, read(words, state, self._shop.view), hear)
            picture, item = picture_of(self._shop.view, image)
            if item is not None:
                return self._carried_out(state, [acts.Compose(items=(item.id,), change=words)], hear)
            key = self._kept(picture) if picture is not None else ""
            state = replace(
                state, pictures=(*state.pictures, key)[-PICTURES:], said=(), likes_of=(), replies=(), asked=()
            )
            return self._advised(words, state, [Search(words=words)], hear, picture)

    def do(self, *proposed: Action | Mapping[str, object]) -> Turn:
        """Carry out actions that a page, a program or a model proposes; they are checked first.

        Raises:
            InputError: an action is not of the right shape.
            UnknownName: it names an item or an attribute that does not exist.
        """
        actions = [acts.parse(each) if isinstance(each, Mapping) else each for each in proposed]
        with self._lock:
            return self._carried_out(replace(self._state, turn=self._state.turn + 1), actions)

    def remove(self, label: str) -> Turn:
        """Take away something that was understood, by the text of its chip.

        Raises:
            InputError: nothing of that name is understood.
        """
        with self._lock:
            if label not in [known.label for known in self._state.facets]:
                raise InputError(f"nothing is understood as {label!r}", hint="see chat.state.facets")
            state = without(replace(self._state, turn=self._state.turn + 1), label)
            return self._answered(state, Outcome(replace(state, question=None), shows=True), ())

    def place(self, item: str) -> int | None:
        """The place of an item among all that may be meant now, from 1; None when it is ruled out.

        Raises:
            UnknownName: there is no such item.
        """
        with self._lock:
            return place_of(self._look(self._shop.view, self._state), self._shop.catalog.row(item))

    def undo(self) -> Turn:
        """Take the last step back."""
        return self.do(Plain(verb="undo"))

    def _advised(
        self,
        words: str,
        state: State,
        rules: Sequence[Action],
        hear: Hear | None,
        picture: Image.Image | None = None,
    ) -> Turn:
        """Carry out what the rules read, or what a language model makes of it; and add its words."""
        if self._advisor is None:
            return self._carried_out(state, rules, hear)
        advice, kept = self._advisor.begin(words), (self._state, self._before)
        actions = advice.actions(rules, state, self._shop.view, picture)
        try:
            try:
                turn = self._carried_out(state, actions, hear)
            except InputError:
                advice.fail(DoorFailed("the language model proposed what cannot be done"))
                turn = self._carried_out(state, rules, hear)
            return advice.told(turn, turn.items.ids, self._shop.view, hear)
        except Cancelled:
            self._state, self._before = kept
            raise

    def _carried_out(self, state: State, actions: Sequence[Action], hear: Hear | None = None) -> Turn:
        """Do all of the actions; what the last one leads to is the answer."""
        outcome = Outcome(state)
        for action in actions:
            acts.check(action, self._shop.catalog)
            if isinstance(action, Plain) and action.verb in ("undo", "start_over"):
                return self._back(action)
            outcome = do(self._shop, outcome.state, action, self._find, self._own.imagine if self._own else None)
        return self._answered(outcome.state, outcome, tuple(actions), hear)

    def _answered(self, state: State, outcome: Outcome, actions: tuple[Action, ...], hear: Hear | None = None) -> Turn:
        """The turn after an outcome; the state becomes the next one."""
        view = self._shop.view
        state = overruled(view, outcome.state)
        state = replace(state, facets=facets_of(view, state))
        ranking, question = Ranking(()), state.question
        say = outcome.say
        if outcome.shows:
            skip = state.seen if outcome.next else ()
            seeing = self._look(view, state)
            ranking = ranking_of(seeing, state, self._k, skip=skip)
            line = introduced(view, ranking, [known.facet for known in state.facets], more=outcome.next)
            line = f"{UNKNOWN} {line}" if seeing.base.guessed and not state.facets else line
            say = f"{say} {line}".strip()
            state = seen(state, ranking.ids)
            if hear is not None:
                hear(Turn(say, ranking, facets=state.facets, pictures=outcome.pictures, actions=actions))
            question = self._question(seeing, state, outcome.ask)
        elif outcome.asks:
            question = self._question(self._look(view, state), state, outcome.ask)
        if question is not None and question is not state.question:
            state = replace(state, question=question, asked=(*state.asked, question.key))
        self._before = [*self._before, self._state][-STEPS:]
        self._state = state
        notes = (*outcome.notes, *ranking.notes)
        pictures = outcome.pictures or self._asked_about(view, question)
        return Turn(
            say, ranking, question, state.facets, pictures, self._suggestions(state, ranking, question), actions, notes
        )

    def _back(self, action: Plain) -> Turn:
        """A step back, or the beginning."""
        if action.verb == "start_over":
            self._before = [*self._before, self._state][-STEPS:]
            self._state = State(turn=self._state.turn, person=self._state.person, list=self._state.list)
            return Turn("Let us start over. What do you look for?", actions=(action,))
        if not self._before:
            return Turn("There is nothing to take back.", facets=self._state.facets, actions=(action,))
        self._state = self._before.pop()
        shown = self._shown_again()
        state = self._state
        say = "Taken back." if shown.items else "Taken back. What do you look for?"
        return Turn(say, shown, state.question, state.facets,
                    self._asked_about(self._shop.view, state.question), (), (action,))  # fmt: skip

    def _shown_again(self) -> Ranking:
        """What was shown in the state that is now."""
        if not self._state.shown:
            return Ranking(())
        gone = set(self._state.shown)
        earlier = replace(self._state, seen=tuple(id for id in self._state.seen if id not in gone))
        found = ranking_of(self._look(self._shop.view, earlier), earlier, 10 * self._k)
        by_id = {item.id: item for item in found.items}
        kept = tuple(by_id[id] for id in self._state.shown if id in by_id)
        return replace(found, items=kept)

    def _look(self, view: View, state: State) -> Look:
        """What may be meant; the search behind it is kept while the wish stays the same."""
        key = (id(view), state.said, state.likes_of, state.removed, state.pictures, state.person, state.liked)
        base = self._base[1] if self._base is not None and self._base[0] == key else None
        seeing = look(self._shop, state, self._find, base, self._heard.logits(view, state) if self._heard else None)
        self._base = (key, seeing.base)
        return seeing

    def _question(self, seeing: Look, state: State, about: str | None) -> Question | None:
        """What is asked: what was demanded, else what pays most should the shown not be what is meant."""
        shown = [seeing.view.catalog.row(id) for id in state.shown]
        believed = seeing.belief.after(shown)
        if about:
            return question_about(seeing.view, believed, about, self._k)
        if about == "" or self._asker is None:
            return None
        known = {facet.facet.name for facet in state.facets if facet.facet.op in ("=", "<", "<=", ">", ">=")}
        return self._asker(seeing.view, believed, {*state.asked, *known}, self._k)

    def _kept(self, picture: Image.Image) -> str:
        """Remember a picture of the person, the oldest making room."""
        key = hashlib.blake2b(picture.tobytes(), digest_size=8).hexdigest()
        self._pictures[key] = picture
        while len(self._pictures) > PICTURES:
            self._pictures.popitem(last=False)
        return key

    def _find(self, key: str) -> Image.Image | None:
        return self._pictures.get(key)

    def _asked_about(self, view: View, question: Question | None) -> tuple[Shown, ...]:
        """The two pictures of a question about pictures."""
        found = []
        for id in question.items if question is not None else ():
            row = view.catalog.row(id)
            found.append(Shown(view.catalog.main_picture(row), id, alt=view.catalog.raw_item(row).title))
        return tuple(found)

    def _suggestions(self, state: State, ranking: Ranking, question: Question | None) -> tuple[str, ...]:
        """Replies that fit now."""
        if question is not None and question.kind == "pictures":
            return ("the first", "the second", "neither")
        if question is not None:
            return (*(choice.label for choice in question.choices), "no preference")
        if not state.shown:
            return ("start over",) if state.wishes else ("what do you have", "recommend something")
        cheaper = ("cheaper",) if any(item.price is not None for item in ranking.items) else ()
        return ("show me more", *cheaper, "why the first?") if ranking.items else ("show me more", "start over")
