"""The display names of the providers."""

from collections.abc import Mapping
from types import MappingProxyType

from chatdata.domain.lint import Provider

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
    }
)
