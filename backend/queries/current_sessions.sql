-- View: every session once, as the machine tells it that saw it last. Needs machine_sessions.
CREATE OR REPLACE VIEW current_sessions AS
WITH ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY owner, tool, sessionid ORDER BY updatedat DESC, machine ASC) AS age
    FROM machine_sessions
)
SELECT
    owner,
    month,
    tool,
    sessionid,
    machine,
    host,
    title,
    project,
    messages,
    tokens,
    updatedat,
    first_day,
    last_day
FROM ranked
WHERE age = 1
