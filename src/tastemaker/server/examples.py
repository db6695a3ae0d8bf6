"""Examples for OpenAPI: of every parameter by its name, of every answer by its model or, where that is open, its route.

Those of requests stand with their models (``server.requests``), because they are the same in a query and in a body.
"""

from collections.abc import Iterator
from typing import TypeAlias, cast

from tastemaker.core.wire import Json

Node: TypeAlias = dict[str, Json]
JOB: Node = {
    "id": "f5f19656a48b",
    "verb": "fit",
    "state": "running",
    "begun": 1772366400.0,
    "ended": None,
    "steps": [{"task": "space", "done": 3, "total": 12, "seconds": None, "metrics": {"loss": 2.31}}],
    "notes": [],
    "problem": None,
    "result": None,
}
FACET: Node = {"name": "colour", "op": "=", "value": "red", "hard": False, "label": "colour: red"}
CREATIVE: Node = {
    "name": "77cb63db930edf056ad4",
    "format": "banner",
    "layout": "aside-tint",
    "width": 1600,
    "height": 600,
    "items": ["sku-7"],
    "facts": [{"text": "Linen dress in red", "field": "title", "item": "sku-7", "cut": False}],
    "leads": [],
    "contrast": 6.5,
    "made": 1772366400.0,
    "decisions": [],
    "state": "waiting",
    "outdated": [],
}
PARAMETERS: Node = {
    "user": "u42",
    "item": "sku-7",
    "item_id": "sku-7",
    "items": ["sku-7", "sku-9"],
    "history": ["sku-7"],
    "exclude": ["sku-8"],
    "ignore": ["colour: red"],
    "text": "linen dress in red",
    "change": "but longer",
    "where": "price < 80",
    "k": 5,
    "explain": True,
    "looks": True,
    "width": 240,
    "days": 7,
    "state": "waiting",
    "kind": "png",
    "GET /past kind": "like",
    "limit": 20,
    "name": "sku-7.webp",
    "key": "Zk3v0QmS1xUe",
    "session": "v1Tn0c3bQkqf6mJ2sZ8e9w",
    "job_id": "f5f19656a48b",
}
MODELS: dict[str, Json] = {
    "JobOut": JOB,
    "ConversationOut": {
        "turn": 2,
        "person": "u42",
        "budget": 90.0,
        "liked": ["sku-7"],
        "disliked": [],
        "shown": ["sku-7", "sku-9"],
        "listed": [],
        "facets": [{**FACET, "turn": 1, "confidence": 0.9, "source": "words"}],
    },
    "EventsOut": {"accepted": 1, "duplicates": 1, "unknown_items": 0, "refused": [{"place": 2, "why": "no user"}]},
    "VersionOut": {
        "id": "0ffab5cd", "made": 1772366400.0, "current": True, "parts": {"space": "space-1b4bbfbf0f69dd28"},
    },
    "MethodOut": {"kind": "recommender", "name": "ease", "figure": "-", "source": "Steck 2019, eq. 8"},
    "Health": {"status": "ready", "items": 20000, "fitted": True},
    "Removed": {"removed": 2},
    "ItemOut": {
        "id": "sku-7",
        "title": "Linen dress in red",
        "text": "Light, with pockets.",
        "images": ["sku-7.webp"],
        "price": 59.0,
        "available": True,
        "department": "fashion",
        "attributes": {"colour": "red", "material": "linen"},
    },
}  # fmt: skip
EXPLAINED: Node = {
    "item": "sku-7",
    "title": "Linen dress in red",
    "user": "u42",
    "place": 2,
    "reasons": [
        {"source": "history", "sentence": "because you liked a linen shirt", "weight": 1.0, "items": ["sku-9"],
         "attributes": {}},
    ],
    "sources": {"ease": 2.1, "popularity": 0.9},
    "missing": [],
    "notes": [],
    "looks": None,
}  # fmt: skip
ROUTES: Node = {
    "GET /explain": EXPLAINED,
    "POST /explain": EXPLAINED,
    "POST /add": {"added": 1, "updated": 0, "events": 0, "duplicates": 0, "unknown_items": 0, "refusals": []},
    "GET /check": {"items": 20000, "people": 4100, "events": 91000, "refusals": [], "ok": True},
    "GET /doctor": {"python": "3.11.7", "database": "ok", "artefacts": {"space": True}, "advice": []},
    "GET /drift": {
        "since": 1772366400.0,
        "why": "the newest event of the last fit",
        "before": {"events": 91000, "people": 4100, "items": 18200},
        "after": {"events": 6100, "people": 870, "items": 4300},
        "shifts": [
            {
                "what": "prices",
                "psi": 0.31,
                "js": 0.05,
                "chance": 0.02,
                "verdict": "drifted",
                "changes": [{"name": "40.00 to 60.00", "before": 0.1, "after": 0.24}],
            },
        ],
        "new_people": 0.2,
        "new_items": 0.08,
        "items_since_fit": 12,
        "advice": ["prices have drifted: `tastemaker refit` learns anew"],
    },
    "GET /past": [
        {"user": "u42", "item": "sku-7", "kind": "buy", "value": None, "time": 1772366400.0, "id": "e-1", "token": ""},
    ],
    "POST /forget": {"forgotten": 3},
    "GET /creative": [CREATIVE],
    "GET /creative/{name}": CREATIVE,
    "POST /creative/{name}/decision": {**CREATIVE, "state": "approved"},
    "GET /metrics": "# TYPE tastemaker_items gauge\ntastemaker_items 20000\n",
    "POST /chat": 'event: session\ndata: {"session": "v1Tn0c3bQkqf6mJ2sZ8e9w"}\n\n',
    "GET /jobs/{job_id}/stream": 'data: {"id": "f5f19656a48b", "verb": "fit", "state": "running"}\n\n',
}


def operations(schema: Node) -> Iterator[tuple[str, Node]]:
    """Every operation of a contract, as ``GET /items/{item_id}``."""
    for path, methods in cast("dict[str, dict[str, Node]]", schema["paths"]).items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def put_in(schema: Node) -> Node:
    """The contract with its examples; what has one keeps it."""
    models = cast("dict[str, Node]", cast("Node", schema["components"])["schemas"])
    for name, example in MODELS.items():
        if name in models:
            models[name].setdefault("example", example)
    for label, operation in operations(schema):
        for parameter in cast("list[Node]", operation.get("parameters", [])):
            name = str(parameter["name"])
            if name in PARAMETERS:
                parameter.setdefault("example", PARAMETERS.get(f"{label} {name}", PARAMETERS[name]))
        answers = cast("dict[str, Node]", operation["responses"])
        content = cast("dict[str, Node]", answers.get("200", {}).get("content", {}))
        if label in ROUTES:
            for kind in content.values():
                kind.setdefault("example", ROUTES[label])
    return schema
