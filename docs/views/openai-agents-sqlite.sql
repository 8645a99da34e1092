-- agent_sessions and agent_messages as "ChatSession" and "ChatMessage", for SQLite 3.38 or newer.
-- See docs/other-stores.md. The views change nothing in the tables.

CREATE VIEW "ChatSession" AS
SELECT
    session_id AS "id",
    -- A fixed width, by which times as text are sorted.
    strftime('%Y-%m-%d %H:%M:%f', created_at) AS "createdAt",
    strftime('%Y-%m-%d %H:%M:%f', updated_at) AS "updatedAt",
    NULL AS "userId",
    NULL AS "title",
    '{}' AS "credentials",
    '{}' AS "successfulAgentRuns",
    '{}' AS "successfulAgentSchedules",
    NULL AS "totalPromptTokens",
    NULL AS "totalCompletionTokens"
FROM agent_sessions;

CREATE VIEW "ChatMessage" AS
SELECT
    CAST(id AS TEXT) AS "id",
    strftime('%Y-%m-%d %H:%M:%f', created_at) AS "createdAt",
    session_id AS "sessionId",
    CASE kind
        WHEN 'message' THEN json_extract(item, '$.role')
        WHEN 'function_call_output' THEN 'tool'
        WHEN 'custom_tool_call_output' THEN 'tool'
        -- No model is sent a message of this role: the item is shown, and is no message.
        WHEN 'reasoning' THEN 'reasoning'
        ELSE iif(item IS NULL, NULL, 'assistant')
    END AS "role",
    CASE json_type(item, words)
        WHEN 'text' THEN json_extract(item, words)
        WHEN 'array' THEN (
            SELECT group_concat(
                coalesce(json_extract(part.value, '$.text'), json_extract(part.value, '$.refusal')), char(10)
            )
            FROM json_each(item, words) AS part
            WHERE part.type = 'object'
        )
    END AS "content",
    NULL AS "name",
    iif(words = '$.output', json_extract(item, '$.call_id'), NULL) AS "toolCallId",
    NULL AS "refusal",
    iif(
        kind IN ('function_call', 'custom_tool_call'),
        json_array(
            json_object(
                'id', coalesce(json_extract(item, '$.call_id'), json_extract(item, '$.id')),
                'type', 'function',
                'function', json_object(
                    'name', json_extract(item, '$.name'),
                    'arguments', coalesce(json_extract(item, '$.arguments'), json_extract(item, '$.input'))
                )
            )
        ),
        NULL
    ) AS "toolCalls",
    NULL AS "functionCall",
    id AS "sequence",
    message_data AS "sourceItem",
    'openai-responses' AS "sourceFormat"
FROM (
    SELECT
        *,
        iif(kind IN ('function_call_output', 'custom_tool_call_output'), '$.output', '$.content') AS words
    FROM (
        SELECT *, iif(item IS NULL, NULL, coalesce(json_extract(item, '$.type'), 'message')) AS kind
        FROM (
            SELECT
                id,
                session_id,
                created_at,
                message_data,
                -- Text that is no JSON would end every query.
                CASE WHEN typeof(message_data) = 'text' AND json_valid(message_data) THEN message_data END AS item
            FROM agent_messages
            -- SQLite checks foreign keys only when asked to: a message without its session would count in sums only.
            WHERE session_id IN (SELECT session_id FROM agent_sessions)
        )
    )
);
