"""Gemini's requests may have one object where a list of one is meant."""

from typing import Any

import pytest

from chatdata.domain.dialects import ReadConversation, read, read_request, recognise
from chatdata.domain.lint import lint_document

TEXT = {"text": "Where is my bag?"}
ASK = {"role": "user", "parts": [TEXT]}
AS_LISTS = {"contents": [ASK], "systemInstruction": {"parts": [{"text": "Be brief."}]}}

singles = pytest.mark.parametrize(
    "body",
    [
        {**AS_LISTS, "contents": ASK},
        {**AS_LISTS, "contents": {"role": "user", "parts": TEXT}},
        {**AS_LISTS, "contents": [{"role": "user", "parts": TEXT}]},
        {**AS_LISTS, "systemInstruction": {"parts": {"text": "Be brief."}}},
        {"body": {**AS_LISTS, "contents": {"role": "user", "parts": TEXT}}},
    ],
)


@singles
def test_one_object_is_read_as_a_list_of_one(body: Any) -> None:
    assert recognise(body) == "gemini-contents"
    (expected,), (found,) = read(AS_LISTS), read(body)
    assert isinstance(expected, ReadConversation)
    assert isinstance(found, ReadConversation)
    assert found.messages == expected.messages
    assert found.left_out == expected.left_out == ()
    assert read_request(body, "gemini-contents") == read_request(AS_LISTS, "gemini-contents")


@singles
def test_one_object_is_judged_as_a_list_of_one(body: Any) -> None:
    assert lint_document(body) == lint_document(AS_LISTS)


def test_a_block_in_one_object_is_judged_too() -> None:
    call = {"functionCall": {"name": "find_bag", "args": {}}}
    as_lists = {"contents": [{"role": "model", "parts": [call]}]}
    assert lint_document({"contents": {"role": "model", "parts": call}}).findings == lint_document(as_lists).findings


def test_the_given_body_is_left_as_it_is() -> None:
    body = {"contents": {"role": "user", "parts": TEXT}}
    read(body)
    assert body == {"contents": {"role": "user", "parts": TEXT}}
