"""The error texts of providers, verbatim except for IDs and positions; no other module holds them.

The keys (O1, A2, M3 …) are those of the collected threads, which `errors.reports` names. `{at}` is an index in the
payload, `{turn}` and `{block}` follow Anthropic's count, `{id}` is a tool call's ID and `{ids}` several, separated by
", ".
"""

from typing import Final

from chatdata.domain.text import compact_json

_PATTERN = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
_TOO_LONG = "Expected an array with maximum length 128, but got an array with length {count} instead."

TEXTS: Final[dict[str, str]] = {
    "O1": "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    "O2": (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        "The following tool_call_ids did not have response messages: {ids}"
    ),
    "O2-DeepSeek": (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        "(insufficient tool messages following tool_calls message)"
    ),
    "O3": "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.",
    "O4": "Invalid parameter: Duplicate value for 'tool_call_id' of '{id}', in messages[{first}] and messages[{at}].",
    "O6": (
        "Invalid 'messages[{at}].tool_calls[{call}].id': string too long. "
        "Expected a string with maximum length 40, but got a string with length {count} instead."
    ),
    "O7": (
        "Invalid 'messages[{at}].tool_calls': empty array. "
        "Expected an array with minimum length 1, but got an empty array instead."
    ),
    "O8": "Invalid 'messages[{at}].tool_calls': array too long. " + _TOO_LONG,
    "O10": (
        "Invalid 'messages[{at}].tool_calls[{call}].function.name': empty string. "
        "Expected a string with minimum length 1, but got an empty string instead."
    ),
    "O11": "Invalid 'messages[{at}].tool_calls[{call}].function.name': " + _PATTERN,
    "O12": "Invalid 'messages[{at}].name': " + _PATTERN,
    "O13": "Invalid value for 'content': expected a string, got null.",
    "O14": (
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."
    ),
    "O15": "Unsupported value: 'messages[{at}].role' does not support '{role}' with this model.",
    "O16": (
        "This model's maximum context length is {window} tokens. However, your messages resulted in {count} tokens "
        "({count} in the messages, 0 in the functions). Please reduce the length of the messages or functions."
    ),
    "O17": "'{type}' has no attribute 'items'",
    "A0": "messages: at least one message is required",
    "A1": (
        "messages.{turn}: `tool_use` ids were found without `tool_result` blocks immediately after: {ids}. "
        "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
    ),
    "A2": (
        "messages.{turn}.content.{block}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. "
        "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
    ),
    "A3": "messages.{turn}.content.{block}: `tool_use` ids must be unique",
    "A4": "messages.{turn}.content.{block}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    "A5": "messages.{turn}: all messages must have non-empty content except for the optional final assistant message",
    "A6": "messages: text content blocks must be non-empty",
    "A7": "messages: text content blocks must contain non-whitespace text",
    "A8": "messages.{turn}.content.{block}.tool_use.input: Input should be a valid dictionary",
    "A9": ("This model does not support assistant message prefill. The conversation must end with a user message."),
    "A12": "The request body is not valid JSON: no low surrogate in string: line 1 column {column} (char {char})",
    "B1": (
        "The number of toolResult blocks at messages.{turn}.content exceeds the number of toolUse blocks "
        "of previous turn."
    ),
    "B2": (
        "messages.{turn}: Did not find {count} `tool_result` block(s) at the beginning of this message. "
        "Messages following `tool_use` blocks must begin with a matching number of `tool_result` blocks."
    ),
    "G1": (
        "Please ensure that the number of function response parts is equal to the number of function call parts "
        "of the function call turn."
    ),
    "M0": "Tool call id was {id} but must be a-z, A-Z, 0-9, with a length of 9.",
    "M1": "Not the same number of function calls and responses",
    "M2": "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
    "M3": "Unexpected role '{role}' after role '{before}'",
    "V1": ("After the optional system message, conversation roles must alternate user/assistant/user/assistant/..."),
    "O18": "Missing parameter 'name': messages with role 'function' must have a 'name'.",
    "O19": "Missing required parameter: 'messages[{at}].content[{part}].type'.",
    "O20": "Missing required parameter: 'messages[{at}].tool_calls[{call}].type'.",
    "O25": "Missing required parameter: 'messages[{at}].tool_calls[{call}].id'.",
    "O21": (
        "Invalid type for 'messages[{at}].tool_calls[{call}].function.arguments': "
        "expected a string, but got an object instead."
    ),
    "O26": (
        "Invalid type for 'messages[{at}].tool_calls[{call}].function.arguments': "
        "expected a string, but got null instead."
    ),
    "O22": (
        "Invalid 'messages[{at}].content': string too long. "
        "Expected a string with maximum length 1048576, but got a string with length {count} instead."
    ),
    "O23": (
        "Invalid 'messages[{at}]'. Image URLs are only allowed for messages with role 'user', "
        "but this message with role '{role}' contains an image URL."
    ),
    "O24": ("Invalid type for 'messages[{at}].tool_calls': expected an array of objects, but got an object instead."),
    "R1": "No tool output found for function call {id}.",
    "R2": "No tool call found for function call output with call_id {id}.",
    "A15": (
        "messages.{turn}.content.{block}: each tool_use must have a single result. "
        "Found multiple `tool_result` blocks with id: {id}"
    ),
    "A16": "messages: final assistant content cannot end with trailing whitespace",
    "B5": (
        "A conversation must start with a user message. Try again with a conversation that starts with a user message."
    ),
    "B6": (
        "A conversation must alternate between user and assistant roles. "
        "Make sure the conversation alternates between user and assistant roles and try again."
    ),
    "B7": (
        "The format of the value at messages.{turn}.content.{block}.toolUse.input is invalid. "
        "Provide a json object for the field and try again."
    ),
    "B8": (
        "The text field in the ContentBlock object at messages.{turn}.content.{block} is blank. "
        "Add text to the text field, and try again."
    ),
    "G3": (
        "Please ensure that function call turn comes immediately after a user turn or after a function response turn."
    ),
    "G4": "Please ensure that function response turn comes immediately after a function call turn.",
    "G5": "* GenerateContentRequest.contents[{turn}].parts: contents.parts must not be empty.",
    "G6": "* GenerateContentRequest.contents: contents is not specified",
    "M4": "Assistant message must have either content or tool_calls, but not none.",
    "D1": "Failed to deserialize the JSON body into the target type: messages[{at}]: unknown variant {variant}",
    "D2": "The `reasoning_content` in the thinking mode must be passed back to the API.",
    "K1": "thinking is enabled but reasoning_content is missing in assistant tool call message at index {at}",
    "K2": "Invalid request: the message at position {at} with role '{role}' must not be empty",
    "K3": "Invalid request: tool call id {id} is duplicated",
    "Q1": (
        '<400> InternalError.Algo.InvalidParameter: An assistant message with "tool_calls" must be followed by tool '
        'messages responding to each "tool_call_id". The following tool_call_ids did not have response messages: '
        "message[{at}].role"
    ),
    "Q2": "Empty tool_calls is not supported in message",
    "GR1": (
        "'messages.{at}' : for 'role:assistant' the following must be satisfied"
        "[('messages.{at}' : property 'reasoning_content' is unsupported)]"
    ),
    "DR": (
        "Failed to deserialize the JSON body into the target type: messages[{at}].role: unknown variant `{role}`, "
        "expected one of `system`, `user`, `assistant`, `tool`"
    ),
    "QR": "{role} is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.[{at}].role'",
    "AR": "messages.{turn}.role: Input should be 'user' or 'assistant'",
    "BR": (
        "1 validation error detected: Value '{role}' at 'messages.{first}.member.role' failed to satisfy constraint: "
        "Member must satisfy enum value set: [user, assistant]"
    ),
    "GER": "Please use a valid role: user, model.",
    "VR": "Unexpected message role.",
    "NR": "The role '{role}' of messages[{at}] is not supported.",
    "NM": "The request has no messages.",
    "NP": "The type '{type}' of messages[{at}].content[{part}] is not supported.",
    "GR2": "'messages.{at}' : discriminator property 'role' has invalid value",
    "A10": (
        "messages.{turn}.content.{block}.type: Expected `thinking` or `redacted_thinking`, but found `{type}`. "
        "When `thinking` is enabled, a final `assistant` message must start with a thinking block"
    ),
    "A10-disabled": (
        "When thinking is disabled, an `assistant` message in the final position cannot contain `thinking`."
    ),
    "A11": (
        "messages.{turn}.content.{block}.image.source.base64: image exceeds 5 MB maximum: {count} bytes > 5242880 bytes"
    ),
    "A13": "A maximum of 4 blocks with cache_control may be provided. Found {count}.",
    "A17": "messages.{turn}.content.{block}.thinking.signature: Field required",
    "A18": "messages.{turn}.{field}: Extra inputs are not permitted",
    "A19": "tools.{tool}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'",
    "B3": (
        "The content field at messages.{turn}.content.{block}.toolResult cannot be empty when status value is error."
    ),
    "G2": (
        "Function call is missing a thought_signature in functionCall parts. "
        "This is required for tools to work correctly"
    ),
    "R3": "Item '{id}' of type 'reasoning' was provided without its required following item.",
    "O9": "Invalid 'tools': array too long. " + _TOO_LONG,
    "O29": "Invalid '{place}': " + _PATTERN,
    "O30": "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    "O31": "Missing required parameter: '{place}'.",
    "O32": "Invalid type for '{place}': expected a string, but got {type} instead.",
    "O33": "Invalid type for '{place}': expected one of a string or array of objects, but got {type} instead.",
    "O34": "Invalid type for '{place}': expected an object, but got a string instead.",
    "O27": "Invalid body: duplicate JSON key '{key}' at '{path}'. Duplicate JSON keys are not supported.",
    "D3": "Failed to deserialize the JSON body into the target type: {inside}duplicate field `{key}`",
    "AS": (
        'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, '
        'not "system" as an input message role.'
    ),
    "A20": "messages.{turn}.content.{block}.{type}.{field}: Field required",
    "A21": (
        "messages.{turn}.content.{block}: Input tag '{type}' found using 'type' "
        "does not match any of the expected tags: 'document', 'image'"
    ),
    "A22": "messages.{turn}.content.{block}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'",
    "AF": 'messages: first message must use the "user" role',
    "B4": "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    "B9": (
        "The format of the value at messages.{turn}.content.{block}.toolResult.content.{part}.json is invalid. "
        "Provide a json object for the field and try again."
    ),
    "B10": "The content of messages[{at}] is a text, not a list of blocks.",
    "G7": (
        "Invalid value at 'contents[{turn}].parts[{block}].{field}.{key}' (type.googleapis.com/google.protobuf.Struct)"
    ),
    "G8": (
        "Invalid JSON payload received. Unknown name \"{key}\" at 'contents[{turn}].parts[{block}].{field}': "
        "Proto field is not repeating, cannot start list."
    ),
    "R4": (
        "Invalid value: '{type}'. Supported values are: 'input_text', 'input_image', 'input_audio', 'output_text', "
        "'refusal', 'input_file', 'computer_screenshot', 'summary_text', and 'encrypted_content'."
    ),
    "R5": "Invalid value: '{type}'. Supported values are: 'output_text' and 'refusal'.",
    "R6": (
        "Invalid type for 'input[{at}].content': expected one of an array of objects or string, but got null instead."
    ),
    "R7": "Invalid type for 'input[{at}].arguments': expected a string, but got {type} instead.",
    "R8": "Duplicate item found with id {id}. Remove duplicate items from your input and try again.",
    "R9": "Invalid 'input[{item}].id': '{id}'. Expected an ID that begins with '{any}'.",
    "R10": (
        "Invalid 'input[{at}].name': empty string. "
        "Expected a string with minimum length 1, but got an empty string instead."
    ),
    "R11": "Invalid 'input[{at}].name': " + _PATTERN,
    "C1": (
        "messages.{at}.assistant.reasoning_content: property 'messages.{at}.assistant.reasoning_content' is unsupported"
    ),
    "O35": (
        "Invalid '{place}': string too long. "
        "Expected a string with maximum length {most}, but got a string with length {count} instead."
    ),
    "A23": "messages.{turn}: `tool_use` blocks can only be in `assistant` messages",
    "A24": "messages.{turn}: `tool_result` blocks can only be in `user` messages",
    "A25": "messages.{turn}.content: thinking blocks may only be in `assistant` messages",
    "A26": "system: Input should be a valid list",
    "A27": "system: text content blocks must be non-empty",
    "A28": "system: text content blocks must contain non-whitespace text",
    "A29": (
        "messages.{turn}.content.{block}.image.source.base64.media_type: "
        "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'"
    ),
    "A30": "messages.{turn}.content.{block}.text.text: Input should be a valid string",
    "A31": "messages.{turn}.content.{block}: '{type}' blocks are not permitted within assistant turns",
    "B11": (
        "1 validation error detected: Value at '{place}' failed to satisfy constraint: "
        "Member must have length less than or equal to 64"
    ),
    "B12": (
        "1 validation error detected: Value at '{place}' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"
    ),
    "B13": (
        "1 validation error detected: Value at '{place}' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    ),
    "G9": "Invalid value at '{place}' (type.googleapis.com/google.ai.generativelanguage.v1beta.{type})",
    "G10": ("* GenerateContentRequest.contents[{turn}].parts[{block}].function_response.name: Name cannot be empty."),
    "G11": "Invalid value at '{place}' (TYPE_STRING)",
    "R12": "No tool output found for computer call {id}.",
    "R13": "Invalid value: '{role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
    "NF": "The form of {place} is not accepted.",
}
"""The texts that a lint predicts. O17 (jinja's) is not verbatim, and neither are NR, NM, NP, NF and B10.

NR, NM, NP, NF and B10 stand for the words of providers that reject a role, an empty list, a part, a form or a text in
words that no public report shows.
"""

_LONGEST_VALUE = 1000


def said(row: str, **values: object) -> str:
    """Returns the text with this key, with the values filled in."""
    return TEXTS[row].format_map({name: shown(str(value)) for name, value in values.items()})


def shown(value: str) -> str:
    """Returns an ID or a role for use in a text, truncated at 1,000 characters."""
    return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"


def wrapped(raw: str) -> str:
    """Returns Anthropic's error in the form in which OpenRouter passes it on."""
    metadata = {"raw": raw, "provider_name": "Anthropic"}
    answer = {"message": "Provider returned error", "code": 400, "metadata": metadata}
    return compact_json(answer)
