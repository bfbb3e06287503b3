-- Sessions that did not grow on any machine for more than 180 days, the longest first. Days in UTC, bytes in S3.
WITH stored AS (
    SELECT
        owner,
        tool,
        sessionid,
        sum(storedsize) AS stored_bytes
    FROM archived_files
    GROUP BY owner, tool, sessionid
)
SELECT
    session.owner,
    session.tool,
    session.sessionid,
    session.title,
    session.project,
    session.host,
    session.last_day,
    COALESCE(stored.stored_bytes, 0) AS stored_bytes
FROM current_sessions AS session
LEFT JOIN stored
    ON stored.owner = session.owner AND stored.tool = session.tool AND stored.sessionid = session.sessionid
WHERE session.last_day < current_date - INTERVAL '180' DAY
ORDER BY session.last_day ASC, session.owner ASC, session.tool ASC, session.sessionid ASC
