"""Turns content parts into readable text, because the stores hold text only.

Text stays unchanged; other parts become notes such as "[image: https://…]", "[image: 34 KB of image/png data]" or
"[file: report.pdf]", and are accounted for. Parts of unknown types become their JSON.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.values import InvalidConversation, Kind
from chatdata.domain.text import readable_json, readable_size

_LONGEST_VALUE = 2000
_SPACE = re.compile(r"\s")
Part = Mapping[str, Any]


def text_of(content: object, where: str, account: Account) -> str | None:
    """A message's content as text, with parts joined by newlines. Raises InvalidConversation for other JSON types."""
    if content is None or isinstance(content, str):
        return content
    if isinstance(content, dict):
        return part_text(content, where, account)
    if isinstance(content, list):
        texts = (part_text(part, f"{where}[{index}]", account) for index, part in enumerate(content))
        return "\n".join(text for text in texts if text is not None)
    raise InvalidConversation(f"{where} should be text, a list of parts or null")


def part_text(part: object, where: str, account: Account) -> str | None:
    """One content part as text: the text itself, a note about other data, or the JSON of an unknown type.

    None for a part that leaves nothing in the text, such as thinking; it is accounted for.
    """
    if isinstance(part, str):
        return part
    if isinstance(part, dict) and len(part) == 2 and part.get("type") in _TEXTS and isinstance(part.get("text"), str):
        return str(part["text"])  # as most parts are
    if not isinstance(part, dict):
        account.leave_out("unknown_block", where, part)
        return _unknown(part)
    type_ = part.get("type")
    text = part.get("text")
    if isinstance(text, dict) and set(text) <= {"value", "annotations"} and not text.get("annotations"):
        part = {**part, "text": text.get("value")}  # as threads of the Assistants API have it
    if isinstance(type_, str) and type_ in THINKING_TYPES:
        account.leave_out("thinking", where, part)
        return None
    if (words := _words(part, where, account)) is not None:
        return words
    kind, reader = _BY_TYPE.get(str(type_), _NOT_KNOWN)
    account.leave_out(kind, where, part)
    known = reader(part)
    return _unknown(part) if known is None else known


_TEXTS = ("text", "input_text", "output_text", "summary_text")
THINKING_TYPES = frozenset({"thinking", "redacted_thinking", "reasoning", "think", "reasoning_text", "thoughts"})


def _words(part: dict[str, Any], where: str, account: Account) -> str | None:
    """The text of a part that holds text; its other keys are accounted for."""
    type_ = part.get("type")
    key = _TEXT_KEYS.get(type_) if isinstance(type_, str) else None
    if key is None or not isinstance(part.get(key), str):
        return None
    fields = Fields(part, where, account)
    fields.skip("type")
    text: str = fields.take(key)
    fields.close()
    return text if key == "text" or not text else f"[{key}: {text}]"


_TEXT_KEYS = {"text": "text", "input_text": "text", "output_text": "text", "summary_text": "text", "refusal": "refusal"}


def audio_text(audio: object) -> str:
    """The audio of an assistant's message as text: a note about the data, and the transcript."""
    return _audio(audio if isinstance(audio, dict) else {}) or _unknown(audio)


def data_note(kind: str, data: object, media: object) -> str:
    """A note about base64 data, as in "[image: 34 KB of image/png data]"."""
    size = _amount(data) if isinstance(data, str) else "unknown amount"
    return f"[{kind}: {size} of {_one_line(media) or 'unknown'} data]"


def linked_note(kind: str, url: object) -> str:
    """A note about a URL or a file, as in "[image: https://…]"; data URLs are shown by their size."""
    return _linked(kind, url) or f"[{kind}]"


def _image_url(part: Part) -> str | None:
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else image
    return _linked("image", url) or _note("image", part.get("file_id"))


def _image(part: Part) -> str | None:
    source = part.get("source")
    if not isinstance(source, dict):
        return _image_url(part)
    if isinstance(data := source.get("data"), str) and source.get("type") == "base64":
        return f"[image: {_amount(data)} of {_one_line(source.get('media_type')) or 'unknown'} data]"
    return _linked("image", source.get("url")) or _note("image", source.get("file_id"))


def _input_audio(part: Part) -> str | None:
    audio = part.get("input_audio")
    return _audio(audio) if isinstance(audio, dict) else None


def _audio(audio: Part) -> str | None:
    data, transcript = audio.get("data"), audio.get("transcript")
    note = None
    if isinstance(data, str) and data:
        note = f"[audio: {_amount(data)} of {_one_line(audio.get('format')) or 'sound'} data]"
    elif (identity := _one_line(audio.get("id"))) is not None:
        note = f"[audio: {identity}]"
    spoken = transcript if isinstance(transcript, str) and transcript else None
    return "\n".join(text for text in (note, spoken) if text) or None


def _file(part: Part) -> str | None:
    file = part.get("file")
    file = file if isinstance(file, dict) else part
    name = next((found for key in ("filename", "file_id", "file_url") if (found := _one_line(file.get(key)))), None)
    data = file.get("file_data")
    if not isinstance(data, str) or not data:
        return _note("file", name)
    size = _amount(data.partition(",")[2] if data.startswith("data:") else data)
    return f"[file: {name}, {size}]" if name else f"[file: {size}]"


def _document(part: Part) -> str | None:
    source = part.get("source")
    source = source if isinstance(source, dict) else {}
    title = _one_line(part.get("title")) or _one_line(source.get("file_id")) or _one_line(source.get("url"))
    data = source.get("data")
    if not isinstance(data, str) or not data:
        return _note("file", title)
    size = _amount(data) if source.get("type") == "base64" else readable_size(len(data))
    return f"[file: {title}, {size}]" if title else f"[file: {size}]"


_BY_TYPE: dict[str, tuple[Kind, Callable[[Part], str | None]]] = {
    "image_url": ("image", _image_url),
    "input_image": ("image", _image_url),
    "image": ("image", _image),
    "input_audio": ("audio", _input_audio),
    "audio": ("audio", _input_audio),
    "file": ("file", _file),
    "input_file": ("file", _file),
    "document": ("file", _document),
}


_NOT_KNOWN: tuple[Kind, Callable[[Part], str | None]] = ("unknown_block", lambda _part: None)


def _linked(kind: str, url: object) -> str | None:
    if not isinstance(url, str) or not url.startswith("data:"):
        return _note(kind, url)
    head, _, data = url.removeprefix("data:").partition(",")
    media = _one_line(head.partition(";")[0]) or "unknown"
    size = _amount(data) if head.endswith(";base64") else readable_size(len(data))
    return f"[{kind}: {size} of {media} data]"


def _note(kind: str, value: object) -> str | None:
    return f"[{kind}: {value}]" if isinstance(value, str) and value else None


def _one_line(value: object) -> str | None:
    return " ".join(value.split()) if isinstance(value, str) and value.strip() else None


def _amount(encoded: str) -> str:
    return readable_size(_base64_size(encoded))


def _unknown(part: object) -> str:
    return f"[part of unknown kind: {readable_json(_shortened(part))}]"


def _shortened(value: object) -> object:
    """The value with long strings of data, recognized by having no spaces, replaced by a note about their size."""
    if isinstance(value, str) and len(value) > _LONGEST_VALUE and not _SPACE.search(value):
        return f"({readable_size(len(value))} of data left out)"
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    if isinstance(value, dict):
        return {key: _shortened(item) for key, item in value.items()}
    return value


def _base64_size(encoded: str) -> int:
    """The number of bytes that a base64 text encodes."""
    text = encoded.rstrip("=\n\r ")
    return len(text) * 3 // 4
