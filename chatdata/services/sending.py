"""Sends a payload to the endpoint of the settings and streams the response; neither is stored."""

from chatdata.stores.openai_client import StreamingResponse, send

__all__ = ["StreamingResponse", "send"]
