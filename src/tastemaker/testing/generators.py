"""The contract of a generator, clause by clause, in the drawn shop.

See :class:`tastemaker.generators.base.Generator`. Factories make unfitted generators small enough to train in a second:
pictures of 16 pixels, a few steps. What is drawn is then no good, but everything else must hold already.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

from tastemaker.alignment.space import Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.core.errors import Cancelled, FitError, InputError, NotFitted, TastemakerError, UnknownName
from tastemaker.core.progress import Advanced, Event, Finished, Started
from tastemaker.core.types import MODALITIES, Modality, UserId
from tastemaker.generators import learning
from tastemaker.generators.base import ANYTHING, Condition, Drawn, Generator, GeneratorConfig, Noise
from tastemaker.generators.material import Material
from tastemaker.testing.contract import require, require_equal, through_storage
from tastemaker.testing.fixed_space import FixedSpace
from tastemaker.testing.worlds import COLOURS, drawn_shop, lacking

Factory = Callable[[Path | None], Generator[GeneratorConfig]]
"""Makes an unfitted generator that keeps its checkpoint there; the same settings and seed each time."""
LACKING = 5
LONGER = 16
ROUNDING = 2.0
"""Mean gap of pixels, of 255, between a drawing alone and in company: sums in another order differ in the last bit."""


def check_generator(factory: Factory) -> None:
    """Run every clause.

    Args:
        factory: makes an unfitted generator.

    Raises:
        ContractBroken: a clause does not hold.
    """
    is_not_fitted_at_first(factory)
    made = fitted(factory)
    for clause in CLAUSES:
        clause(made)
    for training in TRAINING_CLAUSES:
        training(factory)


def shop(seed: int = 0) -> Catalog:
    """The drawn shop, in which people like one colour and three neighbours lack a picture, words, and both."""
    catalog = lacking(drawn_shop(seed=seed), LACKING)
    each = catalog.size // len(COLOURS)
    row = np.concatenate([np.arange(each) + each * (person % len(COLOURS)) for person in range(12)])
    person = np.repeat(np.arange(12), each)
    seen = (row + person // len(COLOURS)) % 3 > 0  # everybody has met two thirds of what they like
    people = tuple(UserId(f"person-{number}") for number in range(12))
    n = int(seen.sum())
    events = Interactions(
        people, catalog.size, person[seen], row[seen].astype(np.int64), np.ones(n, np.float32), np.full(n, np.nan)
    )
    return catalog.with_interactions(events)


@cache
def material(seed: int = 0) -> Material:
    """What there is to learn from in the shop."""
    return Material.read(shop(seed), FixedSpace(), LONGER)


def fitted(factory: Factory) -> Generator[GeneratorConfig]:
    """A generator that has learned the shop."""
    made = factory(None)
    require(made.learn(material()) is made, "learn does not return self")
    return made


def says_what_it_is(made: Generator[GeneratorConfig]) -> None:
    """Name, figure, source, config and modalities are there."""
    require(made.name, "name is empty")
    require(made.figure, "figure is empty; write '-' when the survey has none")
    require(len(made.source) > 10, f"source is {made.source!r}; name the paper and the equation")
    require(isinstance(made.config, made.config_class), "config is not an instance of config_class")
    require(isinstance(made.reconstructs, bool), "reconstructs is not a bool")
    require(made.modalities_in <= set(MODALITIES), f"modalities_in is {set(made.modalities_in)}")
    require(made.modalities_out, "modalities_out is empty; a generator draws something")
    require(made.modalities_out <= set(MODALITIES), f"modalities_out is {set(made.modalities_out)}")


def is_not_fitted_at_first(factory: Factory) -> None:
    """Before it has learned, it says so."""
    made = factory(None)
    _refuses(NotFitted, made.sample, "an unfitted generator draws")
    _refuses(NotFitted, made.settings, "an unfitted generator has settings to store")


def draws_what_it_promises(made: Generator[GeneratorConfig]) -> None:
    """Every drawing has all of ``modalities_out`` and nothing else, in the right shapes and types."""
    for condition in _conditions(made):
        drawn = made.sample(condition, 3)
        numbers = [each.number for each in drawn]
        require(numbers == [0, 1, 2], f"the numbers of three drawings are {numbers}")
        for each in drawn:
            _is_whole(made, each)


def draws_alone_as_in_company(made: Generator[GeneratorConfig]) -> None:
    """Drawing number i of a seed is the same whatever else is drawn with it."""
    import torch

    together = made.sample(ANYTHING, 4, seed=3)
    alone = made.sample(ANYTHING, 1, seed=3, first=2)
    _same(alone, together[2:3], "a drawing alone differs from the same among four")
    conditions = _conditions(made)
    with torch.inference_mode():
        mixed = made.draw(conditions, Noise(3, range(len(conditions))))
    for at, condition in enumerate(conditions):
        what = "a drawing differs when others of the batch have other conditions"
        _same(made.sample(condition, 1, seed=3, first=at), mixed[at : at + 1], what)


def draws_by_its_seed(made: Generator[GeneratorConfig]) -> None:
    """The same seed gives the same drawing to the bit; another seed and another number give another one."""
    once = made.sample(ANYTHING, 2, seed=1)
    _same(made.sample(ANYTHING, 2, seed=1), once, "the same seed draws differently", exactly=True)
    require(_gap(made.sample(ANYTHING, 1, seed=2)[0], once[0]) > 0, "another seed draws the same")
    require(_gap(once[0], once[1]) > 0, "two drawings of one seed are the same")


def reads_what_it_says(made: Generator[GeneratorConfig]) -> None:
    """What it cannot read is an input error, and so are unknown names and vectors of another length."""
    for what, (modality, condition) in _each_alone().items():
        if modality not in made.modalities_in:
            _refuses(InputError, partial(made.sample, condition), f"it draws from {what}, not in modalities_in")
    for what, (_, condition) in _each_alone().items():
        for name, vector in condition.vectors.items():
            wrong = Condition(vectors={name: np.ones(len(vector) + 1, np.float32)})
            _refuses(InputError, partial(made.sample, wrong), f"{what} may have any length")
    if "picture" in made.modalities_in:
        wrong = Condition(picture=np.zeros((5, 7, 3), np.uint8))
        _refuses(InputError, partial(made.sample, wrong), "a picture may have any size")
    if "attributes" in made.modalities_in:
        for attributes in ({"sound": "loud"}, {"colour": "octarine"}):
            unknown = Condition(attributes)
            _refuses(UnknownName, partial(made.sample, unknown), f"{attributes} is accepted")
    for n in (0, 1001):
        _refuses(InputError, partial(made.sample, ANYTHING, n), f"{n} drawings are made")


def heeds_what_it_reads(made: Generator[GeneratorConfig]) -> None:
    """Another condition makes another drawing of the same seed."""
    plain = made.sample(ANYTHING, 1, seed=4)[0]
    for what, condition in _readable(made).items():
        moved = _gap(made.sample(condition, 1, seed=4)[0], plain)
        require(moved > 0, f"{what} can be asked for and changes nothing; let check refuse it")


def reconstructs_or_says_no(made: Generator[GeneratorConfig]) -> None:
    """Pictures come back in their shape, the same each time; a generator without a way says so."""
    world = material()
    pictures = world.frames[world.where("picture")[:3]]
    if not made.reconstructs:
        _refuses(InputError, lambda: made.reconstruct(pictures), "reconstructs is False, yet it does")
        return
    again = made.reconstruct(pictures, seed=1)
    require(again.shape == pictures.shape, f"{pictures.shape} pictures come back as {again.shape}")
    require(again.dtype == np.uint8, f"pictures come back as {again.dtype}")
    require(np.array_equal(again, made.reconstruct(pictures, seed=1)), "the same pictures come back differently")
    require(np.ptp(again.astype(float), axis=0).max() > 0, "different pictures come back the same")
    _refuses(InputError, lambda: made.reconstruct(pictures[:, :5]), "a picture of any size is taken")


def comes_back_from_storage(made: Generator[GeneratorConfig]) -> None:
    """Settings through JSON and tensors through safetensors give the same drawings, to the bit."""
    settings = json.loads(json.dumps(made.settings()))
    again = type(made).restore(settings, through_storage(made.tensors()))
    require(again.config == made.config, "the config differs after restoring")
    for condition in _conditions(made):
        what = "drawings differ after restoring"
        _same(again.sample(condition, 2, seed=5), made.sample(condition, 2, seed=5), what, exactly=True)


def fits_twice_as_once(factory: Factory) -> None:
    """A second fit forgets the first, even one on other data; fit reads the catalog as :class:`Material` does."""
    again = factory(None).learn(material(5)).fit(shop(), FixedSpace())
    _same_weights(again, fitted(factory), "fitting twice gives other weights")


def tells_of_its_progress(factory: Factory) -> None:
    """Every task that starts is finished, with steps between."""
    events: list[Event] = []
    factory(None).learn(material(), events.append)
    begun = [event.task for event in events if isinstance(event, Started)]
    ended = [event.task for event in events if isinstance(event, Finished)]
    require(begun, "no task is reported")
    require(sorted(begun) == sorted(ended), f"{begun} start, {ended} finish")
    require(len(set(begun)) == len(begun), f"two tasks have one name: {begun}")
    require(any(isinstance(event, Advanced) for event in events), "no step is reported")


def goes_on_where_it_was_cancelled(factory: Factory) -> None:
    """Cancelled in the middle, the checkpoint stays; trained again, it ends as an unbroken training, to the bit.

    A training that reports no losses is one pass: it is cancelled at its first step, and begins anew.
    """
    with TemporaryDirectory() as folder, patch.object(learning, "EPOCH", 2):
        whole: list[Event] = []
        unbroken = factory(None).learn(material(), whole.append)
        half = max(3, len(_steps(whole)) * 3 // 4)
        seen: list[Event] = []

        def stop(event: Event) -> None:
            seen.append(event)
            if isinstance(event, Advanced) and (not _steps(whole) or len(_steps(seen)) >= half):
                raise Cancelled("enough")

        path = Path(folder) / "checkpoint"
        _refuses(Cancelled, lambda: factory(path).learn(material(), stop), "cancelling does not end the training")
        rest: list[Event] = []
        resumed = factory(path).learn(material(), rest.append)
        fewer = not _steps(whole) or len(_steps(rest)) < len(_steps(whole))
        require(fewer, "after a cancel it begins anew; the checkpoint is not used")
        _same_weights(resumed, unbroken, "a training that was cancelled and goes on ends with other weights")


def refuses_or_serves_poor_shops(factory: Factory) -> None:
    """Without pictures, anything else, a space, or more than one item: fits and draws, or a FitError."""
    catalog, space = shop(), FixedSpace()
    for what, poor in _poor_shops(catalog).items():
        _fits_or_says_no(factory, poor, space, what)
    _fits_or_says_no(factory, catalog, None, "a shop without a space")
    empty = Catalog.from_items([])
    _refuses(FitError, lambda: factory(None).fit(empty, space), "an empty shop gives no FitError")


CLAUSES: tuple[Callable[[Generator[GeneratorConfig]], None], ...] = (
    says_what_it_is,
    draws_what_it_promises,
    draws_alone_as_in_company,
    draws_by_its_seed,
    reads_what_it_says,
    heeds_what_it_reads,
    reconstructs_or_says_no,
    comes_back_from_storage,
)
"""What every fitted generator keeps."""
TRAINING_CLAUSES: tuple[Callable[[Factory], None], ...] = (
    is_not_fitted_at_first,
    fits_twice_as_once,
    tells_of_its_progress,
    goes_on_where_it_was_cancelled,
    refuses_or_serves_poor_shops,
)
"""What every training keeps."""


def _each_alone() -> dict[str, tuple[Modality, Condition]]:
    """By what it is a condition of each modality, of an item that has them all."""
    world = material()
    place = int(np.flatnonzero(np.all(list(world.has.values()), axis=0))[0])
    found: dict[str, tuple[Modality, Condition]] = {
        f"a vector of {name}": (name, Condition(vectors={name: matrix[place]}))
        for name, matrix in world.vectors.items()
    }
    found["attributes"] = "attributes", Condition(world.layout.values(world.codes[place]))
    found["a picture"] = "picture", Condition(picture=world.frames[place])
    return found


def _readable(made: Generator[GeneratorConfig]) -> dict[str, Condition]:
    """What it reads, one thing alone. Pictures may be read as pixels, as vectors of the space, or as both."""
    found, read = {}, set()
    for what, (modality, condition) in _each_alone().items():
        if modality in made.modalities_in and _checks(made, condition):
            found[what] = condition
            read.add(modality)
    require(read == made.modalities_in, f"it can draw from none of {set(made.modalities_in - read)}")
    return found


def _checks(made: Generator[GeneratorConfig], condition: Condition) -> bool:
    try:
        made.check(condition)
    except InputError:
        return False
    return True


def _conditions(made: Generator[GeneratorConfig]) -> list[Condition]:
    """Nothing, each thing that it reads, and all of them but pixels."""
    alone = list(_readable(made).values())
    vectors = {name: vector for condition in alone for name, vector in condition.vectors.items()}
    attributes = {name: value for condition in alone for name, value in condition.attributes.items()}
    return [ANYTHING, *alone, Condition(attributes, vectors)]


def _is_whole(made: Generator[GeneratorConfig], drawn: Drawn) -> None:
    layout, out = made.layout, made.modalities_out
    picture = drawn.picture
    require((picture is not None) == ("picture" in out), "a picture is drawn and not promised, or the other way round")
    if picture is not None:
        require(picture.shape == (*layout.shape, 3), f"a picture has the shape {picture.shape}")
        require(picture.dtype == np.uint8, f"a picture is {picture.dtype}, not uint8")
    promised = out & {"text", "behaviour"}
    require(set(drawn.vectors) == promised, f"vectors of {set(drawn.vectors)} are drawn, promised are {set(promised)}")
    require(set(drawn.spread) <= promised, f"the spread of {set(drawn.spread)} is told")
    for name, vector in drawn.vectors.items():
        require(vector.shape == (layout.dims[name],), f"a vector of {name} has the shape {vector.shape}")
        require(vector.dtype == np.float32, f"a vector of {name} is {vector.dtype}, not float32")
        require(np.isfinite(vector).all(), f"a vector of {name} is not finite")
    require(all(np.isfinite(spread) and spread >= 0 for spread in drawn.spread.values()), "a spread is no spread")
    require(bool(drawn.attributes) == ("attributes" in out), "attributes are told and not promised, or the other way")
    layout.check(drawn.attributes, {})


def _refuses(error: type[TastemakerError], call: Callable[[], object], otherwise: str) -> None:
    try:
        call()
    except error:
        return
    require(condition=False, message=otherwise)


def _gap(one: Drawn, other: Drawn) -> float:
    """Largest mean gap between two drawings: of pixels (of 255), and of vectors (of unit length, times 255)."""
    gaps = [float(one.attributes != other.attributes)]
    if one.picture is not None and other.picture is not None:
        gaps.append(float(np.abs(one.picture.astype(np.float64) - other.picture).mean()))
    gaps += [255 * float(np.abs(vector - other.vectors[name]).mean()) for name, vector in one.vectors.items()]
    return max(gaps)


def _same(found: Sequence[Drawn], expected: Sequence[Drawn], what: str, *, exactly: bool = False) -> None:
    require(len(found) == len(expected), f"{what}: {len(found)} instead of {len(expected)}")
    gap = max(_gap(one, other) for one, other in zip(found, expected, strict=True))
    require(gap <= (0.0 if exactly else ROUNDING), f"{what}: the mean gap is {gap:.3g} of 255")


def _same_weights(found: Generator[GeneratorConfig], expected: Generator[GeneratorConfig], what: str) -> None:
    one, other = found.tensors(), expected.tensors()
    require(one.keys() == other.keys(), f"{what}: other names")
    for name, value in one.items():
        require_equal(value, other[name], f"{what}: {name}", tolerance=0)


def _steps(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, Advanced) and "loss" in event.metrics]


def _poor_shops(catalog: Catalog) -> dict[str, Catalog]:
    rows = np.arange(catalog.size)
    pictured = catalog
    for modality in ("text", "attributes", "behaviour"):
        pictured = pictured.without_modality(modality, rows)
    return {
        "a shop without pictures": catalog.without_modality("picture", rows),
        "a shop of pictures alone": pictured,
        "a shop with a single item": catalog.restricted(rows == 0),
    }


def _fits_or_says_no(factory: Factory, catalog: Catalog, space: Space | None, what: str) -> None:
    made = factory(None)
    try:
        made.fit(catalog, space)
    except FitError:
        return
    except TastemakerError as error:
        require(condition=False, message=f"{what} is a {type(error).__name__}, not a FitError: {error}")
    drawn = made.sample(ANYTHING, 2)
    require(len(drawn) == 2, f"{what}: {len(drawn)} drawings instead of two")
