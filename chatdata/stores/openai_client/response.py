"""One request for a chat completion, and its answer as it comes, through OpenAI's own client."""

import logging
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import parse_qsl, urlsplit

from chatdata.settings.stores import Endpoint
from chatdata.stores.openai_client.chunks import AnswerUsage, Received, RequestedCall
from chatdata.stores.openai_client.errors import incomplete, no_client, told, unwritable

if TYPE_CHECKING:  # importing openai takes longer than all the rest
    from openai import OpenAI, Stream
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

_TALKATIVE = ("openai", "httpx2", "httpcore2")


class StreamingResponse(Iterator[str]):
    """An answer: iterate over its pieces of text, then ask what else it held.

    The request leaves with the first piece asked for. SendError says why none comes, or no more; `text` keeps what
    did. Closing it, or dropping it, closes the connection: then the server stops writing.
    """

    def __init__(self, endpoint: Endpoint, messages: Iterable[Mapping[str, Any]], model: str) -> None:
        self.model = model
        self._received = Received()
        # The generator knows nothing of this object: a circle would keep the connection until it is collected.
        self._pieces = _receive(endpoint, list(messages), model, self._received)

    def __next__(self) -> str:
        return next(self._pieces)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the answer here."""
        self._pieces.close()

    @property
    def text(self) -> str:
        """All text so far."""
        return "".join(self._received.text)

    @property
    def refusal(self) -> str:
        """What the model said instead of an answer; empty for most answers."""
        return self._received.refusal

    @property
    def finish_reason(self) -> str | None:
        """Why it ended, as stop, length or tool_calls; None before."""
        return self._received.finish_reason

    @property
    def usage(self) -> AnswerUsage | None:
        """The server's own count; None before the end, and from servers that send none."""
        return self._received.usage

    @property
    def tool_calls(self) -> tuple[RequestedCall, ...]:
        """The calls that it asks for, in order."""
        return tuple(call for _, call in sorted(self._received.calls.items()))


def send(endpoint: Endpoint, messages: Iterable[Mapping[str, Any]], *, model: str | None = None) -> StreamingResponse:
    """The answer of an endpoint to these payload messages, by its own model or the one given.

    One request, never repeated; redirects are not followed, so the messages go where the setting says.
    """
    return StreamingResponse(endpoint, messages, model or endpoint.model)


def _receive(
    endpoint: Endpoint, messages: list[Mapping[str, Any]], model: str, received: Received
) -> Generator[str, None, None]:
    with told(endpoint, model, received):
        with _client(endpoint) as client, _stream(client, messages, model) as stream:
            for chunk in stream:
                if text := received.take(_plain(chunk)):
                    yield text
        if received.finish_reason is None:
            raise incomplete(endpoint, received)


def _client(endpoint: Endpoint) -> "OpenAI":
    from openai import DefaultHttpxClient, OpenAI

    for name in _TALKATIVE:  # at their finest they write URLs and headers down
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        connections = DefaultHttpxClient(timeout=endpoint.timeout, follow_redirects=False)
    except (ValueError, ImportError) as error:
        raise no_client() from error
    url = urlsplit(endpoint.base_url)
    return OpenAI(
        base_url=url._replace(query="", fragment="").geturl(),
        default_query=dict(parse_qsl(url.query)),
        api_key=endpoint.api_key,
        max_retries=0,
        http_client=connections,
    )


def _stream(client: "OpenAI", messages: list[Mapping[str, Any]], model: str) -> "Stream[ChatCompletionChunk]":
    try:
        return client.chat.completions.create(
            model=model,
            messages=cast("list[ChatCompletionMessageParam]", messages),
            stream=True,
            stream_options={"include_usage": True},
        )
    except (TypeError, ValueError) as error:
        raise unwritable(error) from error


def _plain(chunk: object) -> object:
    """A chunk as JSON: the client takes whatever a server sends for one, unchecked."""
    from openai import BaseModel

    return chunk.to_dict(warnings=False) if isinstance(chunk, BaseModel) else chunk
