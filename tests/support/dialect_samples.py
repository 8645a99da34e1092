"""One conversation in each format: a question, a call, its result and an answer, as far as the format has them."""

import json
from dataclasses import dataclass
from typing import Any

from chatdata.domain.dialects import Dialect

CALL = {"id": "call_7", "type": "function", "function": {"name": "find_bag", "arguments": '{"tag":"LX 9"}'}}
_ASK = {"role": "user", "content": "Where is my bag?"}
_CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
_RESULT = {"role": "tool", "tool_call_id": "call_7", "content": "Porto"}
_ANSWER = {"role": "assistant", "content": "It is in Porto."}
CHAT = [_ASK, _CALLING, _RESULT, _ANSWER]
WHOLE = ("user", "assistant", "tool", "assistant")
TALK = ("user", "assistant")


@dataclass(frozen=True)
class Sample:
    """A value of one format, and what reading it must give."""

    name: str
    dialect: Dialect
    value: Any
    roles: tuple[str, ...]
    call_id: str | None = "call_7"
    """The id of the one call and its result; None where the sample has no call."""
    usage: tuple[int, int] = (0, 0)
    kinds: tuple[str, ...] = ()
    """The kinds of what is left out, keys aside."""
    id: str | None = None


_LANGCHAIN_CALL = {"name": "find_bag", "args": {"tag": "LX 9"}, "id": "call_7", "type": "tool_call"}
_GEMINI = [
    {"role": "user", "parts": [{"text": "Where is my bag?"}]},
    {
        "role": "model",
        "parts": [
            {"text": "Let me think.", "thought": True},
            {"functionCall": {"name": "find_bag", "args": {"tag": "LX 9"}}, "thoughtSignature": "c2ln"},
        ],
    },
    {"role": "user", "parts": [{"functionResponse": {"name": "find_bag", "response": {"city": "Porto"}}}]},
    {"role": "model", "parts": [{"text": "It is in Porto."}]},
]
_ANTHROPIC = [
    {"role": "user", "content": "Where is my bag?"},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "Bags have tags.", "signature": "c2ln"},
            {"type": "text", "text": "One moment."},
            {"type": "tool_use", "id": "call_7", "name": "find_bag", "input": {"tag": "LX 9"}},
        ],
    },
    {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "call_7", "content": [{"type": "text", "text": "Porto"}]}],
    },
    {"role": "assistant", "content": [{"type": "text", "text": "It is in Porto."}]},
]
_RESPONSES = [
    {"role": "user", "content": [{"type": "input_text", "text": "Where is my bag?"}]},
    {"type": "reasoning", "id": "rs_7", "summary": []},
    {"type": "function_call", "id": "fc_7", "call_id": "call_7", "name": "find_bag", "arguments": '{"tag":"LX 9"}'},
    {"type": "function_call_output", "call_id": "call_7", "output": "Porto"},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It is in Porto."}]},
]
_BEDROCK = [
    {"role": "user", "content": [{"text": "Where is my bag?"}]},
    {
        "role": "assistant",
        "content": [
            {"reasoningContent": {"reasoningText": {"text": "Bags have tags.", "signature": "c2ln"}}},
            {"toolUse": {"toolUseId": "call_7", "name": "find_bag", "input": {"tag": "LX 9"}}},
        ],
    },
    {
        "role": "user",
        "content": [{"toolResult": {"toolUseId": "call_7", "content": [{"json": {"city": "Porto"}}]}}],
    },
    {"role": "assistant", "content": [{"text": "It is in Porto."}]},
]


def _nested(type_: str, **data: Any) -> dict[str, Any]:
    return {"type": type_, "data": {"type": type_, "additional_kwargs": {}, **data}}


def _dumped(class_name: str, **kwargs: Any) -> dict[str, Any]:
    path = ["langchain", "schema", "messages", class_name]
    return {"lc": 1, "type": "constructor", "id": path, "kwargs": kwargs}


def _node(key: str, parent: str | None, role: str, text: str) -> dict[str, Any]:
    content = {"content_type": "text", "parts": [text]}
    message = {"id": key, "author": {"role": role}, "create_time": 1771581600.5, "content": content, "recipient": "all"}
    return {"id": key, "parent": parent, "children": [], "message": message}


def _tool_node(
    key: str, parent: str, role: str, text: str, *, name: str | None = None, recipient: str = "all"
) -> dict[str, Any]:
    node = _node(key, parent, role, text)
    node["message"].update({"author": {"role": role, "name": name}, "recipient": recipient})
    return node


def _claude_event(number: int, message: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "assistant" if message["role"] == "assistant" else "user",
        "sessionId": "bag-1",
        "uuid": f"e{number}",
        "timestamp": f"2026-02-20T10:00:0{number}Z",
        "message": message,
        **more,
    }


_CLAUDE_USAGE = {"input_tokens": 4, "cache_read_input_tokens": 90, "cache_creation_input_tokens": 6, "output_tokens": 8}

SAMPLES = (
    Sample("a bare list", "openai-chat", CHAT, WHOLE),
    Sample(
        "a request with an answer's counts",
        "openai-chat",
        {
            "model": "m-1",
            "messages": CHAT,
            "usage": {
                "prompt_tokens": 50,
                "completion_tokens": 9,
                "total_tokens": 59,
                "prompt_tokens_details": {"cached_tokens": 40},
            },
        },
        WHOLE,
        usage=(50, 9),
    ),
    Sample("calls beside a system key", "openai-chat", {"system": "Be brief.", "messages": CHAT}, ("system", *WHOLE)),
    Sample(
        "a request and its answer",
        "openai-chat",
        {
            "id": "bag-1",
            "messages": CHAT[:3],
            "choices": [{"index": 0, "message": _ANSWER}, {"index": 1, "message": _ASK}],
        },
        WHOLE,
        kinds=("branch",),
        id="bag-1",
    ),
    Sample(
        "a data set's conversation",
        "openai-chat",
        {"conversation_id": "bag-1", "conversation": CHAT},
        WHOLE,
        id="bag-1",
    ),
    Sample(
        "Ollama's request and answer",
        "openai-chat",
        {"model": "m-1", "messages": CHAT[:3], "message": _ANSWER, "prompt_eval_count": 31, "eval_count": 7},
        WHOLE,
        usage=(31, 7),
    ),
    Sample(
        "a request and its response",
        "openai-responses",
        {"id": "bag-1", "instructions": "Be brief.", "input": _RESPONSES[:4], "output": _RESPONSES[4:]},
        ("system", *WHOLE),
        kinds=("thinking",),
        id="bag-1",
    ),
    Sample(
        "Gemini's request and response",
        "helicone",
        {
            "request": {"contents": _GEMINI[:3]},
            "response": {
                "candidates": [{"content": _GEMINI[3]}],
                "usageMetadata": {"promptTokenCount": 60, "candidatesTokenCount": 5},
            },
        },
        WHOLE,
        "call_1",
        (60, 5),
        ("signature", "thinking"),
    ),
    Sample("a fine-tuning line", "openai-chat", {"messages": CHAT, "tools": [{"type": "function"}]}, WHOLE),
    Sample(
        "a batch line",
        "openai-chat",
        {"custom_id": "bag-1", "method": "POST", "url": "/v1/chat/completions", "body": {"messages": CHAT}},
        WHOLE,
        id="bag-1",
    ),
    Sample(
        "Ollama's log",
        "openai-chat",
        {
            "messages": [*CHAT[:3], {"role": "assistant", "content": "It is in Porto.", "thinking": "hm"}],
            "prompt_eval_count": 31,
            "eval_count": 7,
        },
        WHOLE,
        usage=(31, 7),
        kinds=("thinking",),
    ),
    Sample(
        "counts on a message",
        "openai-chat",
        {"usage": None, "messages": [_ASK, {**_ANSWER, "usage": {"prompt_tokens": 30, "completion_tokens": 4}}]},
        TALK,
        None,
        (30, 4),
    ),
    Sample(
        "a request to Anthropic",
        "anthropic-messages",
        {"system": "Be brief.", "messages": _ANTHROPIC, "usage": _CLAUDE_USAGE},
        ("system", *WHOLE),
        usage=(100, 8),
        kinds=("thinking",),
    ),
    Sample("a list of Anthropic's messages", "anthropic-messages", _ANTHROPIC, WHOLE, kinds=("thinking",)),
    Sample(
        "a request with items",
        "openai-responses",
        {"model": "m-1", "instructions": "Be brief.", "input": _RESPONSES},
        ("system", *WHOLE),
        kinds=("thinking",),
    ),
    Sample("a list of items", "openai-responses", _RESPONSES, WHOLE, kinds=("thinking",)),
    Sample(
        "contents",
        "gemini-contents",
        {
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "contents": _GEMINI,
            "usageMetadata": {
                "promptTokenCount": 60,
                "cachedContentTokenCount": 50,
                "candidatesTokenCount": 5,
                "thoughtsTokenCount": 20,
                "totalTokenCount": 85,
            },
        },
        ("system", *WHOLE),
        "call_1",
        (60, 25),
        ("signature", "thinking"),
    ),
    Sample("a checkpoint", "gemini-contents", _GEMINI, WHOLE, "call_1", kinds=("signature", "thinking")),
    Sample(
        "a request to Bedrock",
        "bedrock-converse",
        {
            "modelId": "m-1",
            "system": [{"text": "Be brief."}],
            "messages": _BEDROCK,
            "usage": {"inputTokens": 4, "cacheReadInputTokens": 90, "cacheWriteInputTokens": 6, "outputTokens": 8},
        },
        ("system", *WHOLE),
        usage=(100, 8),
        kinds=("thinking",),
    ),
    Sample(
        "nested",
        "langchain",
        [
            _nested("human", content="Where is my bag?"),
            _nested(
                "ai",
                content="",
                tool_calls=[_LANGCHAIN_CALL],
                additional_kwargs={"tool_calls": [CALL]},
                usage_metadata={"input_tokens": 12, "output_tokens": 3, "total_tokens": 15},
            ),
            _nested("tool", content="Porto", tool_call_id="call_7", status="success"),
            _nested("ai", content="It is in Porto.", tool_calls=[]),
        ],
        WHOLE,
        usage=(12, 3),
    ),
    Sample(
        "a graph's state",
        "langchain",
        {
            "messages": [
                {"type": "human", "content": "Where is my bag?", "id": "1"},
                {"type": "ai", "content": "", "tool_calls": [_LANGCHAIN_CALL], "id": "2"},
                {"type": "tool", "content": "Porto", "tool_call_id": "call_7", "id": "3"},
                {"type": "ai", "content": "It is in Porto.", "id": "4"},
            ]
        },
        WHOLE,
    ),
    Sample(
        "a thread's values",
        "langchain",
        {
            "values": {
                "messages": [
                    {"type": "human", "content": "Where is my bag?"},
                    {"type": "ai", "content": "It is in Porto."},
                ]
            },
            "next": [],
        },
        TALK,
        None,
    ),
    Sample(
        "dumps",
        "langchain",
        [
            _dumped("HumanMessage", content="Where is my bag?"),
            _dumped("AIMessage", content="", tool_calls=[_LANGCHAIN_CALL]),
            _dumped("ToolMessage", content="Porto", tool_call_id="call_7"),
            _dumped("AIMessageChunk", content="It is in Porto."),
        ],
        WHOLE,
    ),
    Sample(
        "version 4",
        "ai-sdk-ui",
        [
            {"id": "m1", "role": "user", "content": "Where is my bag?"},
            {
                "id": "m2",
                "role": "assistant",
                "content": "",
                "toolInvocations": [
                    {
                        "state": "result",
                        "toolCallId": "call_7",
                        "toolName": "find_bag",
                        "args": {"tag": "LX 9"},
                        "result": {"city": "Porto"},
                    }
                ],
            },
        ],
        ("user", "assistant", "tool"),
    ),
    Sample(
        "version 5",
        "ai-sdk-ui",
        {
            "id": "bag-1",
            "messages": [
                {"id": "m1", "role": "user", "parts": [{"type": "text", "text": "Where is my bag?"}]},
                {
                    "id": "m2",
                    "role": "assistant",
                    "parts": [
                        {"type": "step-start"},
                        {"type": "reasoning", "text": "Bags have tags."},
                        {
                            "type": "tool-find_bag",
                            "toolCallId": "call_7",
                            "state": "output-available",
                            "input": {"tag": "LX 9"},
                            "output": "Porto",
                        },
                        {"type": "text", "text": "It is in Porto."},
                    ],
                },
            ],
        },
        WHOLE,
        kinds=("thinking",),
        id="bag-1",
    ),
    Sample(
        "model messages",
        "ai-sdk-model",
        [
            {"role": "user", "content": [{"type": "text", "text": "Where is my bag?"}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "tool-call", "toolCallId": "call_7", "toolName": "find_bag", "input": {"tag": "LX 9"}}
                ],
            },
            {
                "role": "tool",
                "content": [
                    {
                        "type": "tool-result",
                        "toolCallId": "call_7",
                        "toolName": "find_bag",
                        "output": {"type": "json", "value": {"city": "Porto"}},
                    }
                ],
            },
            {"role": "assistant", "content": "It is in Porto."},
        ],
        WHOLE,
    ),
    Sample(
        "a tree with two branches",
        "chatgpt",
        {
            "title": "Bag",
            "create_time": 1771581600.0,
            "conversation_id": "bag-1",
            "current_node": "n3",
            "mapping": {
                "root": {"id": "root", "parent": None, "children": ["n1"], "message": None},
                "n1": _node("n1", "root", "user", "Where is my bag?"),
                "n2": _node("n2", "n1", "assistant", "I don't know."),
                "n3": _node("n3", "n1", "assistant", "It is in Porto."),
            },
        },
        TALK,
        None,
        kinds=("branch",),
        id="bag-1",
    ),
    Sample(
        "a call of a tool",
        "chatgpt",
        {
            "id": "bag-1",
            "mapping": {
                "n1": _node("n1", None, "user", "Where is my bag?"),
                "call_7": _tool_node("call_7", "n1", "assistant", '{"tag":"LX 9"}', recipient="find_bag"),
                "n3": _tool_node("n3", "call_7", "tool", "Porto", name="find_bag"),
                "n4": _node("n4", "n3", "assistant", "It is in Porto."),
            },
        },
        WHOLE,
        id="bag-1",
    ),
    Sample(
        "an export with branches and tools",
        "claude-ai",
        {
            "uuid": "bag-1",
            "current_leaf_message_uuid": "m3",
            "chat_messages": [
                {"uuid": "m1", "sender": "human", "text": "Where is my bag?", "parent_message_uuid": "none"},
                {
                    "uuid": "m3",
                    "sender": "assistant",
                    "parent_message_uuid": "m1",
                    "text": "",
                    "content": [
                        {"type": "tool_use", "id": "call_7", "name": "find_bag", "input": {"tag": "LX 9"}},
                        {
                            "type": "tool_result",
                            "tool_use_id": "call_7",
                            "content": [{"type": "text", "text": "Porto"}],
                        },
                        {"type": "text", "text": "It is in Porto."},
                    ],
                },
                {"uuid": "m2", "sender": "assistant", "text": "I do not know.", "parent_message_uuid": "m1"},
            ],
        },
        WHOLE,
        kinds=("branch",),
        id="bag-1",
    ),
    Sample(
        "an account's export",
        "claude-ai",
        {
            "uuid": "bag-1",
            "name": "Bag",
            "created_at": "2026-02-20T10:00:00.000000Z",
            "account": {"uuid": "mia"},
            "chat_messages": [
                {"uuid": "m1", "sender": "human", "text": "Where is my bag?", "content": []},
                {
                    "uuid": "m2",
                    "sender": "assistant",
                    "text": "It is in Porto.",
                    "content": [{"type": "text", "text": "It is in Porto."}],
                    "files": [{"file_name": "tag.pdf"}],
                },
            ],
        },
        TALK,
        None,
        kinds=("file",),
        id="bag-1",
    ),
    Sample(
        "a data set's line",
        "sharegpt",
        {
            "id": "bag-1",
            "conversations": [
                {"from": "human", "value": "Where is my bag?"},
                {"from": "function_call", "value": '{"name": "find_bag", "arguments": {"tag": "LX 9"}}'},
                {"from": "observation", "value": "Porto"},
                {"from": "gpt", "value": "It is in Porto."},
            ],
        },
        WHOLE,
        "call_1",
        id="bag-1",
    ),
    Sample(
        "a logged call",
        "litellm",
        {
            "id": "bag-1",
            "call_type": "acompletion",
            "messages": CHAT[:3],
            "response": {
                "choices": [{"index": 0, "message": _ANSWER, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 20, "completion_tokens": 6, "total_tokens": 26},
            },
        },
        WHOLE,
        usage=(20, 6),
        id="bag-1",
    ),
    Sample(
        "a generation",
        "langfuse",
        {
            "id": "bag-1",
            "type": "GENERATION",
            "traceId": "t1",
            "startTime": "2026-02-20T10:00:00Z",
            "input": {"messages": CHAT[:3]},
            "output": _ANSWER,
            "usage": {"input": 20, "output": 6, "total": 26, "unit": "TOKENS"},
        },
        WHOLE,
        usage=(20, 6),
        id="bag-1",
    ),
    Sample(
        "a logged request",
        "helicone",
        {
            "request_id": "bag-1",
            "request_body": json.dumps({"model": "m-1", "messages": CHAT[:3]}),
            "response_body": {
                "choices": [{"message": _ANSWER}],
                "usage": {"prompt_tokens": 20, "completion_tokens": 6},
            },
        },
        WHOLE,
        usage=(20, 6),
        id="bag-1",
    ),
    Sample(
        "a session file",
        "claude-code",
        [
            {"type": "summary", "summary": "A lost bag", "leafUuid": "e5"},
            _claude_event(1, {"role": "user", "content": "Where is my bag?"}),
            _claude_event(
                2, {"id": "msg", "role": "assistant", "content": _ANTHROPIC[1]["content"][:1], "usage": _CLAUDE_USAGE}
            ),
            _claude_event(
                3, {"id": "msg", "role": "assistant", "content": _ANTHROPIC[1]["content"][1:], "usage": _CLAUDE_USAGE}
            ),
            _claude_event(4, _ANTHROPIC[2], toolUseResult={"stdout": "Porto"}),
            _claude_event(5, _ANTHROPIC[3]),
            _claude_event(6, {"role": "user", "content": "Elsewhere"}, isSidechain=True),
        ],
        WHOLE,
        usage=(100, 8),
        kinds=("branch", "thinking"),
        id="bag-1",
    ),
    Sample(
        "a rollout",
        "codex",
        [
            {"timestamp": "2026-02-20T10:00:00Z", "type": "session_meta", "payload": {"id": "bag-1"}},
            *({"timestamp": "2026-02-20T10:00:01Z", "type": "response_item", "payload": item} for item in _RESPONSES),
            {
                "timestamp": "2026-02-20T10:00:02Z",
                "type": "event_msg",
                "payload": {
                    "type": "token_count",
                    "info": {
                        "last_token_usage": {"input_tokens": 70, "cached_input_tokens": 64, "output_tokens": 9},
                    },
                },
            },
        ],
        WHOLE,
        usage=(70, 9),
        kinds=("event", "thinking"),
        id="bag-1",
    ),
    Sample(
        "a message history",
        "pydantic-ai",
        [
            {
                "kind": "request",
                "parts": [
                    {"part_kind": "system-prompt", "content": "Be brief."},
                    {"part_kind": "user-prompt", "content": "Where is my bag?", "timestamp": "2026-02-20T10:00:00Z"},
                ],
            },
            {
                "kind": "response",
                "model_name": "m-1",
                "usage": {"request_tokens": 20, "response_tokens": 6, "total_tokens": 26},
                "parts": [
                    {"part_kind": "thinking", "content": "Bags have tags."},
                    {
                        "part_kind": "tool-call",
                        "tool_name": "find_bag",
                        "args": '{"tag":"LX 9"}',
                        "tool_call_id": "call_7",
                    },
                ],
            },
            {
                "kind": "request",
                "parts": [
                    {
                        "part_kind": "tool-return",
                        "tool_name": "find_bag",
                        "content": "Porto",
                        "tool_call_id": "call_7",
                    }
                ],
            },
            {"kind": "response", "parts": [{"part_kind": "text", "content": "It is in Porto."}]},
        ],
        ("system", *WHOLE),
        usage=(20, 6),
        kinds=("thinking",),
    ),
    Sample(
        "a chat with two branches",
        "open-webui",
        {
            "id": "bag-1",
            "title": "Bag",
            "chat": {
                "title": "Bag",
                "history": {
                    "currentId": "m3",
                    "messages": {
                        "m1": {"id": "m1", "parentId": None, "role": "user", "content": "Where is my bag?"},
                        "m2": {"id": "m2", "parentId": "m1", "role": "assistant", "content": "I don't know."},
                        "m3": {
                            "id": "m3",
                            "parentId": "m1",
                            "role": "assistant",
                            "content": "It is in Porto.",
                            "usage": {"prompt_tokens": 20, "completion_tokens": 6},
                        },
                    },
                },
                "messages": [],
            },
        },
        TALK,
        None,
        (20, 6),
        ("branch",),
        "bag-1",
    ),
    Sample(
        "an exported conversation",
        "librechat",
        {
            "conversationId": "bag-1",
            "title": "Bag",
            "messages": [
                {"messageId": "m1", "parentMessageId": "0", "isCreatedByUser": True, "text": "Where is my bag?"},
                {
                    "messageId": "m2",
                    "parentMessageId": "m1",
                    "isCreatedByUser": False,
                    "content": [
                        {
                            "type": "tool_call",
                            "tool_call": {
                                "id": "call_7",
                                "name": "find_bag",
                                "args": '{"tag":"LX 9"}',
                                "output": "Porto",
                            },
                        },
                        {"type": "text", "text": "It is in Porto."},
                    ],
                },
            ],
        },
        WHOLE,
        id="bag-1",
    ),
    Sample(
        "a span",
        "otel-genai",
        {
            "name": "chat m-1",
            "attributes": {
                "gen_ai.conversation.id": "bag-1",
                "gen_ai.request.model": "m-1",
                "gen_ai.usage.input_tokens": 20,
                "gen_ai.usage.output_tokens": 6,
                "gen_ai.input.messages": json.dumps(
                    [
                        {"role": "user", "parts": [{"type": "text", "content": "Where is my bag?"}]},
                        {
                            "role": "assistant",
                            "parts": [
                                {
                                    "type": "tool_call",
                                    "id": "call_7",
                                    "name": "find_bag",
                                    "arguments": {"tag": "LX 9"},
                                }
                            ],
                        },
                        {
                            "role": "tool",
                            "parts": [{"type": "tool_call_response", "id": "call_7", "response": "Porto"}],
                        },
                    ]
                ),
                "gen_ai.output.messages": [
                    {"role": "assistant", "parts": [{"type": "text", "content": "It is in Porto."}]}
                ],
            },
        },
        WHOLE,
        usage=(20, 6),
        id="bag-1",
    ),
    Sample(
        "an export of spans",
        "otel-genai",
        {
            "resourceSpans": [
                {
                    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "the bag desk"}}]},
                    "scopeSpans": [
                        {
                            "spans": [
                                {"name": "a query of the database"},
                                {
                                    "traceId": "bag-1",
                                    "attributes": [
                                        {
                                            "key": "gen_ai.input.messages",
                                            "value": {
                                                "stringValue": json.dumps(
                                                    [
                                                        {
                                                            "role": "user",
                                                            "parts": [{"type": "text", "content": "Where is my bag?"}],
                                                        }
                                                    ]
                                                )
                                            },
                                        },
                                        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "20"}},
                                    ],
                                },
                            ]
                        }
                    ],
                }
            ]
        },
        ("user",),
        None,
        (20, 0),
        ("event",),
        "bag-1",
    ),
    Sample(
        "a trajectory of tau-bench",
        "tau-bench",
        {"task_id": 3, "trial": 0, "reward": 1.0, "traj": CHAT},
        WHOLE,
        id="tau-3-0",
    ),
    Sample(
        "a trajectory of SWE-agent",
        "swe-agent",
        {
            "trajectory": [{"action": "find", "observation": "Porto"}],
            "history": [*CHAT[:2], {"role": "tool", "content": "Porto", "tool_call_ids": ["call_7"]}, CHAT[3]],
            "info": {"model_stats": {"tokens_sent": 20, "tokens_received": 6}},
        },
        WHOLE,
        usage=(20, 6),
        kinds=("event",),
    ),
    Sample(
        "an evaluation",
        "inspect",
        {
            "eval": {"model": "m-1", "run_id": "r"},
            "samples": [
                {
                    "id": 1,
                    "epoch": 1,
                    "input": "Where is my bag?",
                    "messages": [
                        {"id": "m1", "role": "user", "content": "Where is my bag?"},
                        {
                            "id": "m2",
                            "role": "assistant",
                            "content": "",
                            "tool_calls": [
                                {
                                    "id": "call_7",
                                    "function": "find_bag",
                                    "arguments": {"tag": "LX 9"},
                                    "type": "function",
                                }
                            ],
                        },
                        {"role": "tool", "tool_call_id": "call_7", "function": "find_bag", "content": "Porto"},
                    ],
                    "output": {"usage": {"input_tokens": 20, "output_tokens": 6, "total_tokens": 26}},
                }
            ],
        },
        ("user", "assistant", "tool"),
        usage=(20, 6),
        id="r-1-1",
    ),
)
