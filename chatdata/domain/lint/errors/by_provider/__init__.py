"""Error texts about messages that no rule predicts word for word, each with the public reports that show it.

openai            OpenAI and Azure: chat completions
openai_responses  OpenAI's Responses API
anthropic         Anthropic, also on Bedrock and through OpenRouter
bedrock           Amazon Bedrock: Converse and InvokeModel, and the checks of its SDK
gemini            Gemini, from AI Studio and Vertex, and the checks of its SDK
mistral           Mistral
deepseek          DeepSeek
other_apis        Groq, Cerebras, Moonshot, Qwen, xAI, MiniMax, GLM, Cohere, Perplexity, and gateways
local_servers     vLLM, SGLang, TGI, llama.cpp, Ollama and LM Studio, and the chat templates of models
frameworks        LangGraph, LangChain, pydantic-ai, the AI SDK and LiteLLM, before anything is sent
shared            words and texts that several of them have
"""

from chatdata.domain.lint.errors.by_provider import (
    anthropic,
    bedrock,
    deepseek,
    frameworks,
    gemini,
    local_servers,
    mistral,
    openai,
    openai_responses,
    other_apis,
)

BY_PROVIDER = (
    *openai_responses.TEXTS,
    *anthropic.TEXTS,
    *bedrock.TEXTS,
    *gemini.TEXTS,
    *mistral.TEXTS,
    *deepseek.TEXTS,
    *other_apis.TEXTS,
    *local_servers.TEXTS,
    *frameworks.TEXTS,
    *openai.TEXTS,
)
"""OpenAI's are last: of two texts that fit the same words, the first counts, and others have OpenAI's with a sign."""
