"""One message of a session, and the token counts of one model turn."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, PlainValidator

from chatdata.domain.text import sanitize, sanitize_json


def _any_text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("should be a string")


def _any_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


# pydantic's own string refuses lone surrogates, which a store can hold: then Python's string is taken as it is.
Text = Annotated[str | Annotated[str, PlainValidator(_any_text)], Field(union_mode="left_to_right")]
ToolCalls = Annotated[
    list[dict[str, Any]] | None | Annotated[list[Any], PlainValidator(_any_list)],  # noqa: RUF036 -- the order decides
    Field(union_mode="left_to_right"),
]


def column(row: object, name: str) -> Any:
    """The value of a row's column: a mapping's key or an object's attribute; None where there is neither."""
    return columns_of(row)(name)


def columns_of(row: object) -> Callable[[str], Any]:
    """`column` for one row: asked once what kind it is, since a conversation has thousands."""
    if isinstance(row, Mapping):
        return row.get
    return lambda name: getattr(row, name, None)


def parsed_json(value: Any) -> Any:
    """A JSON column's value; older rows hold a JSON *string* inside the JSON, which is parsed once more.

    A string that isn't JSON comes back as it is, to be shown.
    """
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


class Usage(BaseModel):
    """Tokens of one model turn, or of a whole session after a reload from the database."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, prompt_tokens: int, completion_tokens: int) -> Self:
        """Both counts and their sum."""
        return cls(
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            total_tokens=prompt_tokens + completion_tokens,
        )


class ChatMessage(BaseModel):
    """One message, in the seven keys of the cached document; its position in the session is its sequence."""

    role: Text
    """user, assistant, system, developer, tool, function: an open set, others are kept and shown."""
    content: Text | None = None
    name: Text | None = None
    tool_call_id: Text | None = None
    refusal: Text | None = None
    tool_calls: ToolCalls = None
    """OpenAI's form, a list of {"id", "type", "function": {"name", "arguments"}}; damaged entries are kept."""
    function_call: Any = None
    """{"name", "arguments"}, or whatever a store holds there."""

    @classmethod
    def from_db(cls, row: object) -> Self:
        """The message of one "ChatMessage" row: a mapping or an object with the columns' names."""
        get = columns_of(row)
        return cls(
            role=get("role") or "",
            content=get("content"),
            name=get("name"),
            tool_call_id=get("toolCallId"),
            refusal=get("refusal"),
            tool_calls=parsed_json(get("toolCalls")),
            function_call=parsed_json(get("functionCall")),
        )

    def sanitize(self) -> Self:
        """This message with only what both stores can hold (chatdata.domain.text); itself if that is nothing new."""
        cleaned = {
            "role": sanitize(self.role),
            "content": _storable(self.content),
            "name": _storable(self.name),
            "tool_call_id": _storable(self.tool_call_id),
            "refusal": _storable(self.refusal),
            "tool_calls": sanitize_json(self.tool_calls),
            "function_call": sanitize_json(self.function_call),
        }
        return self.model_copy(update=cleaned)


def _storable(text: str | None) -> str | None:
    return None if text is None else sanitize(text)
