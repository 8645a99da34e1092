"""One message of a session, and the token counts of one model turn."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, Field, PlainValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from chatdata.domain.text import sanitize, sanitize_json


def _any_text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("should be a string")


def _any_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


# pydantic's own string type rejects lone surrogates, which a store can hold; those strings are accepted unchanged.
Text = Annotated[str | Annotated[str, PlainValidator(_any_text)], Field(union_mode="left_to_right")]
ToolCalls = Annotated[
    list[dict[str, Any]] | None | Annotated[list[Any], PlainValidator(_any_list)],  # noqa: RUF036 -- the order decides
    Field(union_mode="left_to_right"),
]


def column(row: object, name: str) -> Any:
    """Returns a column's value: a mapping's item or an object's attribute, None where the row has neither."""
    return columns_of(row)(name)


def columns_of(row: object) -> Callable[[str], Any]:
    """Returns `column` bound to one row, so that the kind of row is checked only once for all its columns."""
    if type(row) is dict or isinstance(row, Mapping):  # the first is faster by far
        return row.get
    return lambda name: getattr(row, name, None)


def parsed_json(value: Any) -> Any:
    """Returns a JSON column's value; the JSON *string* that older rows hold inside the JSON is parsed too.

    A string that is not JSON is returned unchanged, so that it can be shown.
    """
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


_MAYBE_UNSTORABLE = re.compile(rb"\\(?:[bf]|u00)")
"""How JSON escapes the characters that `sanitize` removes; a text may also spell out such an escape.

One pattern that begins with a single byte takes a fifth of the time of a search for each of three escapes.
"""
_DELETE = b"\x7f"
"""The only one of those characters that JSON does not escape."""
Model = TypeVar("Model", bound=BaseModel)


def storable_json(model: BaseModel) -> bytes | None:
    """Returns a model as compact JSON; None if it may have text that a store can't hold, or nests too deeply.

    One search of the JSON replaces the walk through every text, since hardly any conversation has such characters.
    """
    try:
        raw = model.__pydantic_serializer__.to_json(model)  # as model_dump_json, which decodes the bytes
    except PydanticSerializationError:  # lone surrogates, too
        return None
    return None if _DELETE in raw or _MAYBE_UNSTORABLE.search(raw) else raw


def storable_copy(model: Model) -> Model | None:
    """Returns a copy of a model without text that a store can't hold; None where `storable_json` is None.

    Reading the JSON takes a fifth of the time of copying every part.
    """
    raw = storable_json(model)
    if raw is None:
        return None
    try:
        return model.model_validate_json(raw)
    except ValidationError:  # nested more deeply than pydantic reads
        return None


class Usage(BaseModel):
    """Tokens of one model turn, or of a whole session after a reload from the database."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, prompt_tokens: int, completion_tokens: int) -> Self:
        """Returns the usage with both counts and their sum."""
        return cls(
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            total_tokens=prompt_tokens + completion_tokens,
        )


class ChatMessage(BaseModel):
    """One message with the seven keys of the cached document; its position in the session is its sequence number."""

    role: Text
    """user, assistant, system, developer, tool or function; unknown roles are kept and shown."""
    content: Text | None = None
    name: Text | None = None
    tool_call_id: Text | None = None
    refusal: Text | None = None
    tool_calls: ToolCalls = None
    """A list of {"id", "type", "function": {"name", "arguments"}}, as in OpenAI's API; damaged entries are kept."""
    function_call: Any = None
    """{"name", "arguments"}, or any other value that a store holds there."""

    @classmethod
    def from_db(cls, row: object) -> Self:
        """Returns the message of a "ChatMessage" row, which is a mapping or an object with the columns' names."""
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
        """Returns a copy of this message whose text both stores can hold (`chatdata.domain.text.sanitize`)."""
        if (copy := storable_copy(self)) is not None:
            return copy
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


_MESSAGES = TypeAdapter(list[ChatMessage])


def messages_of(rows: Iterable[Sequence[Any]]) -> list[ChatMessage]:
    """Returns what `from_db` returns for each row, all validated at once.

    A row begins with the values of the message's fields in their order; what follows is left out.
    """
    return _MESSAGES.validate_python(
        [
            {
                "role": role or "",
                "content": content,
                "name": name,
                "tool_call_id": call_id,
                "refusal": refusal,
                "tool_calls": parsed_json(calls),
                "function_call": parsed_json(function),
            }
            for role, content, name, call_id, refusal, calls, function, *_ in rows
        ]
    )


def _storable(text: str | None) -> str | None:
    return None if text is None else sanitize(text)
