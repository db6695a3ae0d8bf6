"""Photos of people: consent first, in memory only, judged by a policy that a shop may replace.

A photo that goes through here is never written to disk nor logged; its metadata is dropped when it is decoded. The
policy is one function from a photo and what was found in it to a reason for refusing, or None. The default one refuses
what shows mostly skin, and whom the proportions of head and body make a child: rough rules that err towards refusing,
since no model that knows either is part of this package. A shop that has one puts it here.

Source: a child of five is about five heads tall, a grown person seven to eight (Loomis, "Figure drawing", 1943).
"""

from collections.abc import Callable

from tastemaker.core.errors import InputError
from tastemaker.studio.body import Body
from tastemaker.studio.cutout import Pixels

Policy = Callable[[Pixels, Body | None], str | None]
"""A photo and what was found of the person -> why it is refused; None lets it pass."""

BARE = 0.62
"""Share of skin in the silhouette from which a photo counts as too bare."""
CHILD = 5.4
"""Heights of the head in the height of the body, below which a whole figure counts as a child."""


def ask_consent(*, given: bool) -> None:
    """Refuse to touch a photo of a person that has not agreed.

    Raises:
        InputError: there is no consent.
    """
    if not given:
        raise InputError(
            "a photo of a person is used only when that person has agreed",
            hint="ask them, then say so: consent=True, --consent, or the box on the page",
        )


def careful(_picture: Pixels, body: Body | None) -> str | None:
    """The default policy; see the module."""
    if body is None:
        return None
    if float(body.skin.sum()) > BARE * float(body.mask.sum()):
        return "the photo shows mostly skin"
    if body.face is not None and body.feet:
        head = 1.25 * (body.face[3] - body.face[1])
        crown = body.face[1] - 0.2 * head
        sole = max(row for row in range(len(body.mask)) if body.mask[row].any())
        if (sole - crown) / head < CHILD:
            return "the person may be a child"
    return None
