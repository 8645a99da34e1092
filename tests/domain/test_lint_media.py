"""Images, audio and files: accepted only by providers that are known to accept them."""

from typing import Any

import pytest

from chatdata.domain.lint import PROVIDERS, Verdict, explain, lint_messages
from tests.domain.test_lint import ANSWER, SYSTEM, USER

IMAGE = {"type": "image_url", "image_url": {"url": "https://x.example/y.png"}}
AUDIO = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}
FILE = {"type": "file", "file": {"file_id": "file-1"}}
WITH_IMAGES = {"openai", "azure-openai", "openai-responses", "anthropic", "openrouter-anthropic", "gemini"}


def verdicts(*messages: Any) -> dict[str, Verdict]:
    return dict(lint_messages(list(messages)).verdicts)


def told(default: Verdict, **others: Verdict) -> dict[str, Verdict]:
    return dict.fromkeys(PROVIDERS, default) | {name.replace("_", "-"): verdict for name, verdict in others.items()}


def test_an_image_of_the_user_is_accepted_by_providers_that_are_known_to_take_images() -> None:
    found = verdicts({"role": "user", "content": [{"type": "text", "text": "What is this?"}, IMAGE]})
    assert found == {name: "accept" if name in WITH_IMAGES else "unknown" for name in PROVIDERS}


@pytest.mark.parametrize("role", ["assistant", "system"])
def test_openai_refuses_an_image_in_another_role(role: str) -> None:
    found = verdicts(USER, {"role": role, "content": [IMAGE]}, USER)
    assert {name for name, verdict in found.items() if verdict == "accept"} == set()
    assert (found["openai"], found["azure-openai"], found["anthropic"]) == ("reject", "reject", "unknown")


def test_audio_is_accepted_by_gemini_alone_and_refused_by_anthropic_and_deepseek() -> None:
    found = verdicts({"role": "user", "content": [AUDIO]})
    assert found == told("unknown", gemini="accept", anthropic="reject", deepseek="reject")


def test_a_file_is_accepted_by_openai_alone() -> None:
    found = verdicts({"role": "user", "content": [FILE]})
    assert found == told("unknown", openai="accept", openai_responses="accept")


@pytest.mark.parametrize("part", [AUDIO, FILE], ids=["audio", "file"])
def test_what_no_user_sent_is_accepted_by_nobody(part: Any) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    asked = {"role": "assistant", "content": None, "tool_calls": [call]}
    found = verdicts(USER, asked, {"role": "tool", "tool_call_id": "c", "content": [part]}, ANSWER, USER)
    assert "accept" not in found.values()


@pytest.mark.parametrize("kind", ["image", "input_image", "video_url"])
def test_parts_of_other_apis_are_accepted_by_nobody(kind: str) -> None:
    assert set(verdicts({"role": "user", "content": [{"type": kind}]}).values()) == {"unknown"}


def test_text_parts_are_accepted_by_all() -> None:
    found = verdicts(SYSTEM, {"role": "user", "content": [{"type": "text", "text": "Hi"}]})
    assert set(found.values()) == {"accept"}


BEFORE = "Failed to deserialize the JSON body into the target type: messages[0]: unknown variant "


@pytest.mark.parametrize(
    ("error", "part", "provider"),
    [
        (f"{BEFORE}`image_url`, expected `text`", IMAGE, "deepseek"),
        (f"{BEFORE}`input_audio`, expected one of `text`, `image_url`, `file`", AUDIO, "deepseek"),
        (f"{BEFORE}`file`, expected `text`", FILE, "deepseek"),
        (
            "Invalid 'messages[0]'. Image URLs are only allowed for messages with role 'user', but this message with "
            "role 'assistant' contains an image URL.",
            IMAGE,
            "openai",
        ),
    ],
)
def test_their_errors_are_not_told_as_those_of_tool_results(error: str, part: Any, provider: str) -> None:
    role = "assistant" if provider == "openai" else "user"
    (match,) = explain(error, [{"role": role, "content": [part]}, USER]).matches
    assert (match.code, match.provider, match.payload_position) == ("unsupported_media", provider, 0)
    (alone,) = explain(error).matches
    assert alone.code == "unsupported_media"
