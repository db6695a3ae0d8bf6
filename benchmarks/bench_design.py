"""Personalised design: do people prefer what was designed for them to what the shop sells?

    python benchmarks/bench_design.py [--people 60] [--minutes 15] [--longer 64]   # fits the demo shop if needed

The wardrobe of the demo shop (528 items, drawn by code), and people whose true tastes are known. A conditional GAN
learns from its pictures, attributes and taste vectors. What a person prefers is predicted by the shop's space: the mean
of the picture vectors of what they chose, less the mean of all, times the vector of a picture. Two designs a person are
searched for (``generators/gan/design.py``) and stand beside: drawings by chance, drawings asked with the person's taste
vector, the best real item by the same prediction, and real items by chance. Nobody asks the search about true tastes;
they are asked afterwards, of the attributes that an independently trained classifier (the judge) reads off a picture.
Realism is the Fréchet distance between features of that judge (FD-own) for as many designs as drawings by chance.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import tastemaker as tm
from common import BUILD, Lines, Stopwatch, show, store
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
from tastemaker.generators.base import ANYTHING, Condition
from tastemaker.generators.gan.conditional import ConditionalGan, ConditionalGanConfig
from tastemaker.generators.gan.design import Search, design
from tastemaker.generators.material import Material

DEPARTMENT = "wardrobe"
ASKED = ("kind", "colour", "pattern", "material", "style")
"""Attributes that designs are asked for and the judge reads."""
DESIGNS, CHANCE, FEWEST, NEAREST = 2, 48, 5, 30
"""Designs a person, drawings by chance, least choices of a person, real items whose attributes a search may ask for."""
SEARCH = Search(candidates=24, rounds=3)


@dataclass(frozen=True)
class Scene:
    """All that is fixed before the first design."""

    catalog: Catalog
    space: Space
    material: Material
    gan: ConditionalGan
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
        return np.array([sum(weights[k] * likes[k].get(v, 0.0) for k, v in each.items()) for each in said], np.float32)


def opened(minutes: float, longer: int) -> Scene:
    """The shop, what was learned from it, and the true tastes of its people."""
    folder = BUILD / "demo-shop"
    shop = tm.demo(folder, observer=Lines())
    catalog, space = shop.view.catalog, shop.view.fitted.space
    if space is None:
        raise SystemExit("the demo shop was fitted without a space: delete its folder and run again")
    worn = np.array([catalog.item(row).department == DEPARTMENT for row in range(catalog.size)])
    catalog = catalog.restricted(worn)
    material = Material.read(catalog, space, longer, ASKED, Lines())
    told = {each["user"]: each["likes"][DEPARTMENT] for each in _lines(folder / "ground_truth" / "people.jsonl")}
    likes = [told[name] for name in catalog.interactions.people]
    return Scene(catalog, space, material, drawing(material, minutes), judging(material), likes)


def drawing(material: Material, minutes: float) -> ConditionalGan:
    """The GAN, learned once."""
    longer = max(material.layout.shape)
    kept = Artefacts(BUILD / "generators" / f"design-{longer}")
    found = kept.published().get("generator")
    if found is not None:
        return ConditionalGan.restore(found.config, found.tensors())
    watch, config = Stopwatch(), ConditionalGanConfig(max_minutes=minutes, longer=longer)
    made = ConditionalGan(config, checkpoint=BUILD / f"design-{longer}.checkpoint").learn(material, Lines())
    facts = {"processor_minutes": watch.processor / 60}
    kept.publish({"generator": kept.write("generator", config=made.settings(), tensors=made.tensors(), manifest=facts)})
    return made


def judging(material: Material) -> AttributeJudge:
    """The judge, learned once."""
    kept = Artefacts(BUILD / "generators" / f"design-judge-{max(material.layout.shape)}")
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
    """Drawings for nobody: attributes of real items by chance, or none."""
    rng = generator(0, "drawings by chance")
    conditions = asked(scene, rng.choice(len(scene.material.rows), n))
    drawn = [scene.gan.sample(condition, 1, 0, first=at)[0].picture for at, condition in enumerate(conditions)]
    return np.stack([picture for picture in drawn if picture is not None])


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
        scene.gan, lambda frames: scene.vectors(frames) @ wish, DESIGNS, number, conditions=conditions, search=SEARCH
    )
    designs = np.stack([each.picture for each in found])
    told = scene.gan.sample(Condition(vectors={"behaviour": taste}), 8, number)
    tasted = np.stack([each.picture for each in told if each.picture is not None])
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
    chosen = [np.unique(place[each.liked.rows]) for each in scene.catalog.interactions.histories()]
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
    drawn, free = np.concatenate(designs), _anything(scene, DESIGNS * len(people))
    distances = {
        "designs": frechet(scene.judge.features(drawn), features),
        "by chance": frechet(scene.judge.features(chance[: len(drawn)]), features),
        "unconditional": frechet(scene.judge.features(free), features),
        "real": frechet(features[generator(0, "half").permutation(len(features))[: len(drawn)]], features),
    }
    held = scene.material.where("picture", held=True)
    sheets(drawn, free)
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
    return np.stack([each.picture for each in scene.gan.sample(ANYTHING, n, 1) if each.picture is not None])


def sheets(designs: Frames, free: Frames) -> None:
    """Sheets of pictures, to look at."""
    for name, pictures in (("designs", designs), ("unconditional", free)):
        (BUILD / f"design-{name}.png").write_bytes(samples(pictures[:64]))


def _lines(path: Path) -> list[dict[str, dict[str, dict[str, dict[str, float]]]]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=60, help="how many people")
    parser.add_argument("--minutes", type=float, default=15, help="of the GAN's training, by the clock")
    parser.add_argument("--longer", type=int, default=64, help="longer side of the pictures")
    given = parser.parse_args()
    torch.set_num_threads(1)
    scene = opened(given.minutes, given.longer)
    watch = Stopwatch()
    result = measured(scene, given.people)
    for name, kind in (("means", "mean over people"), ("shares", "share of people"), ("fd_own", "FD-own")):
        figures = result[name]
        if isinstance(figures, dict):
            show(f"{kind}, {result['people']} people", [{"": key, "value": value} for key, value in figures.items()])
    print(result["judge on held-out real"], result["judge on drawings by chance"])
    store("design", {"longer": given.longer, **result, "processor_minutes": watch.processor / 60})


if __name__ == "__main__":
    main()
