/** The migrations in order; one that was released is never edited. */
export const migrations: readonly string[] = [
  `
CREATE TABLE holds (
  study_uid TEXT PRIMARY KEY,
  receipt TEXT NOT NULL,
  reason TEXT NOT NULL,
  held_by TEXT NOT NULL,
  held_at TEXT NOT NULL
) WITHOUT ROWID;

-- Receipt of the newest fact that was carried out: one row.
CREATE TABLE journal (newest TEXT NOT NULL);
INSERT INTO journal (newest) VALUES ('');
`,
];
