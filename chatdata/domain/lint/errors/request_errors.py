"""Error texts that are not about messages: limits, keys, accounts, models and servers, each with its public report."""

from chatdata.domain.lint.errors.known_error import Known
from chatdata.domain.lint.values import Printer

_LIMIT = ("The provider's limit on requests or tokens is used up.", "Wait and send the same request again.")
_TOO_LARGE = (
    "The request alone has more tokens than the limit allows in a minute, so that waiting never helps.",
    "Reduce the tokens of the request, max_tokens included, or raise the limit of the account.",
)
_TOOLS = (
    "A tool that the request offers has a schema that is not accepted.",
    "Correct the schema of the tool that the error names.",
)
_NO_TOOLS = (
    "The request chooses among tools and offers none.",
    "Leave tool_choice and parallel_tool_calls out, or send the tools.",
)
_MONEY = ("The account has no credit or quota left.", "Check the plan and billing of the account.")
_KEY = ("The API key is missing, wrong or not allowed.", "Check the key and what it may use.")
_MODEL = ("The model does not exist or the key may not use it.", "Check the model's name and the key's access.")
_NETWORK = (
    "No answer came: the connection to the provider failed or took too long.",
    "Send the same request again, and check the network and the time limit.",
)
_SERVER = ("The provider is overloaded or failed.", "Send the same request again later.")
_FILTER = ("The provider's content filter blocked the answer.", "Send the request again, or ask in other words.")
_STORED = ("The provider no longer has the response that the request continues.", "Send all items instead of its id.")
_ANSWER = (
    "More tokens were requested for the answer than the model can write.",
    "Lower max_tokens to the model's limit.",
)
_MODEL_TOOLS = ("The model can't call tools.", "Send no tools, or use another model.")
_RUNNING = (
    "An earlier request to the same conversation is still running.",
    "Wait until it has ended, or cancel it, and send one request at a time.",
)
_BROKEN = (
    "The model broke its own format, so that the server could not read its answer.",
    "Send the same request again; if it fails often, update the server or the model's files.",
)
_OPTION = ("An option of the request is not accepted.", "Change the option that the error names.")


def _seen(template: str, provider: Printer | None, what: tuple[str, str], *source: str) -> Known:
    meaning, fix = what
    meaning = f"{meaning} No message is at fault."
    return Known(template, provider, meaning=meaning, fix=fix, of_request=True, source=source)


OF_REQUEST = (
    _seen(
        "tool call validation failed: attempted to call tool '{any}' which was not in request.tools",
        "groq",
        (
            "The model called a tool that the request did not offer, so that its answer was refused.",
            "Send the tools that the conversation calls, or ask again.",
        ),
        "mastra-ai/mastra#9688",
    ),
    _seen(
        "tool call validation failed: parameters for tool {any} did not match schema",
        "groq",
        (
            "The model called a tool with arguments that its schema refuses, so that its answer was refused.",
            "Ask again, or loosen the schema of the tool.",
        ),
        "HunorLaczko/ha-groq-cloud-api#20",
    ),
    _seen("'type': 'not_found_error', 'message': 'model:", "anthropic", _MODEL, "anthropics/claude-code#5349"),
    _seen("'type':'not_found_error','message':'model:", "anthropic", _MODEL, "anthropics/claude-code#5349"),
    _seen(
        "You don't have access to the model with the specified model ID",
        "bedrock",
        _MODEL,
        "aws-samples/generative-ai-to-build-a-devsecops-chatbot#3",
        "langgenius/dify#2829",
    ),
    _seen(
        "User location is not supported for the API use",
        "gemini",
        ("The API is not offered where the request comes from.", "Send the request from a supported country."),
        "google-gemini/gemini-cli#24641",
        "google-gemini/gemini-cli#1993",
    ),
    _seen("Rate limit reached", "openai", _LIMIT, "FoundationAgents/MetaGPT#523", "continuedev/continue#11472"),
    _seen("rate_limit_exceeded", None, _LIMIT, "DrShushen/climb#13", "TheR1D/shell_gpt#653"),
    _seen(
        "Request too large for model {any} in organization",
        "groq",
        _TOO_LARGE,
        "continuedev/continue#10218",
        "HunorLaczko/ha-groq-cloud-api#27",
    ),
    _seen("Request too large for {any} in organization", "openai", _TOO_LARGE, "DrShushen/climb#13"),
    _seen("Request too large for {any} on tokens per min", "openai", _TOO_LARGE, "vanna-ai/vanna-flask#11"),
    _seen("Invalid schema for function", "openai", _TOOLS, "evalstate/fast-agent#143", "karakeep-app/karakeep#1696"),
    _seen(
        "tool_choice' is only allowed when 'tools' are specified",
        "openai",
        _NO_TOOLS,
        "dapr/dapr-agents#248",
        "writer/writer-framework#1013",
    ),
    _seen(
        "upstream connect error or disconnect/reset before headers",
        None,
        _NETWORK,
        "anthropics/claude-code#8803",
        "vllm-project/aibrix#1449",
    ),
    _seen("Connection reset by peer", None, _NETWORK, "Aider-AI/aider#11", "yoheinakajima/babyagi#89"),
    _seen("would exceed the rate limit for your organization", "anthropic", _LIMIT, "stackblitz/bolt.new#8589"),
    _seen("would exceed your account's rate limit", "anthropic", _LIMIT, "anthropics/claude-code#37906"),
    _seen("rate_limit_error", "anthropic", _LIMIT, "anthropics/claude-code#37906"),
    _seen("Resource has been exhausted", "gemini", _LIMIT, "google-gemini/gemini-cli#1627"),
    _seen("Resource exhausted. Please try again later", "gemini", _LIMIT, "google-gemini/gemini-cli#14811"),
    _seen("RESOURCE_EXHAUSTED", "gemini", _LIMIT, "continuedev/continue#10560"),
    _seen("ThrottlingException", "bedrock", _LIMIT, "kirodotdev/Kiro#8113", "promptfoo/promptfoo#1508"),
    _seen("Too many requests, please wait before trying again", "bedrock", _LIMIT, "promptfoo/promptfoo#1508"),
    _seen("Too many tokens, please wait before trying again", "bedrock", _LIMIT, "anthropics/claude-code#236"),
    _seen("Too many requests", None, _LIMIT, "continuedev/continue#10560"),
    _seen("You exceeded your current quota", "openai", _MONEY, "jekalmin/extended_openai_conversation#147"),
    _seen("insufficient_quota", "openai", _MONEY, "jekalmin/extended_openai_conversation#147"),
    _seen("credit balance is too low", "anthropic", _MONEY, "anthropics/claude-code#4684"),
    _seen("credit_balance_too_low", "anthropic", _MONEY, "anthropics/claude-code#54839"),
    _seen("Insufficient Balance", "deepseek", _MONEY, "continuedev/continue#9942", "mengxi-ream/read-frog#167"),
    _seen("Insufficient credits", None, _MONEY, "Alishahryar1/free-claude-code#772", "Gitlawb/openclaude#1303"),
    _seen("Incorrect API key provided", "openai", _KEY, "continuedev/continue#9634", "continuedev/continue#9358"),
    _seen("Invalid API key", None, _KEY, "Gitlawb/openclaude#1303"),
    _seen("invalid_api_key", "openai", _KEY, "continuedev/continue#9358"),
    _seen("invalid x-api-key", "anthropic", _KEY, "open-webui/pipelines#145", "Aider-AI/aider#950"),
    _seen("authentication_error", "anthropic", _KEY, "anthropics/claude-quickstarts#193"),
    _seen("API key not valid", "gemini", _KEY, "google-gemini/gemini-cli#4690", "babaohuang/GeminiProChat#142"),
    _seen("API_KEY_INVALID", "gemini", _KEY, "google-gemini/gemini-cli#25198"),
    _seen("No auth credentials found", None, _KEY, "RooCodeInc/Roo-Code#2445", "charmbracelet/crush#1317"),
    _seen("No cookie auth credentials found", None, _KEY, "continuedev/continue#10153"),
    _seen("The security token included in the request is invalid", "bedrock", _KEY, "nccgroup/ScoutSuite#411"),
    _seen("The model {any} does not exist", "openai", _MODEL, "Shopify/roast#13", "skorokithakis/sysaidmin#6"),
    _seen("model_not_found", "openai", _MODEL, "harry0703/MoneyPrinterTurbo#4"),
    _seen("does not support tools", "ollama", _MODEL, "i-am-bee/beeai-framework#753"),
    _seen("No endpoints found that support tool use", None, _MODEL, "anomalyco/opencode#1675", "mastra-ai/mastra#2839"),
    _seen("overloaded_error", "anthropic", _SERVER, "anthropics/anthropic-sdk-typescript#616"),
    _seen("529 Overloaded", "anthropic", _SERVER, "anthropics/claude-code#61365"),
    _seen("would exceed your organization's rate limit", "anthropic", _LIMIT, "stagewise-io/stagewise#927"),
    _seen(
        "with on-demand throughput isn't supported",
        "bedrock",
        _MODEL,
        "aws-samples/bedrock-access-gateway#73",
        "danny-avila/LibreChat#4570",
    ),
    _seen(
        "The model is overloaded. Please try again later",
        "gemini",
        _SERVER,
        "google-gemini/gemini-cli#5191",
        "google-gemini/cookbook#425",
    ),
    _seen(
        "The engine is currently overloaded, please try again later",
        "moonshot",
        _SERVER,
        "MoonshotAI/Kimi-K2#127",
        "MoonshotAI/MoonshotAI-Cookbook#16",
    ),
    _seen("model is currently overloaded with other requests", "openai", _SERVER, "openai/openai-python#414"),
    _seen("Our servers are currently overloaded", "openai", _SERVER, "Wei-Shaw/sub2api#6631"),
    _seen(
        "The server had an error while processing your request",
        "openai",
        _SERVER,
        "LlmKira/Openaibot#177",
        "langbot-app/LangBot#126",
    ),
    _seen("This model is currently experiencing high demand", "gemini", _SERVER, "continuedev/continue#10639"),
    _seen(
        "Output blocked by content filtering policy",
        "anthropic",
        _FILTER,
        "anthropics/claude-code#6195",
        "anthropics/claude-code#37547",
    ),
    _seen(
        "Previous response with id '{any}' not found",
        "openai-responses",
        _STORED,
        "maximhq/bifrost#2441",
        "agno-agi/agno#9240",
    ),
    _seen(
        "Failed to call a function. Please adjust your prompt",
        "groq",
        ("The model made a tool call that Groq could not read.", "Send the same request again, or simplify the tools."),
        "groq/groq-typescript#28",
        "anomalyco/opencode#1018",
    ),
    _seen(
        "max_tokens must be greater than thinking.budget_tokens",
        "anthropic",
        _OPTION,
        "anthropics/claude-code#8756",
        "QwenLM/qwen-code#2508",
    ),
    _seen(
        "budget_tokens: Input should be greater than or equal to {n}", "anthropic", _OPTION, "themaximalist/llm.js#30"
    ),
    _seen(
        "max_tokens: {n} > {n}, which is the maximum allowed number of output tokens",
        "anthropic",
        _ANSWER,
        "anomalyco/opencode#2055",
    ),
    _seen(
        "max_tokens is too large: {n}. This model supports at most {n} completion tokens",
        "openai",
        _ANSWER,
        "ChatGPTNextWeb/NextChat#3195",
        "enoch3712/ExtractThinker#346",
    ),
    _seen(
        "The maximum tokens you requested exceeds the model limit of {n}",
        "bedrock",
        _ANSWER,
        "charmbracelet/crush#946",
    ),
    _seen(
        "Requests which include tool_use or tool_result blocks must define tools",
        "anthropic",
        ("The conversation has tool calls and the request offers no tools.", "Send the tools that were called."),
        "anthropics/anthropic-sdk-python#494",
    ),
    _seen(
        "Value at 'toolConfig.tools' failed to satisfy constraint",
        "bedrock",
        ("The request offers an empty list of tools.", "Leave toolConfig out, or send the tools."),
        "Portkey-AI/gateway#1124",
    ),
    _seen("Can't add messages to {any} while a run {any} is active", "openai", _RUNNING, "openai/openai-python#1023"),
    _seen(
        "Another process is currently operating on this conversation",
        "openai-responses",
        _RUNNING,
        "paulgmiller/careme#379",
    ),
    _seen(
        "The API deployment for this resource does not exist",
        "azure-openai",
        _MODEL,
        "mckaywrigley/chatbot-ui#1207",
        "chatboxai/chatbox#646",
    ),
    _seen("DeploymentNotFound", "azure-openai", _MODEL, "chatboxai/chatbox#861"),
    _seen("Authentication Fails", "deepseek", _KEY, "continuedev/continue#11820", "nextcloud/integration_openai#182"),
    _seen(
        "This request requires more credits, or fewer max_tokens",
        "openrouter",
        _MONEY,
        "Taewan-P/gpt_mobile#284",
        "can1357/oh-my-pi#9569",
    ),
    _seen(
        "Prompt tokens limit exceeded: {n} > {n}",
        "openrouter",
        ("The limit of the key leaves too little for a prompt of this length.", "Raise the limit of the key."),
        "anomalyco/opencode#12219",
    ),
    _seen(
        "No endpoints found matching your data policy",
        "openrouter",
        (
            "The account's data policy allows none of the model's providers.",
            "Change the policy in the account's privacy settings, or use another model.",
        ),
        "ShamanicArts/Flow.Launcher.Plugin.AI-Assistant#2",
    ),
    _seen("Function calling is not enabled for {any}", "gemini", _MODEL_TOOLS, "BerriAI/litellm#10313"),
    _seen("This model doesn't support tool use", "bedrock", _MODEL_TOOLS, "langchain-ai/langchain-aws#447"),
    _seen(
        "This model doesn't support the {any} field. Remove",
        "bedrock",
        _OPTION,
        "strands-agents/harness-sdk#1241",
    ),
    _seen("Malformed input request: #: extraneous key", "bedrock", _OPTION, "langgenius/dify#3326"),
    _seen("at 'toolConfig.tools.{n}.member", "bedrock", _TOOLS, "aws-samples/remote-swe-agents#457"),
    _seen(
        "tools.{n}.custom.name: String should match pattern",
        "anthropic",
        _TOOLS,
        "modelcontextprotocol/typescript-sdk#413",
    ),
    _seen(
        "tools: Tool names must be unique",
        "anthropic",
        ("Two tools that the request offers have one name.", "Give each tool a name of its own."),
        "eclipse-theia/theia#16122",
        "anthropics/claude-code#10687",
    ),
    _seen(
        "'auto' tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set",
        "vllm-strict-alternation",
        (
            "The server was started without tool calls.",
            "Start it with --enable-auto-tool-choice and the --tool-call-parser of the model, or send no tools.",
        ),
        "vllm-project/vllm#9986",
    ),
    _seen(
        "unexpected tokens remaining in message header", "vllm-strict-alternation", _BROKEN, "vllm-project/vllm#51977"
    ),
    _seen(
        "Unexpected token {n} while expecting start token {n}",
        "vllm-strict-alternation",
        _BROKEN,
        "vllm-project/vllm#22515",
    ),
    _seen("error parsing tool call: raw=", "ollama", _BROKEN, "ollama/ollama#17638", "ollama/ollama#12884"),
    _seen("property 'store' is unsupported", "groq", _OPTION, "fanenr/chatbot#21"),
    _seen("cannot specify both 'thinking' and 'reasoning_effort'", "moonshot", _OPTION, "HKUDS/nanobot#3939"),
    _seen("Unsupported parameter: {any} is not supported with this model", "openai", _OPTION, "teilomillet/gollm#33"),
)


def _failed(template: str, *source: str) -> Known:
    """Returns a failure of which the text does not say what caused it."""
    meaning = "The provider's server failed. The text names no message as the cause."
    fix = (
        "Send the same request again later. If it fails each time, check the messages: some servers answer so to "
        "arguments that they can't read."
    )
    return Known(template, None, meaning=meaning, fix=fix, of_request=True, source=source)


REMNANTS = (
    _seen("Overloaded", None, _SERVER, "anthropics/claude-code#4145", "anthropics/claude-code#8118"),
    _seen("Server overloaded", None, _SERVER, "ollama/ollama#15934"),
    _seen("server is overloaded", None, _SERVER, "cline/cline#440"),
    _seen("Service Unavailable", None, _SERVER, "google-gemini/gemini-cli#15745", "ollama/ollama#15934"),
    _seen("Bad Gateway", None, _SERVER, "nearai/ironclaw#1994", "abetlen/llama-cpp-python#1055"),
    _seen("Gateway Timeout", None, _SERVER, "mistralai/mistral-vibe#72"),
    _seen("Gateway Time-out", None, _SERVER, "Mintplex-Labs/anything-llm#1722", "OpenHands/OpenHands#9208"),
    _failed("Internal server error", "anthropics/claude-code#35508"),
    _seen("Request timed out", None, _NETWORK, "langchain-ai/langchain#21919", "presenton/presenton#298"),
    _seen("Connection error", None, _NETWORK, "yihong0618/bilingual_book_maker#244"),
    _seen("Unauthorized", None, _KEY, "continuedev/continue#11748"),
    _seen("Rate limit exceeded", None, _LIMIT, "continuedev/continue#11472"),
    _seen("Rate limited", None, _LIMIT, "continuedev/continue#11472"),
    _seen("Rate limit", None, _LIMIT, "continuedev/continue#11472"),
    _seen("429", None, _LIMIT, "continuedev/continue#10560", "continuedev/continue#11472"),
    _seen("401", None, _KEY, "continuedev/continue#11010", "aiming-lab/AutoResearchClaw#183"),
    _seen("529", None, _SERVER, "anthropics/claude-code#4147", "anthropics/claude-code#61365"),
    _failed("500", "anthropics/claude-code#8118"),
    _seen("502", None, _SERVER, "nearai/ironclaw#1994"),
    _seen("503", None, _SERVER, "google-gemini/gemini-cli#12932", "google-gemini/gemini-cli#15745"),
    _seen("504", None, _SERVER, "mistralai/mistral-vibe#72"),
)
"""What may be all that is left of an error: words that are its whole message, then statuses."""
