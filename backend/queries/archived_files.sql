-- View: every archived object once, with the newest line that names it. Needs machine_sessions.
--
-- A session archived from two machines lies in S3 twice unless both wrote the same object: so all machines' lines count.
-- Sizes in bytes: size of the text, storedsize of what lies in S3 (the newest version only).
CREATE OR REPLACE VIEW archived_files AS
WITH named AS (
    SELECT
        line.owner,
        line.tool,
        line.sessionid,
        line.machine,
        line.host,
        line.project,
        line.updatedat,
        line.last_day,
        file.s3key,
        file.relativepath,
        file.size,
        file.storedsize
    FROM machine_sessions AS line
    CROSS JOIN UNNEST(line.files) AS file
),
ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY owner, s3key ORDER BY updatedat DESC, machine ASC, sessionid ASC) AS age
    FROM named
)
SELECT
    owner,
    tool,
    sessionid,
    machine,
    host,
    project,
    updatedat,
    last_day,
    s3key,
    relativepath,
    size,
    storedsize
FROM ranked
WHERE age = 1
