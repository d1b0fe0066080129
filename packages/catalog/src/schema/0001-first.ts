/**
 * The first schema. Text columns are '' where a value is missing, numbers are null; what may have several values is a JSON
 * array. `…_match` columns hold what is matched: a JSON array of folded texts, or a point in time. `…_order` columns put
 * a missing number last. Offsets and lengths are bytes.
 */
export const first = `
CREATE TABLE studies (
  id INTEGER PRIMARY KEY,
  study_instance_uid TEXT NOT NULL UNIQUE,
  study_date TEXT NOT NULL DEFAULT '',
  study_time TEXT NOT NULL DEFAULT '',
  accession_number TEXT NOT NULL DEFAULT '',
  accession_number_match TEXT NOT NULL DEFAULT '[]',
  modalities_in_study TEXT NOT NULL DEFAULT '[]',
  sop_classes_in_study TEXT NOT NULL DEFAULT '[]',
  referring_physician_name TEXT NOT NULL DEFAULT '',
  referring_physician_name_match TEXT NOT NULL DEFAULT '[]',
  timezone_offset_from_utc TEXT NOT NULL DEFAULT '',
  patient_name TEXT NOT NULL DEFAULT '',
  patient_name_match TEXT NOT NULL DEFAULT '[]',
  patient_id TEXT NOT NULL DEFAULT '',
  patient_id_match TEXT NOT NULL DEFAULT '[]',
  issuer_of_patient_id TEXT NOT NULL DEFAULT '',
  patient_birth_date TEXT NOT NULL DEFAULT '',
  patient_birth_time TEXT NOT NULL DEFAULT '',
  patient_sex TEXT NOT NULL DEFAULT '',
  patient_age TEXT NOT NULL DEFAULT '',
  patient_size REAL,
  patient_weight REAL,
  study_id TEXT NOT NULL DEFAULT '',
  study_description TEXT NOT NULL DEFAULT '',
  study_description_match TEXT NOT NULL DEFAULT '[]',
  physicians_of_record TEXT NOT NULL DEFAULT '[]',
  physicians_of_record_match TEXT NOT NULL DEFAULT '[]',
  name_of_physicians_reading_study TEXT NOT NULL DEFAULT '[]',
  name_of_physicians_reading_study_match TEXT NOT NULL DEFAULT '[]',
  admitting_diagnoses_description TEXT NOT NULL DEFAULT '[]',
  admission_id TEXT NOT NULL DEFAULT '',
  number_of_study_related_series INTEGER NOT NULL DEFAULT 0,
  number_of_study_related_instances INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL DEFAULT 0,
  newest_receipt TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX studies_newest ON studies (study_date DESC, study_time DESC, study_instance_uid);
CREATE INDEX studies_patient_id ON studies (patient_id);
CREATE INDEX studies_accession_number ON studies (accession_number);

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES studies (id),
  series_instance_uid TEXT NOT NULL,
  modality TEXT NOT NULL DEFAULT '',
  series_number INTEGER,
  series_order INTEGER NOT NULL GENERATED ALWAYS AS (ifnull(series_number, 9007199254740991)) VIRTUAL,
  series_description TEXT NOT NULL DEFAULT '',
  series_description_match TEXT NOT NULL DEFAULT '[]',
  series_date TEXT NOT NULL DEFAULT '',
  series_time TEXT NOT NULL DEFAULT '',
  performed_procedure_step_start_date TEXT NOT NULL DEFAULT '',
  performed_procedure_step_start_time TEXT NOT NULL DEFAULT '',
  performed_procedure_step_id TEXT NOT NULL DEFAULT '',
  performed_procedure_step_description TEXT NOT NULL DEFAULT '',
  request_attributes_sequence TEXT NOT NULL DEFAULT '',
  performing_physician_name TEXT NOT NULL DEFAULT '[]',
  performing_physician_name_match TEXT NOT NULL DEFAULT '[]',
  operators_name TEXT NOT NULL DEFAULT '[]',
  operators_name_match TEXT NOT NULL DEFAULT '[]',
  body_part_examined TEXT NOT NULL DEFAULT '',
  protocol_name TEXT NOT NULL DEFAULT '',
  laterality TEXT NOT NULL DEFAULT '',
  patient_position TEXT NOT NULL DEFAULT '',
  frame_of_reference_uid TEXT NOT NULL DEFAULT '',
  manufacturer TEXT NOT NULL DEFAULT '',
  manufacturer_model_name TEXT NOT NULL DEFAULT '',
  station_name TEXT NOT NULL DEFAULT '',
  institution_name TEXT NOT NULL DEFAULT '',
  institutional_department_name TEXT NOT NULL DEFAULT '',
  device_serial_number TEXT NOT NULL DEFAULT '',
  software_versions TEXT NOT NULL DEFAULT '[]',
  number_of_series_related_instances INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL DEFAULT 0,
  newest_receipt TEXT NOT NULL DEFAULT '',
  sealed_revision INTEGER NOT NULL DEFAULT -1,
  seal_key TEXT NOT NULL DEFAULT '',
  seal_length INTEGER NOT NULL DEFAULT 0,
  seal_crc32 INTEGER NOT NULL DEFAULT 0,
  UNIQUE (study, series_instance_uid)
);
CREATE INDEX series_unsealed ON series (newest_receipt) WHERE sealed_revision <> revision;
CREATE UNIQUE INDEX series_in_order ON series (study, series_order, series_instance_uid);
CREATE INDEX series_uid ON series (series_instance_uid);

CREATE TABLE instances (
  id INTEGER PRIMARY KEY,
  series INTEGER NOT NULL REFERENCES series (id),
  sop_instance_uid TEXT NOT NULL UNIQUE,
  sop_class_uid TEXT NOT NULL,
  available_transfer_syntax_uid TEXT NOT NULL,
  instance_number INTEGER,
  instance_order INTEGER NOT NULL GENERATED ALWAYS AS (ifnull(instance_number, 9007199254740991)) VIRTUAL,
  rows INTEGER,
  columns INTEGER,
  bits_allocated INTEGER,
  number_of_frames INTEGER,
  image_type TEXT NOT NULL DEFAULT '[]',
  acquisition_number INTEGER,
  acquisition_date TEXT NOT NULL DEFAULT '',
  acquisition_time TEXT NOT NULL DEFAULT '',
  acquisition_date_time TEXT NOT NULL DEFAULT '',
  acquisition_date_time_match TEXT NOT NULL DEFAULT '',
  content_date TEXT NOT NULL DEFAULT '',
  content_time TEXT NOT NULL DEFAULT '',
  instance_creation_date TEXT NOT NULL DEFAULT '',
  instance_creation_time TEXT NOT NULL DEFAULT '',
  photometric_interpretation TEXT NOT NULL DEFAULT '',
  samples_per_pixel INTEGER,
  lossy_image_compression TEXT NOT NULL DEFAULT '',
  content_label TEXT NOT NULL DEFAULT '',
  document_title TEXT NOT NULL DEFAULT '',
  completion_flag TEXT NOT NULL DEFAULT '',
  verification_flag TEXT NOT NULL DEFAULT '',
  receipt TEXT NOT NULL UNIQUE,
  location_key TEXT NOT NULL,
  location_offset INTEGER NOT NULL,
  location_length INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  crc32 INTEGER NOT NULL,
  bare_data_set_offset INTEGER,
  deflated INTEGER NOT NULL,
  oddities TEXT NOT NULL,
  source TEXT NOT NULL,
  received_at TEXT NOT NULL
);
CREATE UNIQUE INDEX instances_in_order ON instances (series, instance_order, sop_instance_uid);

CREATE TABLE metadata (
  instance INTEGER PRIMARY KEY REFERENCES instances (id),
  deflated BLOB NOT NULL,
  length INTEGER NOT NULL,
  crc32 INTEGER NOT NULL
);
CREATE TABLE frame_tables (
  instance INTEGER PRIMARY KEY REFERENCES instances (id),
  frame_table BLOB NOT NULL
);
CREATE TABLE bulk_entries (
  instance INTEGER NOT NULL REFERENCES instances (id),
  path TEXT NOT NULL,
  vr TEXT NOT NULL,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  crc32 INTEGER NOT NULL,
  PRIMARY KEY (instance, path)
) WITHOUT ROWID;

-- Which receipt each Attribute of a Study or Series was taken from: a JSON object of receipts, each with its keywords.
CREATE TABLE study_origins (
  study INTEGER PRIMARY KEY REFERENCES studies (id),
  origins TEXT NOT NULL
);
CREATE TABLE series_origins (
  series INTEGER PRIMARY KEY REFERENCES series (id),
  origins TEXT NOT NULL
);

-- Files that are kept and do not count, each with all that the live tables would hold of it. Its state is what it is, or
-- what it was before the deletion that hides it: live, conflict, discarded, replaced.
CREATE TABLE aside (
  receipt TEXT PRIMARY KEY,
  study_uid TEXT NOT NULL,
  series_uid TEXT NOT NULL,
  instance_uid TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  state TEXT NOT NULL,
  against_receipt TEXT NOT NULL,
  reason TEXT NOT NULL,
  deletion TEXT REFERENCES deletions (receipt),
  record TEXT NOT NULL,
  deflated BLOB NOT NULL,
  length INTEGER NOT NULL,
  crc32 INTEGER NOT NULL,
  frame_table BLOB
) WITHOUT ROWID;
CREATE INDEX aside_instance ON aside (instance_uid, sha256);
CREATE INDEX aside_study ON aside (study_uid);
CREATE INDEX aside_deletion ON aside (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX aside_conflicts ON aside (receipt) WHERE state = 'conflict' AND deletion IS NULL;

CREATE TABLE deletions (
  receipt TEXT PRIMARY KEY,
  study_uid TEXT NOT NULL,
  series_uid TEXT,
  instance_uid TEXT,
  instances INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  deleted_by TEXT NOT NULL,
  deleted_at TEXT NOT NULL,
  undone_by TEXT,
  purged_at TEXT
) WITHOUT ROWID;

-- What became of the archive, in order; numbers never come again.
CREATE TABLE changes (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  study_uid TEXT NOT NULL,
  series_uid TEXT,
  instance_uid TEXT,
  receipt TEXT NOT NULL,
  changed_at TEXT NOT NULL
);

-- Tells one feed of changes from the next: a catalog that is made anew begins to count anew.
CREATE TABLE feed (id TEXT NOT NULL);
INSERT INTO feed (id) VALUES (lower(hex(randomblob(8))));

-- Studies whose Instances do not agree on whose they are: by which Attribute, and since which receipt.
CREATE TABLE attention (
  study_uid TEXT NOT NULL,
  keyword TEXT NOT NULL,
  receipt TEXT NOT NULL,
  against_receipt TEXT NOT NULL,
  PRIMARY KEY (study_uid, keyword)
) WITHOUT ROWID;

-- Folded texts, one a line, of the study whose id is the row's: finds the candidates of a search with wildcards.
CREATE VIRTUAL TABLE study_text USING fts5(
  patient_name, patient_id, accession_number, study_description, referring_physician_name,
  content = '', contentless_delete = 1, columnsize = 1, tokenize = 'trigram case_sensitive 1'
);
`;
