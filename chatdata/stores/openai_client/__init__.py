"""Sends a payload to a model's server and streams the response. Nothing is stored or logged.

response  the request, and the streamed response
chunks    the content of a chunk, and the response accumulated from chunks
errors    failures as sentences for people
"""

from chatdata.stores.openai_client.chunks import AnswerUsage, RequestedCall
from chatdata.stores.openai_client.response import StreamingResponse, send

__all__ = ["AnswerUsage", "RequestedCall", "StreamingResponse", "send"]
