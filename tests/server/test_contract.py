"""The contract: an example for everything that can be asked and answered, each of the shape it shows."""

import jsonschema_rs
import pytest

from tastemaker.server.app import create_app
from tastemaker.server.examples import operations
from tests.server.fuzzing import KEY, ask_everything


@pytest.fixture(scope="module")
def contract():
    return create_app(None).openapi()


def resolved(contract, schema):
    """The schema behind a reference; of a choice the first that is not null."""
    while "$ref" in schema or "anyOf" in schema:
        name = schema.get("$ref", "").rpartition("/")[2]
        schema = contract["components"]["schemas"][name] if name else schema["anyOf"][0]
    return schema


def example_of(contract, part):
    """The example of a body or an answer; of a list the one of its entries."""
    schema = resolved(contract, part.get("schema", {}))
    inside = resolved(contract, schema.get("items", {}))
    found = [
        part[place][0] if place == "examples" else part[place] for place in ("example", "examples") if place in part
    ]
    found += [where["example"] for where in (schema,) if "example" in where]
    return found[0] if found else [inside["example"]] if "example" in inside else None


def test_every_parameter_and_body_and_answer_has_an_example(contract):
    missing = []
    for label, operation in operations(contract):
        missing += [f"{label}: {p['name']}" for p in operation.get("parameters", []) if "example" not in p]
        sent = operation.get("requestBody", {}).get("content", {})
        told = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
        for kind, part in (*sent.items(), *told.get("content", {}).items()):
            if not kind.startswith(("image/", "multipart/")) and example_of(contract, part) is None:
                missing.append(f"{label}: {kind}")
    assert not missing, f"{missing}: server/examples.py has the examples"


def test_examples_are_of_the_shape_they_show(contract):
    for label, operation in operations(contract):
        sent = operation.get("requestBody", {}).get("content", {})
        told = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
        for kind, part in (*sent.items(), *told.get("content", {}).items()):
            if kind == "application/json" and example_of(contract, part) is not None:
                whole = {**part["schema"], "components": contract["components"]}
                problem = next(jsonschema_rs.iter_errors(whole, example_of(contract, part)), None)
                assert problem is None or "base64" in str(problem), (label, str(problem))
        for parameter in operation.get("parameters", []):
            problem = next(jsonschema_rs.iter_errors(parameter["schema"], parameter["example"]), None)
            assert problem is None, (label, parameter["name"], str(problem))


def test_every_route_says_its_scope(contract):
    open_to_all = {"GET /healthz", "GET /readyz"}
    for label, operation in operations(contract):
        scopes = [scope for entry in operation.get("security", []) for scope in entry["APIKeyHeader"]]
        assert len(scopes) == (label not in open_to_all), label


def asked(shop, each):
    from tastemaker.server import ServerSettings

    statuses, failures = ask_everything(create_app(shop, ServerSettings.read({"api_key": KEY})), each)
    shown = "\n".join(f"{where}: {what}\n    {how}" for where, (what, how) in failures.items())
    assert not failures, shown
    assert {200, 202, 400, 404, 422} <= set(statuses)  # the routes were reached, and reached wrongly
    assert not any(status >= 500 or status in (401, 403) for status in statuses), statuses
    return sum(statuses.values())


def test_whatever_is_asked_the_answer_is_in_the_contract(shop):
    assert asked(shop, 4) >= 300


@pytest.mark.slow
def test_five_thousand_requests_are_answered_as_documented(shop):
    assert asked(shop, 66) >= 5_000
