"""Runs fitted methods over cases and makes the report. Popularity and random always stand in the table."""

from collections.abc import Mapping, Sequence

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.progress import Observer, silent
from tastemaker.evaluation import rankers
from tastemaker.evaluation.cases import Truth
from tastemaker.evaluation.judge import Judge
from tastemaker.evaluation.rankers import Ranker
from tastemaker.evaluation.report import Report


def evaluate(
    truth: Truth,
    catalog: Catalog,
    methods: Mapping[str, Ranker | Sequence[Ranker]],
    *,
    ks: Sequence[int] = (20,),
    seed: int = 0,
    vectors: ItemVectors | None = None,
    observer: Observer = silent,
) -> Report:
    """Rank every case with every method, and say how good the rankings are and how sure that is.

    Args:
        truth: the cases.
        catalog: what the methods were fitted on; its events make the popularity baseline.
        methods: by the name of their rows; a list is one method trained with several seeds. ``popularity`` and
            ``random`` are added when they are not among them.
        ks: lengths of the ranking to judge, each 1 or more.
        seed: of the random baseline, of the order among equals and of the intervals.
        vectors: of the items, for the diversity of a ranking.
        observer: gets one task a method.

    Returns:
        One row a method, metric and k.

    Raises:
        InputError: there is no case, k is below 1, or a method breaks the rules of the case.
    """
    judge = Judge(truth, catalog, ks=ks, seed=seed, vectors=vectors)
    plain = {"popularity": rankers.popularity(catalog, seed=seed), "random": rankers.chance(catalog, seed=seed)}
    added = [name for name in plain if name not in methods]
    for name, method in methods.items():
        judge.add(name, method, observer)
    for name in added:
        judge.add(name, plain[name], observer)
    return judge.report({"baselines_added": " ".join(added)})
