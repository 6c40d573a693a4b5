"""Whatever is sent to the API, it answers as its OpenAPI description says, and never with 500.

Schemathesis makes the requests: valid ones, and such as break each rule of the description.
"""

from collections.abc import Callable

import pytest

pytest.importorskip("schemathesis", reason="needs: pip install 'gnomon[dev]'")

from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode, SerializationContext, openapi, serializer
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from submissions_made_up import accepted, entered

from gnomon.leaderboard.server.application import OPENAPI, make_application
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tokens import SCOPES, make_token

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@serializer("application/zip")
def zip_bytes(context: SerializationContext, value: bytes) -> bytes:
    """The bytes that were drawn, as they are."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
def app(open_at: Callable[..., Service]) -> FastAPI:
    """With something in it, and no limits of rate."""
    service = open_at(requests_a_second=1e6, burst=10**6, changes_a_minute=1e6)
    for number, id in enumerate(accepted(service, 1, 2)):
        entered(service, id, *(("received", "structural", "rejected")[: 3 - number]))
    return make_application(service)


@pytest.mark.slow  # some hundred requests
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "anonymous"])
def test_the_api_is_as_it_describes_itself(app: FastAPI, is_signed: bool, mode: GenerationMode) -> None:
    secret, _ = make_token(app.state.service, "ada", sorted(SCOPES), 1)
    headers = {"Authorization": f"Bearer {secret}"} if is_signed else {}
    found = list(openapi.from_asgi(OPENAPI, app).get_all_operations())
    operations = [operation.ok() for operation in found if isinstance(operation, Ok)]
    assert len(operations) == len(found) == 14
    for operation in operations:

        @BOUNDED
        @given(operation.as_strategy(generation_mode=mode))
        def answers_as_described(case: Case) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        answers_as_described()
