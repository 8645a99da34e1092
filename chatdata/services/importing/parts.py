"""Turns content parts into readable text, because the stores hold text only.

Text stays unchanged; other parts become notes such as "[image: https://…]", "[image: 34 KB of image/png data]" or
"[file: report.pdf]". Parts of unknown types become their JSON, so that nothing is dropped silently.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from chatdata.domain.formatting import readable_size
from chatdata.domain.text import readable_json
from chatdata.services.importing.report import InvalidConversation

_LONGEST_VALUE = 2000
_SPACE = re.compile(r"\s")
Part = Mapping[str, Any]


def text_of(content: object, where: str) -> str | None:
    """A message's content as text, with parts joined by newlines. Raises InvalidConversation for other JSON types."""
    if content is None or isinstance(content, str):
        return content
    if isinstance(content, dict):
        return part_text(content)
    if isinstance(content, list):
        return "\n".join(part_text(part) for part in content)
    raise InvalidConversation(f"{where} should be text, a list of parts or null")


def part_text(part: object) -> str:
    """One content part as text: the text itself, a note about other data, or the JSON of an unknown type."""
    if isinstance(part, str):
        return part
    if isinstance(part, dict):
        reader = _BY_TYPE.get(str(part.get("type")))
        known = reader(part) if reader else None
        if known is not None:
            return known
    return _unknown(part)


def audio_text(audio: object) -> str:
    """The audio of an assistant's message as text: a note about the data, and the transcript."""
    return _audio(audio if isinstance(audio, dict) else {}) or _unknown(audio)


def _text(part: Part) -> str | None:
    text = part.get("text")
    return text if isinstance(text, str) else None


def _refusal(part: Part) -> str | None:
    return _note("refusal", part.get("refusal"))


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


_BY_TYPE: dict[str, Callable[[Part], str | None]] = {
    "text": _text,
    "input_text": _text,
    "output_text": _text,
    "refusal": _refusal,
    "image_url": _image_url,
    "input_image": _image_url,
    "image": _image,
    "input_audio": _input_audio,
    "audio": _input_audio,
    "file": _file,
    "input_file": _file,
}


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
