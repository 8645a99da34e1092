"""The display names of providers."""

from collections.abc import Mapping
from types import MappingProxyType

PROVIDER_NAMES: Mapping[str, str] = MappingProxyType(
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
