-- n8n_chat_histories (id, session_id, message) as "ChatSession" and "ChatMessage", for SQLite 3.38 or newer.
-- See docs/other-stores.md. The views change nothing in the table.

CREATE VIEW "ChatSession" AS
SELECT
    session_id AS "id",
    NULL AS "createdAt",
    NULL AS "updatedAt",
    NULL AS "userId",
    NULL AS "title",
    '{}' AS "credentials",
    '{}' AS "successfulAgentRuns",
    '{}' AS "successfulAgentSchedules",
    NULL AS "totalPromptTokens",
    NULL AS "totalCompletionTokens"
FROM n8n_chat_histories
GROUP BY session_id;

CREATE VIEW "ChatMessage" AS
SELECT
    CAST(id AS TEXT) AS "id",
    NULL AS "createdAt",
    session_id AS "sessionId",
    CASE
        WHEN kind IN ('human', 'HumanMessage', 'HumanMessageChunk') THEN 'user'
        WHEN kind IN ('ai', 'AIMessage', 'AIMessageChunk') THEN 'assistant'
        WHEN kind IN ('system', 'SystemMessage', 'SystemMessageChunk') THEN 'system'
        WHEN kind IN ('tool', 'ToolMessage', 'ToolMessageChunk') THEN 'tool'
        ELSE kind
    END AS "role",
    CASE json_type(body, '$.content')
        WHEN 'text' THEN json_extract(body, '$.content')
        WHEN 'array' THEN (
            SELECT group_concat(iif(part.type = 'text', part.value, json_extract(part.value, '$.text')), char(10))
            FROM json_each(body, '$.content') AS part
            WHERE part.type IN ('text', 'object')
        )
    END AS "content",
    json_extract(body, '$.name') AS "name",
    json_extract(body, '$.tool_call_id') AS "toolCallId",
    NULL AS "refusal",
    CASE
        WHEN json_array_length(body, '$.tool_calls') > 0 THEN (
            SELECT json_group_array(
                json_object(
                    'id', json_extract(made.value, '$.id'),
                    'type', 'function',
                    'function', json_object(
                        'name', json_extract(made.value, '$.name'),
                        -- Joined with text, because it would be JSON inside JSON otherwise.
                        'arguments', (made.value -> '$.args') || ''
                    )
                )
            )
            FROM json_each(body, '$.tool_calls') AS made
            WHERE made.type = 'object'
        )
        WHEN json_array_length(body, '$.additional_kwargs.tool_calls') > 0
            THEN body -> '$.additional_kwargs.tool_calls'
    END AS "toolCalls",
    body -> '$.additional_kwargs.function_call' AS "functionCall",
    id AS "sequence",
    coalesce(
        json_extract(body, '$.response_metadata.model_name'),
        json_extract(body, '$.response_metadata.model')
    ) AS "model",
    message AS "sourceItem",
    'langchain' AS "sourceFormat"
FROM (
    SELECT
        id,
        session_id,
        message,
        json_extract(item, '$.type') AS kind,
        -- The nested form has everything but the type under "data".
        iif(json_type(item, '$.data') = 'object', item -> '$.data', item) AS body
    FROM (
        SELECT
            id,
            session_id,
            message,
            -- Text that is no JSON would end every query.
            CASE WHEN typeof(message) = 'text' AND json_valid(message) THEN message END AS item
        FROM n8n_chat_histories
    )
);
