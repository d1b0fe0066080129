/** What looking after an archive has to remember: how far a walk has come, and that a purge has begun. */
export const upkeep = `
CREATE TABLE positions (
  name TEXT PRIMARY KEY,
  position TEXT NOT NULL
) WITHOUT ROWID;

ALTER TABLE deletions ADD COLUMN purge_began TEXT;
CREATE INDEX deletions_open ON deletions (receipt) WHERE undone_by IS NULL AND purged_at IS NULL;
`;
