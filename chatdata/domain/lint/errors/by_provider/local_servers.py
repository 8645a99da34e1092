"""Texts of vLLM, SGLang, llama.cpp, Ollama and LM Studio, and the chat templates of models."""

from chatdata.domain.lint.errors.by_provider.shared import OVERFLOW
from chatdata.domain.lint.errors.known_error import seen

_SYSTEM_FIRST = "Put the system text into the first message of the user, or use a model that knows the role."
TEXTS = (
    seen(
        "cannot unmarshal array into Go struct field {any} of type string",
        "ollama",
        "",
        "ollama/ollama#10255",
        "cline/cline#363",
        meaning="The API accepts text only, not a list of parts.",
        fix="Send the text of the parts as one string.",
    ),
    seen(
        "json: cannot unmarshal string into Go struct field ChatRequest.messages.tool_calls.function.arguments",
        "ollama",
        "",
        "aliasrobotics/cai#76",
        "neuron-core/neuron-ai#219",
        side="call",
        where="text_arguments",
        meaning="Ollama's own API wants the arguments as an object, not as text.",
        fix="Send the arguments as an object, or use Ollama's OpenAI-compatible API.",
    ),
    seen(
        "Cannot have 2 or more assistant messages at the end of the list",
        None,
        "consecutive_assistants",
        "hotovo/aider-desk#801",
        "HKUDS/nanobot#2376",
        where="last",
        meaning="llama.cpp: the conversation ends with two messages of the assistant.",
    ),
    seen(
        "Conversation roles must alternate user/assistant/user/assistant",
        "vllm-strict-alternation",
        "consecutive_users consecutive_assistants starts_with_assistant second_system",
        "microsoft/graphrag#564",
        "MinLL/SkyrimNet-GamePlugin#309",
    ),
    seen(
        "System message must be at the beginning",
        "vllm-strict-alternation",
        "second_system",
        "Noineri/vibe_tavern#44",
        "mastra-ai/mastra#15764",
    ),
    seen(
        "'loc':{s}{open}'body',{s}'messages',{s}{at},",
        None,
        "unknown_block",
        "charmbracelet/crush#1590",
        "BerriAI/litellm#30882",
        "sgl-project/sglang#14304",
        "ogx-ai/ogx#5982",
        meaning="A message has a field or a value that the API refuses.",
        fix="Send the message in the form that the error describes.",
    ),
    seen("Unexpected message role", "vllm-strict-alternation", "unknown_role", "ogx-ai/ogx#6069"),
    seen(
        "conversation roles must alternate user and assistant roles",
        "vllm-strict-alternation",
        "consecutive_users consecutive_assistants starts_with_assistant second_system",
        "charmbracelet/crush#279",
    ),
    seen(
        "Tool call IDs should be alphanumeric strings with length 9",
        "vllm-strict-alternation",
        "bad_tool_call_id",
        "ggml-org/llama.cpp#10572",
        side="call",
    ),
    seen(
        "is too long to fit into the model (context length {n})",
        "vllm-strict-alternation",
        OVERFLOW,
        "vllm-project/vllm#12165",
    ),
    seen(
        "'max_tokens' or 'max_completion_tokens' is too large: {n}. "
        "This model's maximum context length is {n} tokens and your request has {n} input tokens",
        "vllm-strict-alternation",
        OVERFLOW,
        "claude-code-best/claude-code#272",
    ),
    seen(
        "the request exceeds the available context size",
        None,
        OVERFLOW,
        "oobabooga/textgen#7257",
        "ggml-org/llama.cpp#17284",
    ),
    seen("exceeds the available context size ({n} tokens)", None, OVERFLOW, "ggml-org/llama.cpp#19774"),
    seen(
        "The input ({n} tokens) is longer than the model's context length ({n} tokens)",
        None,
        OVERFLOW,
        "sgl-project/sglang#8096",
    ),
    seen(
        "System role not supported",
        "vllm-strict-alternation",
        "unknown_role",
        "vllm-project/guidellm#67",
        "huggingface/chat-ui#1386",
        where="system",
        meaning="The chat template of the model knows no system messages.",
        fix=_SYSTEM_FIRST,
    ),
)
