"""The display names of the providers, and of the frameworks that refuse messages themselves."""

from collections.abc import Mapping
from types import MappingProxyType

from chatdata.domain.lint import Framework, Printer, Provider

PROVIDER_NAMES: Mapping[Provider, str] = MappingProxyType(
    {
        "openai": "OpenAI",
        "anthropic": "Anthropic",
        "openrouter-anthropic": "Anthropic through OpenRouter",
        "bedrock": "Bedrock",
        "gemini": "Gemini",
        "mistral": "Mistral",
        "deepseek": "DeepSeek",
        "vllm-strict-alternation": "vLLM (strict alternation)",
        "groq": "Groq",
        "cerebras": "Cerebras",
        "moonshot": "Moonshot",
        "xai": "xAI",
        "ollama": "Ollama",
        "openai-responses": "OpenAI Responses",
        "azure-openai": "Azure OpenAI",
        "qwen": "Qwen",
    }
)

_FRAMEWORK_NAMES: Mapping[Framework, str] = {
    "langgraph": "LangGraph",
    "pydantic-ai": "Pydantic AI",
    "litellm": "LiteLLM",
    "openrouter": "OpenRouter",
    "ai-sdk": "AI SDK",
}
_NAMES: dict[str, str] = {str(one): name for one, name in (*PROVIDER_NAMES.items(), *_FRAMEWORK_NAMES.items())}


def printer_name(printer: Printer) -> str:
    """Returns the display name of whoever can print an error."""
    return _NAMES[printer]
