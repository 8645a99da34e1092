"""One message of a session, and the token counts of one model turn."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, Field, PlainValidator, ValidationError
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


_MAYBE_UNSTORABLE = ("\\u00", "\\b", "\\f", "\x7f")
"""How JSON spells the characters that `sanitize` removes; a text may also spell out such an escape."""
Model = TypeVar("Model", bound=BaseModel)


def storable_json(model: BaseModel) -> str | None:
    """Returns a model as compact JSON; None if it may have text that a store can't hold, or nests too deeply.

    One search of the JSON replaces the walk through every text, since hardly any conversation has such characters.
    """
    try:
        text = model.model_dump_json()
    except PydanticSerializationError:  # lone surrogates, too
        return None
    return None if any(spelled in text for spelled in _MAYBE_UNSTORABLE) else text


def storable_copy(model: Model) -> Model | None:
    """Returns a copy of a model without text that a store can't hold; None where `storable_json` is None.

    Reading the JSON takes a fifth of the time of copying every part.
    """
    text = storable_json(model)
    if text is None:
        return None
    try:
        return model.model_validate_json(text)
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


def _storable(text: str | None) -> str | None:
    return None if text is None else sanitize(text)
