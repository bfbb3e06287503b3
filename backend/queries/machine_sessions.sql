-- View: a session as a machine archived it last, a row for each (owner, tool, session, machine).
--
-- Of a month's lines those of MACHINE_recent.jsonl.zst count instead of the same session's in MACHINE.jsonl.zst. A
-- session whose beginning was not known at first may have lines in several months: the newest counts.
-- Times in the index are UTC and all of one form (2026-01-31T23:59:59.000000Z), so they are in order as text.
--
-- A bound on owner in a query over this view or current_sessions reaches the index: other owners' objects are not read.
-- The bound on month stands here, as the month of a session's newest line is known only when all were read: put the
-- first month of interest in its place to read less.
CREATE OR REPLACE VIEW machine_sessions AS
WITH lines AS (
    SELECT
        owner,
        month,
        replace("$path", '_recent.jsonl.zst', '.jsonl.zst') AS place,
        CASE WHEN "$path" <> replace("$path", '_recent.jsonl.zst', '.jsonl.zst') THEN 1 ELSE 0 END AS is_recent,
        tool,
        sessionid,
        machine,
        host,
        title,
        project,
        messages,
        tokens,
        files,
        updatedat,
        TRY_CAST(substr(updatedat, 1, 10) AS date) AS last_day,
        COALESCE(TRY_CAST(substr(startedat, 1, 10) AS date), TRY_CAST(substr(updatedat, 1, 10) AS date)) AS first_day
    FROM sessions
    WHERE month BETWEEN '2020-01' AND '2099-12'
),
marked AS (
    SELECT
        *,
        max(is_recent) OVER (PARTITION BY owner, month, place, tool, sessionid) AS counts
    FROM lines
    WHERE tool IS NOT NULL AND sessionid IS NOT NULL AND machine IS NOT NULL AND last_day IS NOT NULL
),
ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY owner, tool, sessionid, machine
            ORDER BY updatedat DESC, month DESC, place ASC
        ) AS age
    FROM marked
    WHERE is_recent = counts
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
    files,
    updatedat,
    first_day,
    last_day
FROM ranked
WHERE age = 1
