"""Texts of Gemini, from AI Studio and Vertex, and of the checks of its SDK."""

from chatdata.domain.lint.errors.by_provider.shared import OVERFLOW
from chatdata.domain.lint.errors.known_error import seen

_ROLE_ORDER = "Send the messages of user and model in turn, and the user's first."
TEXTS = (
    seen(
        "Unable to submit request because it has an empty text parameter",
        "gemini",
        "empty_content",
        "chatboxai/chatbox#1846",
        "zuisong/gemini-openai-proxy#86",
    ),
    seen(
        "Unable to submit request because it must have a text parameter",
        "gemini",
        "empty_content",
        "PublicAffairs/openai-gemini#31",
    ),
    seen(
        "Unable to submit request because at least one contents field is required",
        "gemini",
        "no_messages",
        "Calcium-Ion/new-api-horizon#24",
    ),
    seen(
        "GenerateContentRequest.contents: contents is not specified",
        "gemini",
        "no_messages",
        "langchain-ai/langchain-google#1298",
        "NousResearch/hermes-agent#57942",
    ),
    seen(
        "GenerateContentRequest.{path}: required oneof field 'data' must have one initialized field",
        "gemini",
        "empty_content",
        "boldsoftware/sketch#68",
    ),
    seen(
        "contents.parts must not be empty",
        "gemini",
        "empty_content",
        "egoist/chatwise-releases#250",
        "router-for-me/CLIProxyAPI#176",
    ),
    seen(
        "Please ensure that multiturn requests ends with a user role or a function response",
        "gemini",
        "ends_with_assistant",
        "songquanpeng/one-api#836",
        where="last",
    ),
    seen("Please use a valid role: user, model", "gemini", "unknown_role", "songquanpeng/one-api#1385"),
    seen(
        "Invalid value at '{path}.function_call.args' (type.googleapis.com/google.protobuf.Struct)",
        "gemini",
        "arguments_not_object",
        "preset-io/agor#496",  # the same sentence about a result
    ),
    seen(
        "Unknown name 'args' at '{path}.function_call': Proto field is not repeating",
        "gemini",
        "arguments_not_object",
        "vercel/ai#3589",  # the same sentence about a result
    ),
    seen(
        "Invalid value at '{path}' (type.googleapis.com/google.protobuf.Struct)",
        "gemini",
        "unknown_block",
        "preset-io/agor#496",
        meaning="A tool result is not a JSON object.",
        fix='Send the result as an object, such as {"output": …}.',
    ),
    seen(
        "Unknown name 'response' at '{path}': Proto field is not repeating",
        "gemini",
        "unknown_block",
        "vercel/ai#3589",
        meaning="A tool result is a list, not a JSON object.",
        fix='Send the result as an object, such as {"output": …}.',
    ),
    seen(
        "GenerateContentRequest.{path}: contents.parts must not be empty",
        "gemini",
        "empty_content",
        "egoist/chatwise-releases#250",
    ),
    seen(
        "GenerateContentRequest.{path}:",
        "gemini",
        "",
        "boldsoftware/sketch#68",
        meaning="Gemini refuses a part of this content, for the reason that follows the place.",
        fix="Send the part as the error describes it.",
    ),
    seen(
        "The input token count ({n}) exceeds the maximum number of tokens allowed ({n})",
        "gemini",
        OVERFLOW,
        "google-gemini/gemini-cli#4692",
    ),
    seen(
        "The input token count exceeds the maximum number of tokens allowed",
        "gemini",
        OVERFLOW,
        "google-gemini/gemini-cli#4692",
    ),
    seen(
        "multiturn requests alternate between user and model",
        "gemini",
        "consecutive_users consecutive_assistants",
        "NousResearch/hermes-agent#55623",
        where="same_role_twice",
        fix=_ROLE_ORDER,
    ),
    seen(
        "Content with role 'user' can't follow 'user'",
        "gemini",
        "consecutive_users",
        "Mintplex-Labs/anything-llm#1328",
    ),
    seen(
        "First content should be with role 'user', got model",
        "gemini",
        "starts_with_assistant",
        "hariiprasad/interviewcopilot#1",
    ),
    seen(
        "Unknown name '{any}' at '{path}': Cannot find field",
        "gemini",
        "unknown_block",
        "flyun/chatAir#108",
        meaning="A content or a part has a field that the API does not know, often one of another API.",
        fix="Leave the field out, or send it as Gemini names it.",
    ),
)
