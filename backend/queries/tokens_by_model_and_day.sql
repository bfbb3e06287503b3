-- Tokens by model and day. A session's tokens count on the day (UTC) of its first moment.
SELECT
    session.first_day AS day,
    lower(used.model) AS model,
    count(*) AS sessions,
    sum(COALESCE(session.tokens[used.model].input, 0)) AS input_tokens,
    sum(COALESCE(session.tokens[used.model].output, 0)) AS output_tokens,
    sum(COALESCE(session.tokens[used.model].cacheread, 0)) AS cache_read_tokens,
    sum(COALESCE(session.tokens[used.model].cachewrite, 0)) AS cache_write_tokens
FROM current_sessions AS session
CROSS JOIN UNNEST(map_keys(session.tokens)) AS used(model)
GROUP BY 1, 2
ORDER BY day DESC, model ASC
