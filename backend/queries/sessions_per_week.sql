-- Sessions that began in each week (from Monday, UTC), by tool; and by how many owners.
SELECT
    CAST(date_trunc('week', first_day) AS date) AS week,
    tool,
    count(*) AS sessions,
    count(DISTINCT owner) AS owners,
    sum(COALESCE(messages, 0)) AS messages
FROM current_sessions
GROUP BY 1, 2
ORDER BY week DESC, tool ASC
