-- What each project's sessions take in S3, in bytes: as stored (compressed), and the text they hold.
WITH stored AS (
    SELECT
        owner,
        project,
        tool,
        sessionid,
        count(*) AS files,
        sum(storedsize) AS stored_bytes,
        sum(size) AS text_bytes
    FROM archived_files
    GROUP BY owner, project, tool, sessionid
)
SELECT
    owner,
    project,
    count(*) AS sessions,
    sum(files) AS files,
    sum(stored_bytes) AS stored_bytes,
    sum(text_bytes) AS text_bytes
FROM stored
GROUP BY owner, project
ORDER BY stored_bytes DESC, owner ASC, project ASC
