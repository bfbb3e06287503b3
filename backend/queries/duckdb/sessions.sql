-- For DuckDB alone: the table that Glue describes for Athena (table.yml), over a copy of the index on this computer.
-- The variable index_folder is the folder that holds the copy: owner=…/month=…/MACHINE.jsonl.zst.
CREATE OR REPLACE VIEW sessions AS
SELECT
    *
FROM read_json(
    getvariable('index_folder') || '/owner=*/month=*/*.jsonl.zst',
    format = 'newline_delimited',
    compression = 'zstd',
    -- A line that cannot be read is left out, as the app and Athena do.
    ignore_errors = true,
    maximum_object_size = 134217728,
    hive_partitioning = true,
    hive_types = {'owner': VARCHAR, 'month': VARCHAR},
    filename = '$path',
    columns = {
        'schemaVersion': 'BIGINT',
        'tool': 'VARCHAR',
        'machine': 'VARCHAR',
        'host': 'VARCHAR',
        'sessionId': 'VARCHAR',
        'title': 'VARCHAR',
        'project': 'VARCHAR',
        'cwd': 'VARCHAR',
        'startedAt': 'VARCHAR',
        'updatedAt': 'VARCHAR',
        'messages': 'BIGINT',
        'tokens': 'MAP(VARCHAR, STRUCT("input" BIGINT, "output" BIGINT, "cacheRead" BIGINT, "cacheWrite" BIGINT))',
        'files': 'STRUCT("relativePath" VARCHAR, "s3Key" VARCHAR, "versionId" VARCHAR, "size" BIGINT, "storedSize" BIGINT, "sha256" VARCHAR, "redactions" BIGINT)[]'
    }
)
