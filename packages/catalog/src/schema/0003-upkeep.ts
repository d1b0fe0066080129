/**
 * What looking after an archive has to remember: how far a walk has come, that a purge has begun, and which receipts were
 * swept, so that no upload that took very long enters a file that is not there any more.
 */
export const upkeep = `
CREATE TABLE positions (
  name TEXT PRIMARY KEY,
  position TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE swept (
  receipt TEXT PRIMARY KEY
) WITHOUT ROWID;

ALTER TABLE deletions ADD COLUMN purge_began TEXT;
CREATE INDEX deletions_open ON deletions (receipt) WHERE undone_by IS NULL AND purged_at IS NULL;
CREATE INDEX deletions_purged ON deletions (study_uid) WHERE purge_began IS NOT NULL;
`;
