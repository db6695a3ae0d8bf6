"""``Assistant``: one conversation with one person over a shop, by rules, and with a language model where one is wanted.

    words, a picture -> actions (``reading``) -> checked (``actions``) -> carried out (``doing``) -> what may be meant
    (``looking``, ``belief``) -> what is shown, and a question if one pays (``asking``)

Whoever else proposes actions hands them to :meth:`Assistant.do`, where they are checked like those of the rules. What a
language model may propose and say is in ``doors.advising``.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from tastemaker.assistant.listening import Hear, Listener, listener_of
from tastemaker.assistant.looking import Base, Look, facets_of, look, place_of, ranking_of
from tastemaker.assistant.question import Question
from tastemaker.assistant.reading import read
from tastemaker.assistant.state import State
from tastemaker.assistant.telling import introduced
from tastemaker.assistant.turn import Shown, Turn
from tastemaker.core.errors import InputError
from tastemaker.core.lines import one_line
from tastemaker.core.ranking import Ranking
from tastemaker.core.types import ItemId
from tastemaker.recommenders.mentions import Mentions
from tastemaker.shop.asking import Picture, check_k, picture_of
from tastemaker.shop.live import View
from tastemaker.shop.recommending import place
from tastemaker.shop.shop import Shop

STEPS = 50
"""Steps that can be taken back."""
PICTURES = 8
"""Pictures that a conversation keeps."""
MAX_WORDS = 2_000
UNKNOWN = "None of these words stands anywhere in this shop; a guess."
SPOKEN = 12
"""Things said that are remembered word by word."""


@dataclass(frozen=True)
class _Step:
    """A turn, the state after it, and those that can be gone back to."""

    turn: Turn
    state: State
    before: list[State]


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

    def say(self, words: str = "", *, image: Picture | None = None, hear: Hear | Listener | None = None) -> Turn:
        """Say something, or show a picture, or both.

        Args:
            words: what the person says; what is beyond 2,000 characters is refused.
            image: a file, its bytes, a decoded picture, or the id of an item.
            hear: gets the answer before a question is chosen; raises ``Cancelled`` to stop, which leaves the
                conversation as it was. A ``Listener`` can stop until the whole answer is there, as of every turn.

        Raises:
            InputError: neither words nor a picture are given, or too many words.
            PictureError: the picture cannot be read.
        """
        if len(words) > MAX_WORDS:
            raise InputError(f"{len(words):,} characters were said", hint=f"at most {MAX_WORDS:,}")
        if not words.strip() and image is None:
            raise InputError("nothing was said", hint="say what you look for, or show a picture")
        return self._taken(lambda listener: self._said(words, image, listener), hear)

    def do(self, *proposed: Action | Mapping[str, object], hear: Hear | Listener | None = None) -> Turn:
        """Carry out actions that a page, a program or a model proposes; they are checked first.

        Raises:
            InputError: an action is not of the right shape.
            UnknownName: it names an item or an attribute that does not exist.
        """
        actions = [acts.parse(each) if isinstance(each, Mapping) else each for each in proposed]
        return self._taken(lambda listener: self._carried_out(self._next(), actions, listener), hear)

    def remove(self, label: str, *, hear: Hear | Listener | None = None) -> Turn:
        """Take away something that was understood, by the text of its chip.

        Raises:
            InputError: nothing of that name is understood.
        """

        def removed(listener: Listener) -> _Step:
            acts.check_label(label, self._state)
            state = without(self._next(), label)
            return self._answered(Outcome(replace(state, question=None), shows=True), (), listener)

        return self._taken(removed, hear)

    def place(self, item: str) -> int | None:
        """The place of an item among all that may be meant now, from 1; None when it is ruled out.

        Raises:
            UnknownName: there is no such item.
        """
        with self._lock:
            return place_of(self._look(self._shop.view, self._state), self._shop.catalog.row(item))

    def undo(self) -> Turn:
        """Take the last step back; of turns that changed nothing none is taken."""
        return self.do(Plain(verb="undo"))

    def _taken(self, make: Callable[[Listener], _Step], hear: Hear | Listener | None) -> Turn:
        """A turn, and after it the next state; the same as before unless whoever waits has got the whole of it."""
        listener = listener_of(hear)
        with self._lock:
            pictures = self._pictures.copy()
            try:
                step = make(listener)
                listener.whole(step.turn)
            except BaseException:
                self._pictures = pictures
                raise
            self._state, self._before = step.state, step.before
            return step.turn

    def _next(self) -> State:
        """The state in which the next turn begins."""
        return replace(self._state, turn=self._state.turn + 1)

    def _said(self, words: str, image: Picture | None, listener: Listener) -> _Step:
        """A turn of words, a picture, or both."""
        state = self._next()
        if words.strip():
            state = replace(state, spoken=(*state.spoken, words)[-SPOKEN:])
        if image is None:
            return self._advised(words, state, read(words, state, self._shop.view), listener)
        if isinstance(image, str) and self._shop.view.catalog.has(image):
            return self._carried_out(state, [acts.Compose(items=(ItemId(image),), change=words)], listener)
        picture, _ = picture_of(self._shop.view, image)
        key = self._kept(picture) if picture is not None else ""
        state = replace(state, pictures=(*state.pictures, key)[-PICTURES:], said=(), likes_of=(), replies=(), asked=())
        return self._advised(words, state, [Search(words=words)], listener, picture)

    def _advised(
        self,
        words: str,
        state: State,
        rules: Sequence[Action],
        listener: Listener,
        picture: Image.Image | None = None,
    ) -> _Step:
        """Carry out what the rules read, or what a language model makes of it; and add its words."""
        if self._advisor is None:
            return self._carried_out(state, rules, listener)
        goes = type(listener).gone is not Listener.gone
        advice = self._advisor.begin(words, listener.gone if goes else None)
        actions = advice.actions(rules, state, self._shop.view, picture)
        try:
            step = self._carried_out(state, actions, listener)
        except InputError:
            advice.fail(DoorFailed("the language model proposed what cannot be done"))
            step = self._carried_out(state, rules, listener)
        return replace(step, turn=advice.told(step.turn, step.turn.items.ids, self._shop.view, listener.heard))

    def _carried_out(self, state: State, actions: Sequence[Action], listener: Listener) -> _Step:
        """Do all of the actions; what the last one leads to is the answer."""
        outcome = Outcome(state)
        for action in actions:
            acts.check(action, self._shop.catalog, outcome.state)
            if isinstance(action, Plain) and action.verb in ("undo", "start_over"):
                return self._back(action)
            draws = self._own.imagine if self._own else None
            outcome = do(self._shop, outcome.state, action, self._find, draws, self._k)
        return self._answered(outcome, tuple(actions), listener)

    def _answered(self, outcome: Outcome, actions: tuple[Action, ...], listener: Listener) -> _Step:
        """The turn after an outcome, and the next state."""
        view = self._shop.view
        state = overruled(view, outcome.state)
        state = replace(state, facets=facets_of(view, state))
        if not state.wishes_as(self._state):
            state = replace(state, seen=())  # of another wish nothing was passed over yet
        ranking, question = outcome.ranking or Ranking(()), state.question
        say = outcome.say
        if outcome.ranking is not None:
            state = seen(state, ranking.ids)
        if outcome.shows:
            skip = state.seen if outcome.next else ()
            seeing = self._look(view, state)
            ranking = ranking_of(seeing, state, self._k, skip=skip)
            facets = [known.facet for known in state.facets]
            line = introduced(view, ranking, facets, seeing.belief.rows, more=outcome.next)
            line = f"{UNKNOWN} {line}" if seeing.base.guessed and not state.facets else line
            say = f"{say} {line}".strip()
            state = seen(state, ranking.ids)
            listener.heard(Turn(say, ranking, facets=state.facets, pictures=outcome.pictures, actions=actions))
            question = self._question(seeing, state, outcome.ask)
        elif outcome.asks:
            question = self._question(self._look(view, state), state, outcome.ask)
        if question is not None and question is not state.question:
            state = replace(state, question=question, asked=(*state.asked, question.key))
        notes = (*outcome.notes, *ranking.notes)
        pictures = outcome.pictures or self._asked_about(view, question)
        replies = self._suggestions(state, ranking, question)
        return self._step(Turn(say, ranking, question, state.facets, pictures, replies, actions, notes), state)

    def _step(self, turn: Turn, state: State) -> _Step:
        """A step forward; where nothing has changed there is none to take back."""
        same = state.shows_as(self._state)
        return _Step(turn, state, self._before if same else [*self._before, self._state][-STEPS:])

    def _back(self, action: Plain) -> _Step:
        """A step back, or the beginning."""
        if action.verb == "start_over":
            state = State(turn=self._state.turn, person=self._state.person, list=self._state.list)
            return self._step(Turn("Let us start over. What do you look for?", actions=(action,)), state)
        if not self._before:
            turn = Turn("There is nothing to take back.", facets=self._state.facets, actions=(action,))
            return _Step(turn, self._state, self._before)
        state = self._before[-1]
        shown = self._shown_again(state)
        say = "Taken back." if shown.items else "Taken back. What do you look for?"
        pictures = self._asked_about(self._shop.view, state.question)
        turn = Turn(say, shown, state.question, state.facets, pictures, (), (action,))
        return _Step(turn, state, self._before[:-1])

    def _shown_again(self, state: State) -> Ranking:
        """What was shown in a state."""
        if not state.shown:
            return Ranking(())
        earlier = replace(state, seen=tuple(id for id in state.seen if id not in set(state.shown)))
        found = ranking_of(self._look(self._shop.view, earlier), earlier, 10 * self._k)
        by_id = {item.id: item for item in found.items}
        catalog = self._shop.catalog
        beside = {id: place(catalog, catalog.row(id), 0.0, ()) for id in state.shown if catalog.has(id)}  # no wish's
        return replace(found, items=tuple((beside | by_id)[id] for id in state.shown if id in beside))

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
            found.append(Shown(view.catalog.main_picture(row), id, alt=one_line(view.catalog.raw_item(row).title)))
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
