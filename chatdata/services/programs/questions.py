"""What programs can ask, one model per question: its fields are the parameters of the HTTP API and of the tools.

Parameters have the names that the JSON documents have. A parameter that is not known is refused rather than ignored.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from chatdata.domain.copies import PrivacyLevel, Source
from chatdata.domain.dialects.writers import ApiFormat
from chatdata.domain.drift import Repair
from chatdata.domain.lint import Provider
from chatdata.domain.usage import TimeRange
from chatdata.services.answers.usage import By, moment
from chatdata.services.catalog import Sort
from chatdata.stores.database import MarkedEnd

LONGEST_ID = 1_000
LONGEST_ERROR = 100_000
MOST = 10**9
LAST_POSITION = 2**63 - 1
_Optional = SkipJsonSchema[None]
"""Left out of the schema: a parameter is not sent rather than null."""


def _moment(value: Any) -> date:
    try:
        return moment(value)
    except (TypeError, ValueError):
        raise ValueError("should be a date such as 2026-11-02 or a time such as 2026-11-02T14:30Z") from None


SessionId = Annotated[str, Field(min_length=1, max_length=LONGEST_ID, description="The session's ID.")]
ChosenSource = Annotated[
    Source | _Optional,
    Field(description="The copy: database or cache. Default: the database's, else the cached one."),
]
Words = Annotated[str, Field(max_length=500)]
Moment = Annotated[
    date,
    PlainValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}),
]


class ProgramQuestion(BaseModel):
    """What every question has."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True)
    name: ClassVar[str]
    """The name of the question, which is that of the command with the same document."""

    view: PrivacyLevel | _Optional = Field(
        None, description="How much is shown: structure (no text), masked or full, as far as the role allows it."
    )
    pointer: Annotated[str, Field(max_length=2_000)] | _Optional = Field(
        None,
        description="A JSON pointer from `truncated` of the answer to the same question: only the rest of this value "
        "is returned.",
    )
    offset: int = Field(0, ge=0, le=MOST, description="With pointer: the first character or item to return.")

    @property
    def session_ids(self) -> tuple[str, ...]:
        """The IDs of the sessions that the question names."""
        named = (getattr(self, name, None) for name in ("session_id", "other_id"))
        return tuple(dict.fromkeys(session_id for session_id in named if session_id))


class SessionsQuestion(ProgramQuestion):
    """Which sessions there are."""

    name = "sessions"
    user_id: Annotated[str, Field(max_length=LONGEST_ID)] | _Optional = Field(
        None, description="Only sessions of this user (view full)."
    )
    search: Words = Field(
        "", description="Only sessions that contain all of these words, in what the view shows (masked or full)."
    )
    chat_status: Annotated[str, Field(max_length=100)] | _Optional = Field(
        None, description="Only sessions with this status: idle, queued or running."
    )
    turns: MarkedEnd | _Optional = Field(
        None, description="Only sessions with a turn that failed, or that the user stopped."
    )
    tool: Words = Field("", description="Only sessions that called the tool of exactly this name.")
    text: Annotated[str, Field(max_length=10_000)] = Field(
        "",
        description="Instead of filters: a text that points to a session, such as an ID, an inspector URL, a cache "
        "key, a log line or a provider's error.",
    )
    sort: Sort = Field("active", description="Latest activity or start first, or most messages or tokens first.")
    limit: int = Field(20, ge=1, le=200, description="The most sessions to return.")
    cursor: Annotated[str, Field(max_length=5_000)] | _Optional = Field(
        None, description="`next_cursor` of the page before; the other parameters stay as they were."
    )


class SessionQuestion(ProgramQuestion):
    """What a copy of a session says."""

    name = "show"
    session_id: SessionId
    source: ChosenSource = None
    first: int = Field(0, alias="from", ge=0, le=LAST_POSITION, description="The first message's position.")
    limit: int = Field(20, ge=1, le=200, description="The most messages to return.")


class SessionsForAgents(SessionsQuestion):
    """Which sessions there are, at most as many as one answer of a tool has."""

    limit: int = Field(20, ge=1, le=20, description="The most sessions to return.")


class MessagesForAgents(SessionQuestion):
    """What a copy of a session says, at most as much as one answer of a tool has."""

    limit: int = Field(20, ge=1, le=20, description="The most messages to return.")


class DiffQuestion(ProgramQuestion):
    """How the copies of a session differ, or two sessions."""

    name = "diff"
    session_id: SessionId
    other_id: Annotated[str, Field(min_length=1, max_length=LONGEST_ID)] | _Optional = Field(
        None, description="Compare with this session instead: A is session_id, B is other_id."
    )
    source_a: ChosenSource = Field(None, description="With other_id: the copy of session_id.")
    source_b: ChosenSource = Field(None, description="With other_id: the copy of other_id.")


class LintQuestion(ProgramQuestion):
    """Which providers reject a session's payload."""

    name = "lint"
    session_id: SessionId
    source: ChosenSource = None
    last: Annotated[int, Field(ge=1, le=MOST)] | _Optional = Field(
        None, description="As if only the last N messages were sent, after the system messages."
    )
    provider: Provider | _Optional = Field(None, description="Check this provider only.")
    model: Annotated[str, Field(min_length=1, max_length=200)] | _Optional = Field(
        None, description="The model whose context window applies (default: INSPECTOR_MODEL)."
    )


class ExplainQuestion(ProgramQuestion):
    """What a provider's error means."""

    name = "explain"
    error: str = Field(
        min_length=1,
        max_length=LONGEST_ERROR,
        description="The error: bare, inside JSON, an SDK's exception, a gateway's answer or a log line.",
    )
    session_id: Annotated[str, Field(min_length=1, max_length=LONGEST_ID)] | _Optional = Field(
        None, description="The session whose request was refused; with it, the message is named."
    )
    source: ChosenSource = None


class PayloadQuestion(ProgramQuestion):
    """What a model is sent."""

    name = "payload"
    session_id: SessionId
    source: ChosenSource = None
    format: Literal["json"] | ApiFormat = Field(
        "json", description="The messages as they are sent (json), or the body that an API takes."
    )
    shown_as: Literal["body", "account"] = Field(
        "body", alias="as", description="With the format of an API: its body, or what became of each message."
    )
    last: Annotated[int, Field(ge=1, le=MOST)] | _Optional = Field(
        None, description="Keep only the last N messages, after the system messages."
    )


class UsageQuestion(ProgramQuestion):
    """How much was used."""

    name = "usage"
    by: By = Field("day", description="Group by.")
    since: Moment | _Optional = Field(None, description="Only sessions started at this date or time or later.")
    until: Moment | _Optional = Field(None, description="Only sessions started at this date or time or earlier.")
    period: TimeRange | _Optional = Field(
        None, description="Instead of since and until: the last 7, 30 or 90 days, or a time range by name."
    )
    user_id: Annotated[str, Field(max_length=LONGEST_ID)] | _Optional = Field(
        None, description="Only sessions of this user (view full)."
    )
    time_zone: Annotated[str, Field(max_length=100)] | _Optional = Field(
        None, description="The time zone of day boundaries, such as Europe/Berlin (default: TZ, else UTC)."
    )
    limit: int = Field(20, ge=1, le=10_000, description="The most rows to return; totals cover all sessions.")
    paid: bool = Field(False, description="What was really paid, beside list prices (view full).")


class ScanQuestion(ProgramQuestion):
    """What the last scan of the cache found."""

    name = "scan"


class HealthQuestion(ProgramQuestion):
    """Whether the stores answer."""

    name = "check"


class CacheHealthQuestion(ProgramQuestion):
    """Whether the stores answer, and what the last scan found."""

    name = "cache_health"


class RepairQuestion(ProgramQuestion):
    """What a repair would change."""

    name = "repair"
    session_id: SessionId
    action: Repair = Field(description="The repair; compare_copies suggests one.")
    seconds: Annotated[int, Field(ge=1, le=MOST)] | _Optional = Field(None, description="The TTL for keep_alive.")


class BadQuestion(ValueError):
    """This can't be asked; the message says what can."""


class TooLongQuestion(BadQuestion):
    """This has too many bytes to be read."""


class WrongQuestion(BadQuestion):
    """A parameter is missing, unknown or has a value that it can't have; the message says what is expected."""

    def __init__(self, faults: dict[str, str], known: list[str]) -> None:
        """`faults` has what is expected, by parameter; `known` are all parameters of the question."""
        said = "; ".join(f"{name} {expected}" for name, expected in faults.items())
        super().__init__(f"These parameters are wrong: {said}. Parameters of this question: {', '.join(known)}.")
        self.faults = faults


def question_from(kind: type[ProgramQuestion], given: Mapping[str, Any]) -> ProgramQuestion:
    """The question with these parameters. Raises WrongQuestion."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        faults: dict[str, str] = {}
        for one in error.errors(include_url=False, include_input=False):
            faults.setdefault(_place(one["loc"]), _expected(one["type"], one["msg"]))
        raise WrongQuestion(faults, list(parameters_of(kind))) from None


def parameters_of(kind: type[ProgramQuestion]) -> dict[str, dict[str, Any]]:
    """The JSON schema of each parameter, by its name."""
    found: dict[str, dict[str, Any]] = schema_of(kind)["properties"]
    return found


def schema_of(kind: type[ProgramQuestion]) -> dict[str, Any]:
    """The JSON schema of a question's parameters, without the titles that pydantic makes of names."""
    schema = kind.model_json_schema(by_alias=True)
    properties = {
        name: {key: value for key, value in described.items() if key != "title" and (key, value) != ("default", None)}
        for name, described in schema["properties"].items()
    }
    wanted = {"required": schema["required"]} if "required" in schema else {}
    return {"type": "object", "properties": properties, **wanted, "additionalProperties": False}


def _expected(kind: str, message: str) -> str:
    """What is expected of a parameter, in words that do not speak of Python."""
    said = {"missing": "is required", "extra_forbidden": "is not known here"}.get(kind)
    if said is not None:
        return said
    return message.removeprefix("Value error, ").replace("Input should", "should").replace("String should", "should")


def _place(location: tuple[int | str, ...]) -> str:
    """The name of the parameter that an error is about, cut to a length that a name can have."""
    return str(location[0])[:100] if location else "(all)"
