"""The whole OpenAPI, asked at random: valid and broken requests to every route, each answer judged by the contract."""

from collections import Counter

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

KEY = "operator-of-the-fuzzed"
KNOWN = {
    "item": "red-circle-0", "item_id": "blue-square-1", "user": "person-00",
    "items": ["red-circle-0", "blue-circle-0"], "history": ["red-circle-0"], "exclude": ["red-circle-1"],
    "where": "price < 80 and colour = red", "text": "red circle", "parts": ["search"], "split": "time",
}  # fmt: skip
"""What the fuzzed shop has: every other documented request asks for it, since nobody guesses an id by chance."""
PATIENCE = 300
"""Seconds: what a route needs for the first time may have to be loaded, on a machine that does other things too."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def ask_everything(app, each):
    """Ask every operation so many times, half of it as documented and half not.

    Args:
        app: the service, with ``KEY`` as its operator's key.
        each: cases for one operation and kind.

    Returns:
        How many cases were asked by status, and every kind of failure with one request that shows it.
    """
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json", app, headers={"Authorization": f"Bearer {KEY}", "Host": "127.0.0.1"}
    )
    statuses, failures = Counter(), {}
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _ask(app, operation, mode, each, statuses, failures)
    return statuses, failures


def _ask(app, operation, mode, each, statuses, failures):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def one(case):
        if mode is GenerationMode.POSITIVE and sum(statuses.values()) % 2:
            for part in (case.query, case.path_parameters, case.body):
                _name(part, operation.label)
        answer = case.call(headers={"Authorization": f"Bearer {KEY}", "Host": "127.0.0.1"}, timeout=PATIENCE)
        statuses[answer.status_code] += 1
        for tenant in app.tenants:
            tenant.jobs.stop()  # what a random request began need not be done to its end
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                shown = f"{failure.title}: {failure.message[:300]}"
                failures.setdefault(
                    (operation.label, answer.status_code, failure.title), (shown, case.as_curl_command())
                )

    try:
        one()
    except Unsatisfiable:  # a route without anything to ask cannot be asked wrongly
        assert mode is GenerationMode.NEGATIVE


def _name(part, label):
    """Put names of things that are there into a request, where it names things."""
    for name in list(part) if isinstance(part, dict) else []:
        if name in KNOWN and not (name == "items" and label == "POST /add"):
            part[name] = KNOWN[name]
