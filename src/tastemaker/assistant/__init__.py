"""Conversation over a shop: understand, ask back, act, explain; by rules, which need no language model.

actions     what can be done, as typed values: the one place where somebody else's proposal can enter
reading     a person's words -> actions; references ("the second one") in ``references``
state       what is understood, all of it visible and immutable
belief      how likely each item is the one that is meant; questions in ``asking``
doing       an action and a state -> the next state and what there is to say
talking     ``Assistant``: the turns of one conversation
grounding   are a text's claims what the catalog says?
doors       language models that are asked too: they propose actions and words, and both are checked
"""

from tastemaker.assistant.talking import Assistant
from tastemaker.assistant.turn import Turn

__all__ = ["Assistant", "Turn"]
