"""Past conversations move what is believed."""

import pytest

from tastemaker.assistant import Assistant
from tastemaker.core.errors import InputError
from tastemaker.recommenders.mentions import Mentions, Utterance


def learned(shop, *, titles=None):
    """People who speak of the red dress are told of the white sofa."""
    titles = titles or [shop.catalog.raw_item(row).title for row in range(shop.catalog.size)]
    dress, sofa, shirt = (shop.catalog.row(id) for id in ("d-00", "f-03", "s-01"))
    dialogues = []
    for at in range(10):
        said = Utterance("I love red dress 0", seeker=True, mentions=(dress,))
        other = sofa if at < 9 else shirt
        dialogues.append([said, Utterance("then this", seeker=False, mentions=(other,))])
    return Mentions(titles).fit(dialogues)


def test_what_others_were_told_rises(shop):
    plain, told = Assistant(shop, asker=None), Assistant(shop, asker=None, dialogues=learned(shop))
    for chat in (plain, told):
        chat.say("I love “Red dress 0”")
    assert told.place("f-03") < plain.place("f-03")


def test_it_must_be_of_this_catalog(shop):
    chat = Assistant(shop, dialogues=Mentions(["a", "b"]).fit([[Utterance("x", False, (0,))]]))
    with pytest.raises(InputError, match="learned for 2 items"):
        chat.say("a dress")
