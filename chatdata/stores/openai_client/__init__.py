"""Sends a payload to a model's server and reads the answer as it comes. Nothing is stored or logged.

answer     the request, and the answer piece by piece
chunks     what a piece may hold, and what all of them make
failures   what went wrong, as a sentence
"""

from chatdata.stores.openai_client.chunks import AnswerUsage, RequestedCall
from chatdata.stores.openai_client.response import StreamingResponse, send

__all__ = ["AnswerUsage", "RequestedCall", "StreamingResponse", "send"]
