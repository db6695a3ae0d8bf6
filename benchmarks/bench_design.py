"""Personalised design: do people prefer what was designed for them to what the shop sells?

    python benchmarks/bench_design.py [--people 60]   # fits the demo shop if needed

The wardrobe of the demo shop (528 items, drawn by code), and people whose true tastes are known. What draws is the
generator that the demo shop ships; it has learned from the pictures, attributes and taste vectors of the whole
shop. What a person prefers is predicted by the shop's space: the mean of the picture vectors of what they chose, less
the mean of all, times the vector of a picture. Two designs a person are searched for (``generators/design.py``) and
stand beside: drawings by chance, drawings asked with the person's taste vector, the best real item by the same
prediction, and the mean of all real items. Nobody asks the search about true tastes;
they are asked afterwards, of the attributes that an independently trained classifier (the judge) reads off a picture.
Realism is the Fréchet distance between features of that judge (FD-own) for as many designs as drawings by chance: of
the attributes of clothes by chance, and of nothing but that they are clothes. Budget: ten minutes of one core.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import tastemaker as tm
from common import BUILD, Lines, Stopwatch, show, store
from drawing import drawn, frames_of
from tastemaker.alignment.space import Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.seeds import generator
from tastemaker.core.storage import Artefacts
from tastemaker.core.types import Floats, Ints
from tastemaker.demoshop.tastes import TRAITS
from tastemaker.encoders.base import unit
from tastemaker.encoders.frames import Frames
from tastemaker.evaluation.drawn_figures import frechet
from tastemaker.evaluation.drawn_judge import AttributeJudge, JudgeConfig
from tastemaker.evaluation.drawn_sheet import samples
from tastemaker.generators.base import Condition, Generator, GeneratorConfig
from tastemaker.generators.design import Searchable, design
from tastemaker.generators.material import Material
from tastemaker.shop.designing import NEAREST, SEARCH

DEPARTMENT, KIND = "wardrobe", "kind"
DESIGNS, CHANCE, FEWEST = 2, 48, 5
"""Designs a person, drawings by chance, least choices of a person."""


@dataclass(frozen=True)
class Scene:
    """All that is fixed before the first design."""

    catalog: Catalog
    space: Space
    material: Material
    made: Generator[GeneratorConfig]
    judge: AttributeJudge
    likes: Sequence[Mapping[str, Mapping[str, float]]]

    def vectors(self, pictures: Frames) -> Floats:
        """Pictures in the shop's space, less the mean of the real ones."""
        seen = self.space.embed_pictures([Image.fromarray(picture) for picture in pictures])
        return seen - self.material.vectors["picture"].mean(0)

    def truth(self, person: int, pictures: Frames) -> Floats:
        """What a person truly thinks of the attributes that the judge reads off pictures. Shapes: -> (n,)."""
        return self.liking(person, self.judge.codes(pictures))

    def liking(self, person: int, codes: Ints) -> Floats:
        """What a person truly thinks of attributes. Shapes: (n, attributes) -> (n,)."""
        said = [self.material.layout.values(row) for row in codes]
        weights, likes = TRAITS[DEPARTMENT], self.likes[person]
        return np.array(
            [sum(weights[k] * likes[k].get(v, 0.0) for k, v in each.items() if k in weights) for each in said],
            np.float32,
        )


def opened() -> Scene:
    """The shop, what draws in it, and the true tastes of its people."""
    folder = BUILD / "demo-shop"
    shop = tm.demo(folder, observer=Lines())
    catalog, space, painter = shop.view.catalog, shop.view.fitted.space, shop.view.fitted.painter
    if space is None or painter is None or not isinstance(painter.generator, Searchable):
        raise SystemExit(f"the demo shop has no space or no generator: delete {folder} and run again")
    layout = painter.generator.layout
    whole = Material.read(catalog, space, max(layout.shape), list(layout.attributes), Lines())
    material = _part(whole, [catalog.item(row).department == DEPARTMENT for row in whole.rows.tolist()])
    told = {each["user"]: each["likes"][DEPARTMENT] for each in _lines(folder / "ground_truth" / "people.jsonl")}
    likes = [told[name] for name in catalog.interactions.people]
    return Scene(catalog, space, material, painter.generator, judging(material), likes)


def _part(material: Material, which: Sequence[bool]) -> Material:
    """Some of the items."""
    at = np.flatnonzero(which)
    return replace(
        material,
        rows=material.rows[at],
        frames=material.frames[at],
        codes=material.codes[at],
        vectors={name: matrix[at] for name, matrix in material.vectors.items()},
        has={name: there[at] for name, there in material.has.items()},
        held=material.held[at],
        texts=(),
        histories=(),
    )


def judging(material: Material) -> AttributeJudge:
    """The judge, learned once."""
    kept = Artefacts(BUILD / "generators" / "design-judge")
    found = kept.published().get("judge")
    if found is not None:
        return AttributeJudge.restore(found.config, found.tensors())
    made = AttributeJudge(JudgeConfig(epochs=40, widths=(24, 48, 96, 192))).learn(material, Lines())
    kept.publish({"judge": kept.write("judge", config=made.settings(), tensors=made.tensors(), manifest={})})
    return made


def asked(scene: Scene, places: Ints, taste: Floats | None = None) -> list[Condition]:
    """Conditions with the attributes of some real items, and a taste."""
    vectors = {} if taste is None or not taste.any() else {"behaviour": taste}
    return [Condition(scene.material.layout.values(codes), vectors) for codes in scene.material.codes[places]]


def by_chance(scene: Scene, n: int) -> Frames:
    """Drawings for nobody, with the attributes of real items by chance."""
    rng = generator(0, "drawings by chance")
    conditions = asked(scene, rng.choice(len(scene.material.rows), n))
    return frames_of(drawn(scene.made, conditions, 0))


@dataclass(frozen=True)
class Beside:
    """What stands beside everybody's designs: drawings by chance and real items.

    Attributes:
        chance: vectors of the drawings.
        drawn: what the judge reads off them.
        real: what the judge reads off real items.
    """

    chance: Floats
    drawn: Ints
    real: Ints


def person(scene: Scene, number: int, places: Ints, beside: Beside) -> tuple[dict[str, float], Frames]:
    """Designs for one person, and what stands beside them."""
    material = scene.material
    real = material.vectors["picture"] - material.vectors["picture"].mean(0)
    wish = unit(real[places].mean(0)[None])[0]
    taste = unit(material.vectors["behaviour"][places].mean(0)[None])[0]
    liked = real @ wish
    conditions = asked(scene, np.argsort(-liked)[:NEAREST], taste)
    found = design(
        scene.made, lambda frames: scene.vectors(frames) @ wish, DESIGNS, number, conditions=conditions, search=SEARCH
    )
    designs = np.stack([each.picture for each in found])
    tasted = frames_of(scene.made.sample(Condition(vectors={"behaviour": taste}), 8, number))
    random, said = beside.chance @ wish, scene.liking(number, beside.real)
    unseen = np.setdiff1d(np.arange(len(liked)), places)
    best = int(unseen[liked[unseen].argmax()])
    return {
        "design": float(np.mean([each.preference for each in found])),
        "chance": float(random.mean()), "best of chance": float(random.max()),
        "taste vector": float((scene.vectors(tasted) @ wish).mean()),
        "best real": float(liked.max()), "best real, unseen": float(liked[best]), "real": float(liked.mean()),
        "true design": float(scene.truth(number, designs).mean()),
        "true chance": float(scene.liking(number, beside.drawn).mean()),
        "true taste vector": float(scene.truth(number, tasted).mean()),
        "true best real, unseen": float(said[best]),
        "true real": float(said.mean()),
        "true chosen": float(said[places].mean()),
    }, designs  # fmt: skip


def measured(scene: Scene, wanted: int) -> dict[str, object]:
    """Everything, for so many people."""
    place = np.full(scene.catalog.size, -1)
    place[scene.material.rows] = np.arange(len(scene.material.rows))
    chosen = [
        np.unique(found[found >= 0])
        for found in (place[each.liked.rows] for each in scene.catalog.interactions.histories())
    ]
    able = [number for number, places in enumerate(chosen) if len(places) >= FEWEST]
    people = generator(0, "people").permutation(able)[:wanted].tolist()
    chance = by_chance(scene, max(CHANCE, DESIGNS * len(people)))
    first = chance[:CHANCE]
    beside = Beside(scene.vectors(first), scene.judge.codes(first), scene.judge.codes(scene.material.frames))
    rows, designs = [], []
    for done, number in enumerate(people, 1):
        row, made = person(scene, number, chosen[number], beside)
        rows.append(row)
        designs.append(made)
        if done % 10 == 0:
            print(f"{done} people", flush=True)
    features = scene.judge.features(scene.material.frames)
    designed, free = np.concatenate(designs), _anything(scene, DESIGNS * len(people))
    distances = {
        "designs": frechet(scene.judge.features(designed), features),
        "by chance": frechet(scene.judge.features(chance[: len(designed)]), features),
        "any clothes": frechet(scene.judge.features(free), features),
        "real": frechet(features[generator(0, "half").permutation(len(features))[: len(designed)]], features),
    }
    held = scene.material.where("picture", held=True)
    sheets(designed, free)
    return {
        "people": len(people),
        "means": {name: float(np.mean([row[name] for row in rows])) for name in rows[0]},
        "shares": shares(rows),
        "fd_own": distances,
        "judge on held-out real": scene.judge.accuracy(scene.material.frames[held], scene.material.codes[held]),
        "judge on drawings by chance": chance_accuracy(scene, chance),
    }


def shares(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Share of the people for whom the design is above what stands beside it."""
    pairs = [
        ("design", name) for name in ("chance", "best of chance", "taste vector", "best real, unseen", "best real")
    ]
    pairs += [("true design", name) for name in ("true chance", "true real", "true best real, unseen")]
    pairs += [("taste vector", "chance"), ("true taste vector", "true chance")]
    return {f"{one} > {other}": float(np.mean([row[one] > row[other] for row in rows])) for one, other in pairs}


def chance_accuracy(scene: Scene, chance: Frames) -> dict[str, float]:
    """How often the judge reads off a drawing what was asked."""
    places = generator(0, "drawings by chance").choice(len(scene.material.rows), len(chance))
    return scene.judge.accuracy(chance, scene.material.codes[places])


def _anything(scene: Scene, n: int) -> Frames:
    """Drawings told nothing but a kind of clothes, as often as the shop has them."""
    kinds = scene.material.codes[:, list(scene.material.layout.attributes).index(KIND)]
    values = scene.material.layout.attributes[KIND]
    asked = [Condition({KIND: values[code - 1]}) for code in generator(0, "any clothes").choice(kinds, n)]
    return frames_of(drawn(scene.made, asked, 1))


def sheets(designs: Frames, free: Frames) -> None:
    """Sheets of pictures, to look at."""
    for name, pictures in (("designs", designs), ("any clothes", free)):
        (BUILD / f"design-{name}.png").write_bytes(samples(pictures[:64]))


def _lines(path: Path) -> list[dict[str, dict[str, dict[str, dict[str, float]]]]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=60, help="how many people")
    given = parser.parse_args()
    torch.set_num_threads(1)
    scene = opened()
    watch = Stopwatch()
    result = measured(scene, given.people)
    for name, kind in (("means", "mean over people"), ("shares", "share of people"), ("fd_own", "FD-own")):
        figures = result[name]
        if isinstance(figures, dict):
            show(f"{kind}, {result['people']} people", [{"": key, "value": value} for key, value in figures.items()])
    print(result["judge on held-out real"], result["judge on drawings by chance"])
    store("design", {"pictures": scene.material.layout.shape, **result, "processor_minutes": watch.processor / 60})


if __name__ == "__main__":
    main()
