-- agent_sessions and agent_messages as "ChatSession" and "ChatMessage", for PostgreSQL 16 or newer.
-- See docs/other-stores.md. The views change nothing in the tables.

CREATE SCHEMA IF NOT EXISTS inspector;

CREATE VIEW inspector."ChatSession" AS
SELECT
    session_id::text AS "id",
    date_trunc('milliseconds', created_at)::timestamp(3) AS "createdAt",
    date_trunc('milliseconds', updated_at)::timestamp(3) AS "updatedAt",
    NULL::text AS "userId",
    NULL::text AS "title",
    '{}'::jsonb AS "credentials",
    '{}'::jsonb AS "successfulAgentRuns",
    '{}'::jsonb AS "successfulAgentSchedules",
    NULL::integer AS "totalPromptTokens",
    NULL::integer AS "totalCompletionTokens"
FROM public.agent_sessions;

CREATE VIEW inspector."ChatMessage" AS
SELECT
    id::text AS "id",
    date_trunc('milliseconds', created_at)::timestamp(3) AS "createdAt",
    session_id::text AS "sessionId",
    CASE kind
        WHEN 'message' THEN item ->> 'role'
        WHEN 'function_call_output' THEN 'tool'
        WHEN 'custom_tool_call_output' THEN 'tool'
        -- No model is sent a message of this role: the item is shown, and is no message.
        WHEN 'reasoning' THEN 'reasoning'
        ELSE CASE WHEN item IS NOT NULL THEN 'assistant' END
    END AS "role",
    CASE jsonb_typeof(words)
        WHEN 'string' THEN words #>> '{}'
        WHEN 'array' THEN (
            SELECT string_agg(coalesce(part.value ->> 'text', part.value ->> 'refusal'), chr(10) ORDER BY part.place)
            FROM jsonb_array_elements(words) WITH ORDINALITY AS part (value, place)
        )
    END AS "content",
    NULL::text AS "name",
    CASE WHEN kind IN ('function_call_output', 'custom_tool_call_output') THEN item ->> 'call_id' END AS "toolCallId",
    NULL::text AS "refusal",
    CASE
        WHEN kind IN ('function_call', 'custom_tool_call') THEN jsonb_build_array(
            jsonb_build_object(
                'id', coalesce(item ->> 'call_id', item ->> 'id'),
                'type', 'function',
                'function', jsonb_build_object(
                    'name', item ->> 'name',
                    'arguments', coalesce(item ->> 'arguments', item ->> 'input')
                )
            )
        )
    END AS "toolCalls",
    NULL::jsonb AS "functionCall",
    id AS "sequence",
    message_data AS "sourceItem",
    'openai-responses'::text AS "sourceFormat"
FROM (
    SELECT
        id,
        session_id,
        created_at,
        message_data,
        item,
        CASE WHEN item IS NOT NULL THEN coalesce(item ->> 'type', 'message') END AS kind,
        CASE
            WHEN item ->> 'type' IN ('function_call_output', 'custom_tool_call_output') THEN item -> 'output'
            ELSE item -> 'content'
        END AS words
    FROM (
        SELECT
            id,
            session_id,
            created_at,
            message_data::text AS message_data,
            -- Text that is no JSON would end every query.
            CASE WHEN pg_input_is_valid(message_data::text, 'jsonb') THEN message_data::text::jsonb END AS item
        FROM public.agent_messages
    ) AS parsed
) AS item_rows;
