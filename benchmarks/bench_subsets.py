"""Any modality in, any out: what trained generators make of fashion products that they have not learned from.

    python benchmarks/bench_subsets.py            # every generator that bench_imagine.py has trained
    python benchmarks/bench_subsets.py --rows "diffusion-joint|diffusion-conditional"

150 products held back are the questions. Each subset of *photo*, *words* (their vector in the shop's space) and
*attributes* that a generator reads is given to it; what it draws is judged against the product itself: kind and colour
of the picture by the judge of ``bench_imagine.py``, the drawn vector of words by the place of the product's own among
the 150 (R@10), drawn attributes by what the product has. *Coherence*: cosine, in the space, of a drawn picture and the
words drawn with it, beside that of the words drawn with another picture. A diffusion that reads a photo as a vector is
given the vector; from pixels the others draw the photo again.

Beside them: the products' own photos, words and attributes (*the product itself*), the space's own answer from the
photo to the words, and the commonest attributes. One seed. Budget: twenty minutes of one core, most of it diffusion.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations

import numpy as np
import torch
from PIL import Image

import given
import rows
from common import fashion_space, show
from drawing import drawn, frames_of, generator, judge, judge_name, stored
from materials import fashion_material
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.core.seeds import generator as chance
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.frames import Frames
from tastemaker.evaluation.drawn_figures import agreement
from tastemaker.generators.base import Condition, Drawn
from tastemaker.generators.material import Material

PLAIN = "plain"
EVERY = ("gan-conditional", "gan-multimodal", "vae-multimodal", "vae-contrastive", "diffusion-conditional",
         "diffusion-joint", PLAIN)  # fmt: skip
LOOKS_AT_VECTORS = ("diffusion-conditional",)
ASKED, K = 150, 10
KIND, COLOUR = "articleType", "baseColour"
PARTS = {"picture": "photo", "text": "words", "attributes": "attributes"}
Line = dict[str, object]


def measure(name: str, artefact: str, judged: str, seed: int) -> dict[str, object]:
    """All subsets of one generator.

    Args:
        name: of the generator.
        artefact: which training of it.
        judged: which judge.
        seed: of the drawings, and of the generator.
    """
    del artefact, judged
    material, made = fashion_material(), generator(name, seed)
    places = _asked(material)
    able = [part for part in PARTS if part in made.modalities_in]
    lines = []
    for subset in _subsets(able):
        conditions = [_condition(material, place, subset, pixels=name not in LOOKS_AT_VECTORS) for place in places]
        found = drawn(made, conditions, seed)
        told = {"given": " + ".join(PARTS[part] for part in subset) or "nothing"}
        lines.append(told | judged_by(material, places, found))
    return {"lines": lines}


def judged_by(material: Material, places: Ints, found: Sequence[Drawn]) -> Line:
    """What was drawn, beside the products. Shapes: places (n,), n drawings."""
    line: Line = {}
    frames, words = frames_of(found), [one.vectors["text"] for one in found if "text" in one.vectors]
    if len(frames):
        said = judge().accuracy(frames, material.codes[places])
        line |= {"picture: kind": said[KIND], "picture: colour": said[COLOUR]}
    if words:
        line["words: R@10"] = _recall(np.stack(words), material.vectors["text"][places])
    if any(one.attributes for one in found):
        for name in (KIND, COLOUR):
            own = [material.layout.values(codes).get(name) for codes in material.codes[places]]
            pairs = [(one.attributes.get(name), value) for one, value in zip(found, own, strict=True) if value]
            line[f"attributes: {'kind' if name == KIND else 'colour'}"] = float(np.mean([a == b for a, b in pairs]))
    if len(frames) and words:
        own_pair, other_pair = agreement(_embedded(frames), np.stack(words))
        line |= {"coherence": own_pair, "of others": other_pair}
    return line


def plain(judged: str) -> dict[str, object]:
    """The products themselves, the space's own answer, and the commonest attributes."""
    del judged
    material = fashion_material()
    places = _asked(material)
    words = material.vectors["text"]
    itself = [
        Drawn(
            at, material.frames[place], {"text": words[place]}, attributes=material.layout.values(material.codes[place])
        )
        for at, place in enumerate(places.tolist())
    ]
    learned = material.codes[material.where("attributes")]
    commonest = np.array([np.bincount(column[column > 0]).argmax() for column in learned.T])
    same = Drawn(0, attributes=material.layout.values(commonest))
    return {
        "lines": [
            {"given": "the product itself"} | judged_by(material, places, itself),
            {
                "given": "photo, by the space",
                "words: R@10": _recall(material.vectors["picture"][places], words[places]),
            },
            {"given": "commonest"} | judged_by(material, places, [same] * len(places)),
        ]
    }


def _asked(material: Material) -> Ints:
    """Products held back that have a photo, words and attributes. Shapes: -> (150,)."""
    held = [material.where(part, held=True) for part in ("picture", "text", "attributes")]
    both = np.intersect1d(np.intersect1d(held[0], held[1]), held[2])
    return chance(0, "asked").permutation(both)[:ASKED]


def _subsets(parts: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return chain.from_iterable(combinations(parts, many) for many in range(len(parts) + 1))


def _condition(material: Material, place: int, subset: Sequence[str], *, pixels: bool) -> Condition:
    wanted = [part for part in subset if part == "text" or (part == "picture" and not pixels)]
    return Condition(
        material.layout.values(material.codes[place]) if "attributes" in subset else {},
        {part: material.vectors[part][place] for part in wanted},  # type: ignore[index, misc]
        material.frames[place] if "picture" in subset and pixels else None,
    )


def _recall(drawn_words: Floats, right: Floats) -> float:
    """Share of the drawn vectors whose own product is among the ten nearest. Shapes: both (n, dim)."""
    alike = drawn_words @ right.T
    return float(((alike > np.diag(alike)[:, None]).sum(1) < K).mean())


def _embedded(frames: Frames) -> Floats:
    kept = fashion_space()
    space = ContrastiveSpace.restore(kept.config, kept.tensors())
    return space.embed_pictures([Image.fromarray(frame) for frame in frames])


def main() -> None:
    """Measure and print."""
    asked = given.options(__doc__, EVERY).parse_args()
    torch.set_num_threads(1)
    judge()
    found: dict[str, Mapping[str, object]] = {}
    for name in given.wanted(EVERY, asked):
        if name == PLAIN:
            found[name] = rows.run(name, plain, judge_name())
        elif (kept := stored(name, asked.seed)) is not None:
            found[name] = rows.run(f"{name} {asked.seed}", measure, name, kept.name, judge_name(), asked.seed)
    table = [{"generator": name, **line} for name, row in found.items() for line in row["lines"]]  # type: ignore[attr-defined]
    show("any in, any out", table)
    missing = [name for name in EVERY if name not in found]
    rows.keep("subsets", {"seed": asked.seed, "asked": ASKED, "table": table}, missing, asked.seed)


if __name__ == "__main__":
    main()
