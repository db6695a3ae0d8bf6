"""Beside cornac and implicit: the same data, the same parts, our metrics on their scores; quality and seconds.

    pip install -e '.[bench]'
    python benchmarks/bench_peers.py                      # TikTok: interactions, and features for VBPR

Everything learns the training part, and everything has its settings chosen by Recall@20 or NDCG@20 on the validation
part: ours choose by themselves, the libraries' models among the settings below. One thread each. ``fit s`` is processor
time of one fit with the settings that were chosen (ours still choose the epoch in it), ``all s`` that of the whole row:
reading, choosing, fitting, ranking.
The libraries' models of people (ALS, BPR, VBPR, VAECF) answer people of the training only, by their own factors; ours
answer from histories. Budget: 20 minutes on one core.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Protocol

import numpy as np
from scipy.sparse import csr_matrix

from common import Lines, show
from given import Measured, judged, on_validation, options, tiktok, unfitted, wanted
from rows import keep
from tastemaker.core.types import Floats, Ints, UserId
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.protocols import Protocol as Given
from tastemaker.evaluation.rankers import Ranker, from_recommender, from_scores

Score = Callable[[Ints], Floats]
"""Numbers of people -> scores of all items."""
Settings = Mapping[str, float]
Trained = tuple[Score, float]

OURS: Mapping[str, Mapping[str, object]] = {
    "ease": {}, "item-knn": {}, "rp3beta": {}, "als": {}, "bpr": {}, "lightgcn": {"epochs": 15},
    "mult-vae": {"epochs": 25}, "vbpr": {}, "graph-filter": {},
}  # fmt: skip
THEIRS: dict[str, dict[str, Sequence[float]]] = {
    "implicit ALS": {"alpha": (5, 20), "regularization": (1, 10, 50)},
    "implicit BPR": {"regularization": (0.01, 0.03), "iterations": (20, 40, 80)},
    "implicit item-kNN (cosine)": {"K": (100, 300)},
    "implicit item-kNN (BM25)": {"K": (100, 300), "B": (0.25, 0.75)},
    "cornac EASE": {"lamb": (30, 100, 300)},
    "cornac BPR": {"learning_rate": (0.01, 0.05), "max_iter": (50, 150)},
    "cornac VBPR": {"learning_rate": (0.005,), "n_epochs": (5, 20)},
    "cornac VAECF": {"beta": (0.2,), "n_epochs": (30,)},
}
VERSION = 2  # of the rows below
OF_PEOPLE = ("implicit ALS", "implicit BPR", "cornac BPR", "cornac VBPR", "cornac VAECF")
"""Models that know people by number: whom they are asked about is found by name, in both parts."""
SAME = (
    ("ease", "cornac EASE"), ("item-knn", "implicit item-kNN (cosine)"), ("item-knn", "implicit item-kNN (BM25)"),
    ("als", "implicit ALS"), ("bpr", "implicit BPR"), ("bpr", "cornac BPR"), ("vbpr", "cornac VBPR"),
    ("mult-vae", "cornac VAECF"),
)  # fmt: skip


def ours(method: str, settings: Mapping[str, object], seed: int) -> dict[str, object]:
    """One of ours: fit, then fit again with what was chosen, to tell the fit from the choice."""
    given = tiktok()
    model = unfitted(method, settings, 0).fit(given.train, None, Lines(), given.validation)
    begun = time.process_time()
    again = type(model)(model.settled).fit(given.train, None, validation=given.validation)
    seconds = round(time.process_time() - begun, 2)
    ranker = from_recommender(again, given.train.alive, seed=seed)
    frozen = {"method": method, **model.settled.model_dump(mode="json")}
    found = {"settled": frozen, "fit_seconds": seconds, "validation": on_validation(given, ranker)}
    return found | judged(given, ranker, frozen, seed)


def theirs(name: str, grid: Mapping[str, Sequence[float]], seed: int, version: int = 1) -> dict[str, object]:
    """One of theirs: the settings of the grid that rank the validation part best."""
    del version
    given = tiktok()
    tried: list[tuple[float, Settings, float]] = []
    for values in product(*grid.values()):
        settings = dict(zip(grid, values, strict=True))
        score, seconds = TRAINERS[name.split(" (")[0]](given, settings, name)
        ranker = _known(given, score, seed)
        tried.append((on_validation(given, ranker), settings, round(seconds, 2)))
        if tried[-1][0] >= max(value for value, _, _ in tried):
            best, (value, chosen, cost) = ranker, tried[-1]
    found = {"settled": chosen, "fit_seconds": cost, "validation": value}
    found["tried"] = [{"settings": s, "validation": v, "seconds": t} for v, s, t in tried]
    return found | judged(given, best, {"method": name, **chosen}, seed)


def implicit_als(given: Given, settings: Settings, name: str) -> Trained:
    """64 factors, 15 rounds, exact."""
    del name
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=64, iterations=15, use_cg=False, num_threads=1, random_state=0, **settings
    )  # fmt: skip
    return _implicit(given, model)


def implicit_bpr(given: Given, settings: Settings, name: str) -> Trained:
    """64 factors."""
    del name
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    return _implicit(
        given, BayesianPersonalizedRanking(factors=64, learning_rate=0.05, num_threads=1, random_state=0, **settings)
    )  # fmt: skip


class _Factors(Protocol):
    """A model of implicit with a vector a person and a vector an item."""

    user_factors: Floats
    item_factors: Floats

    def fit(self, user_items: csr_matrix, *, show_progress: bool) -> None: ...


def _implicit(given: Given, model: _Factors) -> Trained:
    people = given.train.interactions.matrix()
    seconds = _timed(lambda: model.fit(people, show_progress=False))
    return (lambda users: model.user_factors[users] @ model.item_factors.T), seconds


def implicit_knn(given: Given, settings: Settings, name: str) -> Trained:
    """Cosine or BM25."""
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender

    kind = BM25Recommender if "BM25" in name else CosineRecommender
    model = kind(num_threads=1, **settings)
    people = given.train.interactions.matrix().astype(np.float64)
    seconds = _timed(lambda: model.fit(people, show_progress=False))
    return (lambda users: np.asarray((people[users] @ model.similarity).todense(), np.float32)), seconds


def cornac_model(given: Given, settings: Settings, name: str) -> Trained:
    """EASE, BPR, VBPR and VAECF; 64 factors where it has factors."""
    import cornac
    from cornac.data import Dataset, ImageModality

    events = given.train.interactions
    triples = [
        (f"u{user}", f"i{row}", 1.0) for user, row in zip(events.user.tolist(), events.row.tolist(), strict=True)
    ]
    train = Dataset.from_uir(triples, seed=0)
    ids = {"user": dict(train.uid_map), "item": dict(train.iid_map)}  # numbered by first appearance
    model = {
        "cornac EASE": lambda: cornac.models.EASE(posB=False, verbose=False, **settings),
        "cornac BPR": lambda: cornac.models.BPR(k=64, lambda_reg=0.01, num_threads=1, seed=0, **settings),
        "cornac VBPR": lambda: cornac.models.VBPR(k=32, k2=32, batch_size=512, verbose=False, seed=0, **settings),
        "cornac VAECF": lambda: cornac.models.VAECF(k=64, autoencoder_structure=[256], seed=0, **settings),
    }[name]()
    if name == "cornac VBPR":
        order = sorted(ids["item"], key=ids["item"].__getitem__)
        matrix = np.hstack([given.train.features[part] for part in sorted(given.train.features)])
        images = ImageModality(features=matrix[[int(item[1:]) for item in order]], ids=order, normalized=True)
        images.build(id_map=train.iid_map)
        train.add_modalities(item_image=images)
    seconds = _timed(lambda: model.fit(train))
    place = np.array([ids["item"].get(f"i{row}", -1) for row in range(events.n_rows)], np.int64)

    def score(users: Ints) -> Floats:
        out = np.full((len(users), len(place)), -np.inf, np.float32)
        for line, user in enumerate(users.tolist()):
            out[line, place >= 0] = np.asarray(model.score(ids["user"][f"u{user}"])).ravel()[place[place >= 0]]
        return out

    return score, seconds


TRAINERS: dict[str, Callable[[Given, Settings, str], Trained]] = {
    "implicit ALS": implicit_als, "implicit BPR": implicit_bpr, "implicit item-kNN": implicit_knn,
    "cornac EASE": cornac_model, "cornac BPR": cornac_model, "cornac VBPR": cornac_model, "cornac VAECF": cornac_model,
}  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _known(given: Given, score: Score, seed: int) -> Ranker:
    """People by name; whom the library does not know it cannot answer."""
    number = {name: user for user, name in enumerate(given.train.interactions.people)}
    there = set(given.train.interactions.user.tolist())

    def scores(cases: Sequence[Case], candidates: Ints) -> Floats:
        users = np.array([number[UserId(case.key)] for case in cases], np.int64)
        known = np.array([user in there for user in users.tolist()], np.bool_)
        out = np.full((len(cases), len(candidates)), -np.inf, np.float32)
        if known.any():
            out[known] = score(users[known])[:, candidates]
        return out

    return from_scores(scores, given.train.alive, seed=seed)


def row(name: str, seed: int) -> Measured:
    """Measured now or before."""
    if name in OURS:
        return Measured.run(f"{name} {seed}", ours, name, OURS[name], seed)
    version = (VERSION,) if name in OF_PEOPLE else ()
    return Measured.run(f"{name} {seed}", theirs, name, THEIRS[name], seed, *version)


def line(name: str, of: Measured) -> dict[str, object]:
    """A row as it is printed."""
    return of.line(name, ("recall@20", "ndcg@20"), **{"fit s": of.row["fit_seconds"]})


def main() -> None:
    """Measure what is missing, print the table, keep it."""
    args = options(__doc__, (*OURS, *THEIRS)).parse_args()
    table = {name: row(name, args.seed) for name in wanted((*OURS, *THEIRS), args)}
    show("TikTok, test part", [line(name, of) for name, of in table.items()])
    pairs = [(ours_, theirs_) for ours_, theirs_ in SAME if {ours_, theirs_} <= set(table)]
    gaps = {f"{first} - {second}": table[first].less(table[second], "recall@20") for first, second in pairs}
    show("Ours less theirs, R@20, paired", [{"pair": pair, "gap": gap} for pair, gap in gaps.items()])
    missing = [name for name in (*OURS, *THEIRS) if name not in table]
    keep("peers", {"rows": {name: of.kept for name, of in table.items()}, "gaps": gaps}, missing, args.seed)


if __name__ == "__main__":
    main()
