-- What each owner's machines hold in S3, in bytes, and the last day (UTC) a session on each of them grew.
WITH stored AS (
    SELECT
        owner,
        machine,
        tool,
        sessionid,
        max(host) AS host,
        max(updatedat) AS updatedat,
        max(last_day) AS last_day,
        count(*) AS files,
        sum(storedsize) AS stored_bytes,
        sum(size) AS text_bytes
    FROM archived_files
    GROUP BY owner, machine, tool, sessionid
)
SELECT
    owner,
    machine,
    max_by(host, updatedat) FILTER (WHERE host IS NOT NULL) AS host,
    count(*) AS sessions,
    sum(files) AS files,
    sum(stored_bytes) AS stored_bytes,
    sum(text_bytes) AS text_bytes,
    max(last_day) AS last_day
FROM stored
GROUP BY owner, machine
ORDER BY stored_bytes DESC, owner ASC, machine ASC
