-- n8n_chat_histories (id, session_id, message) as "ChatSession" and "ChatMessage", for PostgreSQL 12 or newer.
-- See docs/other-stores.md. The views change nothing in the table.

CREATE SCHEMA IF NOT EXISTS inspector;

CREATE VIEW inspector."ChatSession" AS
SELECT
    session_id::text AS "id",
    NULL::timestamp(3) AS "createdAt",
    NULL::timestamp(3) AS "updatedAt",
    NULL::text AS "userId",
    NULL::text AS "title",
    '{}'::jsonb AS "credentials",
    '{}'::jsonb AS "successfulAgentRuns",
    '{}'::jsonb AS "successfulAgentSchedules",
    NULL::integer AS "totalPromptTokens",
    NULL::integer AS "totalCompletionTokens"
FROM public.n8n_chat_histories
GROUP BY session_id;

CREATE VIEW inspector."ChatMessage" AS
SELECT
    id::text AS "id",
    NULL::timestamp(3) AS "createdAt",
    session_id::text AS "sessionId",
    CASE
        WHEN kind IN ('human', 'HumanMessage', 'HumanMessageChunk') THEN 'user'
        WHEN kind IN ('ai', 'AIMessage', 'AIMessageChunk') THEN 'assistant'
        WHEN kind IN ('system', 'SystemMessage', 'SystemMessageChunk') THEN 'system'
        WHEN kind IN ('tool', 'ToolMessage', 'ToolMessageChunk') THEN 'tool'
        ELSE kind
    END AS "role",
    CASE jsonb_typeof(body -> 'content')
        WHEN 'string' THEN body ->> 'content'
        WHEN 'array' THEN (
            SELECT string_agg(
                CASE jsonb_typeof(part.value) WHEN 'string' THEN part.value #>> '{}' ELSE part.value ->> 'text' END,
                chr(10) ORDER BY part.place
            )
            FROM jsonb_array_elements(body -> 'content') WITH ORDINALITY AS part (value, place)
        )
    END AS "content",
    body ->> 'name' AS "name",
    body ->> 'tool_call_id' AS "toolCallId",
    NULL::text AS "refusal",
    CASE
        WHEN jsonb_typeof(body -> 'tool_calls') = 'array' AND body -> 'tool_calls' <> '[]' THEN (
            SELECT jsonb_agg(
                jsonb_build_object(
                    'id', made.value ->> 'id',
                    'type', 'function',
                    'function', jsonb_build_object(
                        'name', made.value ->> 'name',
                        'arguments', (made.value -> 'args')::text
                    )
                )
                ORDER BY made.place
            )
            FROM jsonb_array_elements(body -> 'tool_calls') WITH ORDINALITY AS made (value, place)
        )
        WHEN jsonb_typeof(body #> '{additional_kwargs,tool_calls}') = 'array'
            AND body #> '{additional_kwargs,tool_calls}' <> '[]'
            THEN body #> '{additional_kwargs,tool_calls}'
    END AS "toolCalls",
    body #> '{additional_kwargs,function_call}' AS "functionCall",
    id AS "sequence",
    coalesce(body #>> '{response_metadata,model_name}', body #>> '{response_metadata,model}') AS "model",
    item AS "sourceItem",
    'langchain'::text AS "sourceFormat"
FROM (
    SELECT
        id,
        session_id,
        message::jsonb AS item,
        message::jsonb ->> 'type' AS kind,
        -- The nested form has everything but the type under "data".
        CASE jsonb_typeof(message::jsonb -> 'data')
            WHEN 'object' THEN message::jsonb -> 'data'
            ELSE message::jsonb
        END AS body
    FROM public.n8n_chat_histories
) AS item_rows;
