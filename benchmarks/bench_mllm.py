"""The shop's own multimodal language model (survey figure 5): items, words and pictures, by what it is given.

    python benchmarks/bench_mllm.py                          # both shops; trains what is not there yet
    python benchmarks/bench_mllm.py --shop demo              # after bench_journey.py, which fits the demo shop
    python benchmarks/bench_mllm.py --shop fashion           # after bench_fashion.py and bench_imagine.py
    python benchmarks/bench_mllm.py --shop demo --steps 12 --hidden 64 --layers 2 --dialogues 8     # a look

A model is trained by its own defaults and kept under ``build/benchmarks/mllm/NAME``; a training that was cut goes on
from its checkpoint. A second backbone (``--other``) is the same setting with another word, trained with a quarter of
the steps. Figures are stored when sizes and number of dialogues are the defaults; to use both cores run the two shops
side by side, and then once more without ``--shop``, which puts the kept rows together.

*Items*: simulated people (``evaluation.simulated_people``, none of whose words were learned from) show a picture of
something like what they mean and answer two questions about it; in the demo shop what they mean follows their known
taste, and what they chose before is known. The picture shown is not ranked. The model gets everything, or a part; the
plain baseline adds the space's vectors of picture and words. Half of what is meant in fashion, and what falls into the
held-back twentieth in the demo shop, was the answer to nothing in training.

*Words*: held-back items, shown as pixels, as a vector, as the item, or read as its text's vector: the share of their
values that is said, and of what is said that is so.

*Pictures*: requests for a kind and a colour. The signals' vectors are held against the nearest real photos, whose
values the catalog knows. The shop's conditional diffusion (in the demo shop the shipped one, in fashion that of
``bench_imagine.py``) draws from the signals, from the values themselves and from nothing, and an independent judge,
trained on the shop's photos and their values alone, says what it sees; what it sees in real photos of such things that
it has not learned from is the ceiling.

*Adaptors*: each input is withheld from the trained model, each way out is left out. No model is trained anew for it.

Budget: 30 minutes of one core for a shop's model, 8 for the second backbone, 5 to measure; both shops at once on two.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import rows
from common import BUILD, Lines, Stopwatch, show
from drawing import drawn, frames_of, generator, judge
from materials import fashion_catalog, fashion_material
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.progress import Event, Finished
from tastemaker.core.seeds import generator as chance
from tastemaker.core.storage import Artefacts
from tastemaker.core.types import Bools, Floats, Ints, UserId
from tastemaker.encoders.frames import Frames
from tastemaker.evaluation.drawn_judge import AttributeJudge, JudgeConfig, accuracy
from tastemaker.evaluation.drawn_sheet import samples
from tastemaker.evaluation.significance import intervals, paired
from tastemaker.evaluation.simulated_people import SimulatedPerson, demo_people
from tastemaker.generators.base import Condition, Generator, GeneratorConfig
from tastemaker.generators.language.inputs import Asked
from tastemaker.generators.language.instructions import SAID, Teacher, values_in
from tastemaker.generators.language.model import MultimodalLm, MultimodalLmConfig, heeded, spoken_of
from tastemaker.generators.language.shelf import features_of
from tastemaker.generators.language.stages import STAGES
from tastemaker.generators.material import Material
from tastemaker.shop import Shop
from tastemaker.shop.painter import restore

SHOPS = ("demo", "fashion")
FOLDER = BUILD / "mllm"
K, ANSWERS, SHOWN = 10, 2, 48
EPOCHS = 120
"""Of the demo shop's judge: its photos are few."""
PLAIN = (0.4, 0.6)
"""Weights of picture and words in the plain baseline, as measured on fashion by ``bench_composed.py``."""
KIND, COLOUR = {"demo": "kind", "fashion": "articleType"}, {"demo": "colour", "fashion": "baseColour"}
EMPTY = Asked()


@dataclass(frozen=True)
class Question:
    """What a person's open question looks like: the attribute, and no choices."""

    about: str
    kind: str = "attribute"
    choices: tuple[()] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dialogue:
    """What somebody said and showed, and what they meant; places of the material."""

    target: int
    shown: int
    words: str
    history: Ints


class Timed:
    """Lines on stderr, and the processor seconds of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._lines, self._watch, self._before = Lines(), Stopwatch(), 0.0

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, Finished):
            now = self._watch.processor
            self.seconds[event.task], self._before = now - self._before, now
        self._lines(event)


def material_of(shop: str) -> tuple[Material, Catalog]:
    """What is learned from, and the catalog."""
    if shop == "fashion":
        catalog, material = fashion_catalog(), fashion_material()
        texts = tuple(words_of(catalog.item(row)) for row in material.rows.tolist())
        return replace(material, texts=texts), catalog
    with Shop(BUILD / "demo-shop") as opened:
        catalog = opened.catalog
        return Material.read(catalog, opened.space, 64, spoken_of(catalog), Lines()), catalog


def folder_of(shop: str, config: MultimodalLmConfig) -> Path:
    """Where a model is kept."""
    sizes = f"{config.hidden}x{config.layers}-{config.steps}"
    return FOLDER / f"{shop}-{config.backbone}-{sizes}"


def learn(shop: str, config: MultimodalLmConfig) -> dict[str, object]:
    """Train a model and keep it."""
    material, _ = material_of(shop)
    watch, timed, folder = Stopwatch(), Timed(), folder_of(shop, config)
    made = MultimodalLm(config, checkpoint=folder / "checkpoint").learn(material, timed)
    kept = Artefacts(folder)
    kept.publish({"model": kept.write("model", config=made.settings(), tensors=made.tensors(), manifest={})})
    weights = {name: sum(each.numel() for each in part.parameters()) for name, part in made.networks().items()}
    steps = {stage.name: max(1, round(stage.share * config.steps)) for stage in STAGES}
    return {
        "shop": shop, "backbone": config.backbone, "steps": config.steps, "weights": weights,
        "processor_minutes": round(watch.processor / 60, 2),
        "seconds_per_step": {name: round(timed.seconds[name] / count, 3) for name, count in steps.items()},
    }  # fmt: skip


def model_of(shop: str, config: MultimodalLmConfig) -> MultimodalLm:
    """The trained one."""
    kept = Artefacts(folder_of(shop, config)).published()["model"]
    return MultimodalLm.restore(kept.config, kept.tensors())


def dialogues(shop: str, material: Material, catalog: Catalog, count: int, seed: int) -> list[Dialogue]:
    """Held-out conversations, each with a picture and two answers."""
    place = {row: at for at, row in enumerate(material.rows.tolist())}
    past = dict(zip(catalog.interactions.people, material.histories, strict=True)) if material.histories else {}
    names = {catalog.main_picture(row): at for row, at in place.items()}
    found = []
    for number, person in enumerate(people(shop, material, catalog, count, seed)):
        if person.picture not in names:
            continue
        target, rng = place[person.target], chance(seed, f"answers {number}")
        known = np.flatnonzero(material.codes[target])
        about = [list(material.layout.attributes)[at] for at in rng.permutation(known)[:ANSWERS].tolist()]
        said = [person.words, *(person.answer(Question(name)) for name in about)]
        history = past.get(UserId(person.user), np.empty(0, np.int64))
        found.append(Dialogue(target, names[person.picture], " . ".join(said), history))
    return found


def people(shop: str, material: Material, catalog: Catalog, count: int, seed: int) -> list[SimulatedPerson]:
    """Who talks: in the demo shop its own people; in fashion half of what is meant was held back."""
    if shop == "demo":
        return demo_people(catalog, BUILD / "demo-shop", count, seed, openings=("picture",))
    rng, targets = chance(seed, "targets"), []
    for held in (True, False):
        targets += rng.permutation(material.where("picture", held=held))[: count // 2].tolist()
    return [SimulatedPerson(catalog, int(material.rows[at]), "picture", seed) for at in targets]


def asked_of(material: Material, features: Floats, one: Dialogue) -> Asked:
    """Everything of a dialogue."""
    taste = material.vectors["behaviour"][one.history].sum(0)
    length = float(np.linalg.norm(taste))
    return Asked(
        one.words, picture=material.vectors["picture"][one.shown], pixels=material.frames[one.shown],
        history=features[one.history] if len(one.history) else None, taste=taste / length if length else None,
    )  # fmt: skip


INPUTS: Mapping[str, Callable[[Asked], Asked]] = {
    "everything": lambda one: one,
    "words alone": lambda one: Asked(one.words),
    "picture alone": lambda one: Asked(picture=one.picture, pixels=one.pixels),
    "history alone": lambda one: Asked(history=one.history, taste=one.taste),
    "without the picture's vector": lambda one: replace(one, picture=None),
    "without pixels": lambda one: replace(one, pixels=None),
    "without history": lambda one: replace(one, history=None),
    "without taste": lambda one: replace(one, taste=None),
}


def items(shop: str, config: MultimodalLmConfig, count: int, seed: int) -> dict[str, object]:
    """R@10 of everything, of parts, without each adaptor, and of the plain sum of vectors."""
    material, catalog = material_of(shop)
    model, features = model_of(shop, config), Teacher(material).features
    talks = dialogues(shop, material, catalog, count, seed)
    whole = [asked_of(material, features, one) for one in talks]
    found = {name: hits(model, talks, [part(one) for one in whole]) for name, part in INPUTS.items()}
    found["spelled alone"] = hits(model, talks, whole, seek=False)
    found["sought alone"] = hits(model, talks, whole, spell=False)
    found["plain sum of vectors"] = plain(shop, material, talks)
    held = material.held[[one.target for one in talks]]
    full = found["everything"]
    table = [told(name, values, full, held) for name, values in found.items()]
    return {"dialogues": len(talks), "held back": int(held.sum()), "table": table}


def hits(
    model: MultimodalLm, talks: Sequence[Dialogue], asked: Sequence[Asked], *, spell: bool = True, seek: bool = True
) -> Floats:
    """Is what was meant among the first ten? Shapes: -> (dialogues,)."""
    place = {row: at for at, row in enumerate(model.shelf.rows.tolist())}
    scores = model.rank(asked, spell=spell, seek=seek)
    return _among([place.get(one.target, -1) for one in talks], [place.get(one.shown, -1) for one in talks], scores)


def plain(shop: str, material: Material, talks: Sequence[Dialogue]) -> Floats:
    """The space's vectors of the picture and the words, added, against those of all items. Shapes: -> (dialogues,)."""
    space = _space(shop)
    said = space.embed_texts([one.words for one in talks])
    seen = material.vectors["picture"][[one.shown for one in talks]]
    both = features_of(material.vectors["text"], material.vectors["picture"])
    scores = (PLAIN[0] * seen + PLAIN[1] * said) @ (both[:, : said.shape[1]] + both[:, said.shape[1] :]).T
    return _among([one.target for one in talks], [one.shown for one in talks], scores)


def _among(targets: Sequence[int], shown: Sequence[int], scores: Floats) -> Floats:
    found = []
    for at, (target, other) in enumerate(zip(targets, shown, strict=True)):
        line = scores[at].copy()
        if other >= 0 and other != target:
            line[other] = -np.inf
        found.append(target >= 0 and int((line > line[target]).sum()) < K)
    return np.array(found, np.float32)


def told(name: str, values: Floats, full: Floats, held: Bools) -> dict[str, object]:
    """A line of the table of items."""
    low, high = intervals(values[:, None].astype(np.float64))
    gap = paired(full.astype(np.float64), values.astype(np.float64))
    line: dict[str, object] = {
        "given": name, "R@10": round(float(values.mean()), 4),
        "95%": [round(float(low[0]), 4), round(float(high[0]), 4)],
        "held back": round(float(values[held].mean()), 4) if held.any() else None,
    }  # fmt: skip
    if values is not full:
        line |= {"everything is better by": round(gap.value, 4), "95% of that": [round(gap.low, 4), round(gap.high, 4)]}
    return line


def words(shop: str, config: MultimodalLmConfig, count: int, seed: int) -> dict[str, object]:
    """What is said of held-back items, by how they are shown."""
    material, _ = material_of(shop)
    model, teacher = model_of(shop, config), Teacher(material)
    places = np.flatnonzero(material.held & material.has["picture"] & (material.codes > 0).any(1))
    places = chance(seed, "described").permutation(places)[:count].tolist()
    text, picture = material.vectors["text"], material.vectors["picture"]
    ways: dict[str, Callable[[int], Asked]] = {
        "picture": lambda at: Asked("what is this", picture=picture[at], pixels=material.frames[at]),
        "its pixels alone": lambda at: Asked("what is this", pixels=material.frames[at]),
        "its vector alone": lambda at: Asked("what is this", picture=picture[at]),
        "the item": lambda at: Asked("what is this", things=teacher.features[[at]]),
        "vector of its words": lambda at: Asked("what is this", text=text[at]),
        "nothing": lambda _: Asked("what is this"),
    }
    table = []
    for name, way in ways.items():
        said = model.say([way(at) for at in places])
        pairs = [
            (values_in(model.layout, one), _speakable(model, material, at))
            for one, at in zip(said, places, strict=True)
        ]
        right = sum(sum(stated.get(name) == value for name, value in true.items()) for stated, true in pairs)
        table.append({
            "shown": name, "values said": round(right / max(1, sum(len(true) for _, true in pairs)), 4),
            "of what is said, so": round(right / max(1, sum(len(stated) for stated, _ in pairs)), 4),
        })  # fmt: skip
    return {"items": len(places), "table": table, "examples": model.say([ways["picture"](at) for at in places[:3]])}


def _speakable(model: MultimodalLm, material: Material, place: int) -> dict[str, str]:
    """The values that an answer should state."""
    return dict(list(model.layout.values(material.codes[place]).items())[:SAID])


def pictures(shop: str, config: MultimodalLmConfig, count: int, seed: int, judged: str) -> dict[str, object]:
    """Do the signals of a request for a kind and a colour ask for that, and what is drawn from them?"""
    del judged  # names the judge in the key of the row
    material, _ = material_of(shop)
    model, names = model_of(shop, config), list(material.layout.attributes)
    of = [names.index(KIND[shop]), names.index(COLOUR[shop])]
    seen = material.where("picture", held=True)
    seen = chance(seed, "requests").permutation(seen[(material.codes[seen][:, of] > 0).all(1)])[:count]
    codes = np.zeros_like(material.codes[seen])
    codes[:, of] = material.codes[seen][:, of]
    values = [material.layout.values(row) for row in codes]
    asked = [Asked(f"draw a {one[COLOUR[shop]]} {one[KIND[shop]]}".casefold()) for one in values]
    signs = model.signs(asked)
    kinds = model.kinds(asked)
    photos = material.where("picture")
    signed = np.stack([one.vectors["picture"] for one in signs])
    nearest = photos[(signed @ material.vectors["picture"][photos].T).argmax(1)]
    return {
        "requests": len(seen), "a picture is answered with": round(kinds.count("picture") / max(1, len(kinds)), 4),
        "values of the signals": _agrees(model, material, signs, codes),
        "values of the nearest photo": accuracy(material.codes[nearest], codes, names),
        "judge": _judged(shop, signs, codes, material.frames[seen], seed),
    }  # fmt: skip


def _agrees(model: MultimodalLm, material: Material, signs: Sequence[Condition], codes: Ints) -> dict[str, float]:
    return accuracy(material.layout.codes([one.attributes for one in signs]), codes, tuple(model.layout.attributes))


def _judged(
    shop: str, signs: Sequence[Condition], codes: Ints, photos: Frames, seed: int
) -> dict[str, dict[str, float]]:
    """What the judge sees in pictures drawn from signals, vectors alone, values, nothing; and in real photos."""
    painter, by = painter_of(shop), judge_of(shop)
    FOLDER.mkdir(parents=True, exist_ok=True)
    told = {
        "signals": signs,
        "their vectors alone": [replace(one, attributes={}) for one in signs],
        "the values themselves": [Condition(by.layout.values(row)) for row in codes],
        "nothing": [Condition()] * len(signs),
    }
    seen = {}
    for name, asked in told.items():
        frames = frames_of(drawn(painter, [heeded(one, painter) for one in asked], seed))
        (FOLDER / f"{shop} {name}.png").write_bytes(samples(frames[:SHOWN]))
        seen[name] = by.accuracy(frames, codes)
    return seen | {"real photos": by.accuracy(photos, codes)}


def painter_of(shop: str) -> Generator[GeneratorConfig]:
    """What draws from signals."""
    if shop == "fashion":
        return generator("diffusion-conditional", 0)
    return restore(Artefacts(BUILD / "demo-shop" / ".tastemaker").published()["generators"]).generator


def judge_of(shop: str) -> AttributeJudge:
    """Who says what a drawing shows; few photos are seen more often."""
    if shop == "fashion":
        return judge()
    return judge("drawn-judge-demo", lambda: material_of(shop)[0], JudgeConfig(epochs=EPOCHS))


def _space(shop: str):  # noqa: ANN202 - a space of either shop
    if shop == "demo":
        with Shop(BUILD / "demo-shop") as opened:
            return opened.space
    from common import fashion_space
    from tastemaker.alignment.contrast.space import ContrastiveSpace

    kept = fashion_space()
    return ContrastiveSpace.restore(kept.config, kept.tensors())


def measured(shop: str, config: MultimodalLmConfig, count: int, seed: int) -> dict[str, object]:
    """All rows of one model."""
    name = folder_of(shop, config).name
    learned = rows.run(f"{name} learned", learn, shop, config)
    parts = {
        "items": rows.run(f"{name} items", items, shop, config, count, seed),
        "words": rows.run(f"{name} words", words, shop, config, count, seed),
        "pictures": rows.run(f"{name} pictures", pictures, shop, config, count, seed, f"judge of {shop}"),
    }
    for part in ("items", "words"):
        show(f"{name}: {part}", parts[part]["table"])
    print(f"\n{name}: pictures\n{ {key: value for key, value in parts['pictures'].items() if key != 'row'} }")
    return {"learned": learned, **parts}


def main() -> None:
    """Train, measure, show, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = MultimodalLmConfig()
    parser.add_argument("--shop", choices=SHOPS, help="one of the two alone")
    parser.add_argument("--backbone", default=default.backbone)
    parser.add_argument("--other", default="gpt2", help='the second backbone; "" for none')
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--hidden", type=int, default=default.hidden)
    parser.add_argument("--layers", type=int, default=default.layers)
    parser.add_argument("--dialogues", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0, help="of training and of the dialogues; even")
    given = parser.parse_args()
    config = MultimodalLmConfig(
        steps=given.steps, hidden=given.hidden, layers=given.layers, backbone=given.backbone, seed=given.seed,
        max_minutes=600.0,
    )  # fmt: skip
    backbones = [config]
    if given.other:
        backbones.append(config.model_copy(update={"backbone": given.other, "steps": max(1, given.steps // 4)}))
    shops = (given.shop,) if given.shop else SHOPS
    found = {
        f"{shop} {each.backbone}": measured(shop, each, given.dialogues, given.seed)
        for shop in shops
        for each in backbones
    }
    if config == MultimodalLmConfig(seed=given.seed, max_minutes=600.0) and given.dialogues == 400:
        rows.keep("mllm", found, [shop for shop in SHOPS if shop not in shops], given.seed)


if __name__ == "__main__":
    main()
