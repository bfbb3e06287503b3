-- The 50 sessions that take most in S3, all their files on all machines together. Bytes.
WITH stored AS (
    SELECT
        owner,
        tool,
        sessionid,
        count(*) AS files,
        sum(storedsize) AS stored_bytes,
        sum(size) AS text_bytes
    FROM archived_files
    GROUP BY owner, tool, sessionid
)
SELECT
    stored.owner,
    stored.tool,
    stored.sessionid,
    session.title,
    session.project,
    session.host,
    session.messages,
    session.last_day,
    stored.files,
    stored.stored_bytes,
    stored.text_bytes
FROM stored
INNER JOIN current_sessions AS session
    ON session.owner = stored.owner AND session.tool = stored.tool AND session.sessionid = stored.sessionid
ORDER BY stored.stored_bytes DESC, stored.owner ASC, stored.tool ASC, stored.sessionid ASC
LIMIT 50
