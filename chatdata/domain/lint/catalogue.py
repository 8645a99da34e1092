"""The title, the usual cause and the public threads of each lint code."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from chatdata.domain.lint.values import Code


@dataclass(frozen=True, slots=True)
class Rule:
    """A lint rule."""

    code: Code
    title: str
    cause: str
    """The usual cause, as a sentence."""
    threads: tuple[str, ...]
    """Public reports as "owner/repo#number"; empty where none is known."""


_ALL = (
    Rule(
        "orphan_tool_result",
        "Orphaned tool result",
        "A window of the last messages was cut between a call and its result, or a row with the call was never saved.",
        (
            "miurla/morphic#136",
            "run-llama/llama_index#10493",
            "openai/openai-go#43",
            "sdcb/chats#132",
            "router-for-me/CLIProxyAPI#497",
            "anthropics/claude-code#13460",
            "anthropics/claude-code#18947",
            "OpenHands/OpenHands#4912",
        ),
    ),
    Rule(
        "unanswered_tool_call",
        "Missing tool result",
        "A crash or a cancelled turn came between saving the call and saving its result.",
        (
            "BerriAI/litellm#10083",
            "sdcb/chats#132",
            "langgenius/dify#32222",
            "agno-agi/agno#3105",
            "QwenLM/qwen-code#606",
            "Kilo-Org/kilocode#5163",
            "anthropics/claude-code#5989",
            "google-gemini/gemini-cli#14590",
        ),
    ),
    Rule(
        "late_tool_result",
        "Late tool result",
        "A slow tool's result was stored when it came, after the user had already written again.",
        ("NousResearch/hermes-agent#83103", "CopilotKit/OpenBot#333", "agno-agi/agno#3105"),
    ),
    Rule(
        "missing_tool_call_id",
        "Missing tool call ID",
        "A tool message was saved without its tool_call_id, often by a progress update or an adapter.",
        ("langchain-ai/langchain#22600", "vercel/ai#2178", "MadcowD/ell#325"),
    ),
    Rule(
        "duplicate_tool_result",
        "Duplicate tool result",
        "An aborted tool left a note as its result, and the real result was stored beside it.",
        ("agno-agi/agno#5116", "anomalyco/opencode#1211", "JohnnyZ93/oai-compatible-copilot#270"),
    ),
    Rule(
        "duplicate_tool_call_id",
        "Duplicate tool call ID",
        "A streamed message was joined twice, or the model itself gave two calls the same id.",
        (
            "anthropics/claude-code#20700",
            "anthropics/claude-code#21317",
            "musistudio/claude-code-router#593",
            "anomalyco/opencode#1279",
        ),
    ),
    Rule(
        "reused_tool_call_id",
        "Reused tool call ID",
        "A provider or a proxy restarts its id numbering in every turn.",
        ("can1357/oh-my-pi#2055", "anthropics/claude-code#20700", "musistudio/claude-code-router#599"),
    ),
    Rule(
        "long_tool_call_id",
        "Tool call ID too long",
        "The ids come from another provider or proxy with longer ids.",
        (
            "vercel/ai#8132",
            "microsoft/autogen#6377",
            "camel-ai/camel#2215",
            "BerriAI/litellm#17343",
            "vercel/ai#17233",
        ),
    ),
    Rule(
        "bad_tool_call_id",
        "Invalid characters in tool call ID",
        "The conversation was started with another provider, whose ids look different.",
        (
            "anomalyco/opencode#1279",
            "langchain-ai/langchain#24668",
            "karthink/gptel#1203",
            "nearai/ironclaw#1241",
            "openai/openai-cookbook#1248",  # seen for another required field, which OpenAI checks alike
        ),
    ),
    Rule(
        "empty_tool_calls",
        "Empty tool call list",
        "A message was serialised with its empty list of calls instead of without the key.",
        ("openai/openai-python#2061", "home-assistant/core#118577", "smallmain/vscode-unify-chat-provider#65"),
    ),
    Rule(
        "too_many_tool_calls",
        "More than 128 calls in one message",
        "The model asked for many calls at once, or messages with calls were merged into one.",
        ("openai/openai-dotnet#317", "github/copilot-cli#669"),
    ),
    Rule(
        "empty_function_name",
        "Missing function name",
        "A streamed call was saved before its name had arrived.",
        ("continuedev/continue#11645",),
    ),
    Rule(
        "bad_function_name",
        "Invalid characters in function name",
        "A tool's display name was used as its name.",
        ("Vortiago/mcp-azure-devops#30",),
    ),
    Rule(
        "bad_message_name",
        "Invalid characters in message name",
        "A person's or an agent's display name was put into the message's name.",
        ("microsoft/autogen#4157", "FlowiseAI/Flowise#2948", "microsoft/semantic-kernel#9340"),
    ),
    Rule(
        "arguments_not_json",
        "Arguments are not valid JSON",
        "The model's answer was cut off in the middle of the arguments.",
        ("local-inference-lab/vllm#684", "vllm-project/vllm#50861", "sgl-project/sglang#28035"),
    ),
    Rule(
        "arguments_not_object",
        "Arguments are not a JSON object",
        "Empty arguments were serialised as an empty list or as null.",
        ("prism-php/prism#659", "lijunzh/koda#501", "vllm-project/vllm#50861"),
    ),
    Rule(
        "empty_content",
        "Empty message",
        "A turn was interrupted before its first word but saved anyway.",
        ("anthropics/claude-code#6774", "anthropics/claude-code#3196", "stackblitz/bolt.new#7426"),
    ),
    Rule(
        "whitespace_content",
        "Whitespace-only message",
        "The model wrote only line breaks, or the user sent only spaces.",
        ("LibreChat-AI/agents#124", "anthropics/claude-code#23440", "NousResearch/hermes-agent#41985"),
    ),
    Rule(
        "null_content",
        "Message content is null",
        "A message was saved before it had any text, or its text was removed.",
        ("run-llama/llama_index#17555", "docker/docker-agent#63", "langchain-ai/langchainjs#4153"),
    ),
    Rule(
        "no_messages",
        "No messages in the request",
        "A session was opened and nothing was written, or a window dropped all messages.",
        ("CopilotKit/CopilotKit#529",),
    ),
    Rule(
        "ends_with_assistant",
        "Ends with an assistant message",
        "A turn was started without a new user message, for example by a retry or to continue.",
        (
            "ericc-ch/copilot-api#261",
            "smallmain/vscode-unify-chat-provider#249",
            "vybestack/llxprt-code#3695",
            "0xPlaygrounds/rig#708",
        ),
    ),
    Rule(
        "user_after_tool",
        "User message directly after a tool result",
        "The turn ended after its tool call: the assistant's answer was never made or never saved.",
        ("charmbracelet/crush#279", "datapizza-labs/datapizza-ai#98"),
    ),
    Rule(
        "consecutive_users",
        "Consecutive user messages",
        "The answer between them failed, or the user wrote twice.",
        ("vllm-project/vllm#6862", "suitenumerique/conversations#197"),
    ),
    Rule(
        "second_system",
        "System message after the first message",
        "A note for the model was stored as a system message of its own.",
        ("vllm-project/vllm#6862", "suitenumerique/conversations#197"),
    ),
    Rule(
        "unknown_role",
        "Role not supported by the provider",
        "The messages come from another application or a newer API with roles of its own.",
        ("openai/openai-python#2047", "agno-agi/agno#1770", "vastsa/PI-Desktop#30"),
    ),
    Rule(
        "lone_surrogate",
        "Invalid Unicode (lone surrogate)",
        "A text was cut in the middle of an emoji, or a tool printed broken UTF-16.",
        ("link-assistant/hive-mind#1324", "BYK/loreai#68"),
    ),
    Rule(
        "nul_character",
        "NUL character in text",
        "A tool printed binary data: the cache accepts it, PostgreSQL doesn't, and the copies drift apart.",
        ("zalando/restful-api-guidelines#734",),
    ),
    Rule(
        "context_overflow",
        "Longer than the context window",
        "Tool results or a long conversation have filled the window.",
        ("bytedance/deer-flow#310",),
    ),
    Rule(
        "starts_with_assistant",
        "Starts with an assistant message",
        "The application greets first, or a window of the last messages begins in the middle of a turn.",
        (
            "langgenius/dify#12340",
            "strands-agents/harness-sdk#2085",
            "google-gemini/gemini-cli#11814",
            "lobehub/lobehub#1601",
            "langchain4j/langchain4j#1864",
        ),
    ),
    Rule(
        "consecutive_assistants",
        "Consecutive assistant messages",
        "A retry was stored beside the first answer, or the user's message between them was never saved.",
        ("discourse/discourse-ai#703", "nomic-ai/gpt4all#3255", "lobehub/lobehub#1496"),
    ),
    Rule(
        "text_too_long",
        "Text over 1,048,576 characters",
        "A file, a page or a tool's whole output was put into one message.",
        ("gptscript-ai/clio#41",),
    ),
    Rule(
        "trailing_whitespace",
        "Final answer ends with white space",
        "A started answer was sent back to be continued, with the line break or space that it ended with.",
        ("tailcallhq/forgecode#1872", "crewAIInc/crewAI#4413"),
    ),
    Rule(
        "part_without_type",
        "Content part without a type",
        "A tool's result, a list of objects, was stored as the content itself instead of as text.",
        ("langchain-ai/langgraphjs#370", "langchain-ai/langgraphjs#506"),
    ),
    Rule(
        "call_without_type",
        "Tool call without a type",
        "Tool calls were stored in another library's form, without their type.",
        ("openai/openai-cookbook#1248",),  # seen for tools; calls in messages are checked alike
    ),
    Rule(
        "arguments_as_object",
        "Arguments are not text",
        "Arguments were stored as the parsed object that another API uses, not as JSON text.",
        ("aaif-goose/goose-mobile#20", "aliasrobotics/cai#76", "neuron-core/neuron-ai#219"),
    ),
    Rule(
        "image_in_tool_result",
        "Image in a tool result",
        "A tool returned a picture, which chat completions accept from the user only.",
        ("OpenHands/OpenHands#7700", "QwenLM/qwen-code#3616", "esengine/DeepSeek-Reasonix#7859"),
    ),
    Rule(
        "reasoning_missing",
        "Reasoning text is missing",
        "The reasoning text of an answer was not stored, and thinking models want it back beside its tool calls.",
        (
            "abhigyanpatwari/GitNexus#43",
            "mnfst/llm-gateway#1862",
            "mastra-ai/mastra#12592",
            "n8n-io/n8n#29142",
        ),
    ),
    Rule(
        "reasoning_not_allowed",
        "Reasoning text is not accepted",
        "A conversation of a thinking model was sent on to a provider that accepts no reasoning text.",
        (
            "CherryHQ/cherry-studio#16790",
            "SimonSchubert/Kai#265",
            "charmbracelet/crush#1590",
            "RooCodeInc/Roo-Code#11429",
        ),
    ),
    Rule(
        "thinking_modified",
        "Thinking block was changed",
        "A store, a proxy or a change of model altered or reordered the provider's signed thinking blocks.",
        ("anthropics/claude-code#63203", "anthropics/claude-code#10627", "anthropics/anthropic-sdk-python#1598"),
    ),
    Rule(
        "function_role",
        "Deprecated role function",
        "The conversation was written with the first function calling API, before tool calls existed.",
        ("langchain-ai/langchainjs#6570",),
    ),
    Rule(
        "unknown_block",
        "Unknown content",
        "The content comes from another API or application, in a form that this check does not know.",
        ("zhukunpenglinyutong/jetbrains-cc-gui#984",),
    ),
    Rule(
        "image_too_large",
        "Image too large",
        "A screenshot or a photograph was sent as it was taken.",
        ("anthropics/claude-code#61284", "anthropics/claude-code#4778", "microsoft/vscode#297841"),
    ),
    Rule(
        "too_many_cache_marks",
        "More than four blocks marked for caching",
        "Each turn marked its last block for caching, and the marks of earlier turns were kept.",
        ("twentyhq/twenty#26217",),
    ),
    Rule(
        "lone_reasoning",
        "Reasoning item without its partner",
        "The message or call after a reasoning item was cut, dropped or replaced.",
        ("openai/openai-agents-python#1611", "vercel/ai#7099", "continuedev/continue#8933"),
    ),
    Rule(
        "bad_item_id",
        "Repeated or foreign item ID",
        "Items were joined from several answers, or got the IDs of their calls.",
        ("OpenRouterTeam/ai-sdk-provider#254", "continuedev/continue#10200", "mastra-ai/mastra#10815"),
    ),
    Rule(
        "repeated_key",
        "Repeated key",
        "The request was written piece by piece, and a piece wrote a key again that was there already.",
        ("nearai/ironclaw#4548", "tinyhumansai/openhuman#4227"),
    ),
    Rule(
        "tools_missing",
        "Tool calls without tools",
        "A side request, such as one for a title or a summary, was sent with the history and without the tools.",
        ("nearai/ironclaw#1629", "aws-samples/bedrock-access-gateway#239", "langgenius/dify#16421"),
    ),
    Rule(
        "too_many_tools",
        "More than 128 tools",
        "The tools of several servers were offered together.",
        ("zed-industries/zed#42393",),
    ),
    Rule(
        "unsupported_media",
        "Image, audio or file",
        "A conversation with an attachment was sent on to a provider or a model that accepts text only.",
        ("openai/openai-node#1030", "agentscope-ai/QwenPaw#7876", "1jehuang/jcode#310"),
    ),
)

RULES: Final[Mapping[Code, Rule]] = MappingProxyType({rule.code: rule for rule in _ALL})
"""The rule of every code, in the order of `CODES`."""
