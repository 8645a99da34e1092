"""The OpenAPI document of the HTTP API, made of the questions and of the schemas of their answers."""

from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from chatdata.services.programs import schemas
from chatdata.services.programs.door import NOTICE
from chatdata.services.programs.questions import (
    DiffQuestion,
    ExplainQuestion,
    HealthQuestion,
    LintQuestion,
    PayloadQuestion,
    ProgramQuestion,
    ScanQuestion,
    SessionQuestion,
    SessionsQuestion,
    UsageQuestion,
    schema_of,
)
from chatdata.settings.version import tool_version

BASE = "/api/v1"
_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "A parameter is wrong; `parameters` says what is expected.",
    HTTPStatus.UNAUTHORIZED: "No sign-in, or a token that is wrong, expired or revoked.",
    HTTPStatus.FORBIDDEN: "The role or the view does not allow this, or the request comes from another origin.",
    HTTPStatus.NOT_FOUND: "There is no such session, or no scan.",
    HTTPStatus.SERVICE_UNAVAILABLE: "A store does not answer; `unavailable` names it.",
}


@dataclass(frozen=True, slots=True)
class ApiResource:
    """One resource of the API."""

    name: str
    """The last part of its path, which is the name of the command with the same document."""
    summary: str
    question: type[ProgramQuestion]
    document: schemas.Schema
    takes_body: bool = False
    """Whether its parameters may also be sent as a JSON object by POST, where they are too long for an address."""


RESOURCES: tuple[ApiResource, ...] = (
    ApiResource(
        "sessions", "List sessions, or find the one that a text points to.", SessionsQuestion, schemas.SESSIONS
    ),
    ApiResource("show", "Read a copy of a session.", SessionQuestion, schemas.SHOW),
    ApiResource("diff", "Compare both copies of a session.", DiffQuestion, schemas.DIFF),
    ApiResource("lint", "Check the payload of a session against providers.", LintQuestion, schemas.LINT),
    ApiResource("explain", "Explain a provider's error.", ExplainQuestion, schemas.EXPLAIN, takes_body=True),
    ApiResource("payload", "Get what a model is sent.", PayloadQuestion, schemas.PAYLOAD),
    ApiResource("usage", "Count sessions, messages, tool calls and tokens.", UsageQuestion, schemas.USAGE),
    ApiResource("scan", "Get the last complete scan.", ScanQuestion, schemas.SCAN),
    ApiResource("check", "Ask whether the stores answer.", HealthQuestion, schemas.CHECK),
)


@cache
def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document that /api/v1/openapi.json serves."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Conversation Inspector",
            "version": tool_version(),
            "description": f"Read-only. The documents are those of the command line with --json. {NOTICE} Long texts "
            "and lists are cut; `truncated` has a pointer to each, with which the same question returns the rest.",
        },
        "servers": [{"url": BASE}],
        "security": [{"token": []}, {}],
        "paths": {f"/{resource.name}": _path(resource) for resource in RESOURCES},
        "components": {
            "schemas": {"Problem": schemas.PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _path(resource: ApiResource) -> dict[str, Any]:
    schema = schema_of(resource.question)
    parameters = [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), **_described(described)}
        for name, described in schema["properties"].items()
    ]
    operations = {"get": _operation(resource, resource.name) | {"parameters": parameters}}
    if resource.takes_body:
        body = {"required": True, "content": {"application/json": {"schema": schema}}}
        posted = _operation(resource, f"{resource.name}-sent")
        posted["responses"]["413"] = _problem("The body is longer than 1,048,576 bytes.")
        operations["post"] = posted | {"requestBody": body}
    return operations


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    description = schema.get("description", "")
    rest = {key: value for key, value in schema.items() if key != "description"}
    return {"description": description, "schema": rest}


def _operation(resource: ApiResource, name: str) -> dict[str, Any]:
    tag = {"ETag": {"description": "Stays the same while the answer does.", "schema": schemas.TEXT}}
    content = {"application/json": {"schema": schemas.answer(resource.document)}}
    responses: dict[str, Any] = {
        "200": {"description": "The document.", "headers": tag, "content": content},
        "304": {"description": "Nothing has changed since the answer with the ETag of If-None-Match."},
    }
    responses |= {str(status.value): _problem(meaning) for status, meaning in _PROBLEMS.items()}
    return {"operationId": name, "summary": resource.summary, "responses": responses}


def _problem(meaning: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": meaning, "content": content}
