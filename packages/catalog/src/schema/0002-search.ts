/**
 * Indexes for searches: by each Attribute of a Study or Series that can be matched or ordered by. What of them has several
 * values, of which one may be asked for, lies in tables of its own; triggers keep these in step.
 */
export const search = `
DROP INDEX studies_patient_id;
DROP INDEX studies_accession_number;
DROP INDEX series_uid;
CREATE INDEX studies_by_patient_id ON studies (patient_id);
CREATE INDEX studies_by_accession_number ON studies (accession_number);
CREATE INDEX series_by_series_instance_uid ON series (series_instance_uid);
CREATE INDEX studies_by_study_time ON studies (study_time);
CREATE INDEX studies_by_timezone_offset_from_utc ON studies (timezone_offset_from_utc);
CREATE INDEX studies_by_patient_birth_date ON studies (patient_birth_date);
CREATE INDEX studies_by_patient_birth_time ON studies (patient_birth_time);
CREATE INDEX studies_by_patient_sex ON studies (patient_sex);
CREATE INDEX studies_by_issuer_of_patient_id ON studies (issuer_of_patient_id);
CREATE INDEX studies_by_patient_age ON studies (patient_age);
CREATE INDEX studies_by_patient_size ON studies (patient_size);
CREATE INDEX studies_by_patient_weight ON studies (patient_weight);
CREATE INDEX studies_by_study_id ON studies (study_id);
CREATE INDEX studies_by_study_description ON studies (study_description);
CREATE INDEX studies_by_admitting_diagnoses_description ON studies (admitting_diagnoses_description);
CREATE INDEX studies_by_admission_id ON studies (admission_id);
CREATE INDEX studies_by_modalities_in_study ON studies (modalities_in_study);
CREATE INDEX studies_by_sop_classes_in_study ON studies (sop_classes_in_study);
CREATE INDEX studies_by_number_of_study_related_series ON studies (number_of_study_related_series);
CREATE INDEX studies_by_number_of_study_related_instances ON studies (number_of_study_related_instances);
CREATE INDEX studies_by_accession_number_match ON studies (accession_number_match);
CREATE INDEX studies_by_referring_physician_name_match ON studies (referring_physician_name_match);
CREATE INDEX studies_by_patient_name_match ON studies (patient_name_match);
CREATE INDEX studies_by_patient_id_match ON studies (patient_id_match);
CREATE INDEX studies_by_study_description_match ON studies (study_description_match);
CREATE INDEX studies_by_physicians_of_record_match ON studies (physicians_of_record_match);
CREATE INDEX studies_by_name_of_physicians_reading_study_match ON studies (name_of_physicians_reading_study_match);
CREATE INDEX series_by_modality ON series (modality);
CREATE INDEX series_by_series_number ON series (series_number);
CREATE INDEX series_by_series_description ON series (series_description);
CREATE INDEX series_by_series_date ON series (series_date);
CREATE INDEX series_by_series_time ON series (series_time);
CREATE INDEX series_by_performed_procedure_step_start_date ON series (performed_procedure_step_start_date);
CREATE INDEX series_by_performed_procedure_step_start_time ON series (performed_procedure_step_start_time);
CREATE INDEX series_by_performed_procedure_step_id ON series (performed_procedure_step_id);
CREATE INDEX series_by_performed_procedure_step_description ON series (performed_procedure_step_description);
CREATE INDEX series_by_body_part_examined ON series (body_part_examined);
CREATE INDEX series_by_protocol_name ON series (protocol_name);
CREATE INDEX series_by_laterality ON series (laterality);
CREATE INDEX series_by_patient_position ON series (patient_position);
CREATE INDEX series_by_frame_of_reference_uid ON series (frame_of_reference_uid);
CREATE INDEX series_by_manufacturer ON series (manufacturer);
CREATE INDEX series_by_manufacturer_model_name ON series (manufacturer_model_name);
CREATE INDEX series_by_station_name ON series (station_name);
CREATE INDEX series_by_institution_name ON series (institution_name);
CREATE INDEX series_by_institutional_department_name ON series (institutional_department_name);
CREATE INDEX series_by_device_serial_number ON series (device_serial_number);
CREATE INDEX series_by_software_versions ON series (software_versions);
CREATE INDEX series_by_number_of_series_related_instances ON series (number_of_series_related_instances);
CREATE INDEX series_by_series_description_match ON series (series_description_match);
CREATE INDEX series_by_performing_physician_name_match ON series (performing_physician_name_match);
CREATE INDEX series_by_operators_name_match ON series (operators_name_match);
CREATE INDEX instances_by_instance_number ON instances (instance_number);

CREATE TABLE study_modalities (
  value TEXT NOT NULL,
  study INTEGER NOT NULL,
  PRIMARY KEY (value, study)
) WITHOUT ROWID;
CREATE TRIGGER study_modalities_update AFTER UPDATE OF modalities_in_study ON studies
WHEN old.modalities_in_study <> new.modalities_in_study BEGIN
  DELETE FROM study_modalities
    WHERE value IN (SELECT value FROM json_each(old.modalities_in_study)) AND study = old.id;
  INSERT INTO study_modalities SELECT value, new.id FROM json_each(new.modalities_in_study);
END;
CREATE TRIGGER study_modalities_delete AFTER DELETE ON studies BEGIN
  DELETE FROM study_modalities
    WHERE value IN (SELECT value FROM json_each(old.modalities_in_study)) AND study = old.id;
END;
INSERT INTO study_modalities SELECT value, s.id FROM studies s, json_each(s.modalities_in_study);

CREATE TABLE study_sop_classes (
  value TEXT NOT NULL,
  study INTEGER NOT NULL,
  PRIMARY KEY (value, study)
) WITHOUT ROWID;
CREATE TRIGGER study_sop_classes_update AFTER UPDATE OF sop_classes_in_study ON studies
WHEN old.sop_classes_in_study <> new.sop_classes_in_study BEGIN
  DELETE FROM study_sop_classes
    WHERE value IN (SELECT value FROM json_each(old.sop_classes_in_study)) AND study = old.id;
  INSERT INTO study_sop_classes SELECT value, new.id FROM json_each(new.sop_classes_in_study);
END;
CREATE TRIGGER study_sop_classes_delete AFTER DELETE ON studies BEGIN
  DELETE FROM study_sop_classes
    WHERE value IN (SELECT value FROM json_each(old.sop_classes_in_study)) AND study = old.id;
END;
INSERT INTO study_sop_classes SELECT value, s.id FROM studies s, json_each(s.sop_classes_in_study);

-- Items of the Request Attributes Sequence: Scheduled Procedure Step ID (0040,0009), Requested Procedure ID (0040,1001).
CREATE TABLE series_requests (
  series INTEGER NOT NULL,
  item INTEGER NOT NULL,
  scheduled_procedure_step_id TEXT NOT NULL,
  requested_procedure_id TEXT NOT NULL,
  PRIMARY KEY (series, item)
) WITHOUT ROWID;
CREATE INDEX series_requests_by_step ON series_requests (scheduled_procedure_step_id);
CREATE INDEX series_requests_by_procedure ON series_requests (requested_procedure_id);
CREATE TRIGGER series_requests_update AFTER UPDATE OF request_attributes_sequence ON series
WHEN old.request_attributes_sequence <> new.request_attributes_sequence BEGIN
  DELETE FROM series_requests WHERE series = old.id;
  INSERT INTO series_requests
    SELECT new.id, key, ifnull(json_extract(value, '$."00400009".Value[0]'), ''),
      ifnull(json_extract(value, '$."00401001".Value[0]'), '')
    FROM json_each(iif(new.request_attributes_sequence = '', '[]', new.request_attributes_sequence));
END;
CREATE TRIGGER series_requests_delete AFTER DELETE ON series BEGIN
  DELETE FROM series_requests WHERE series = old.id;
END;
INSERT INTO series_requests
  SELECT e.id, key, ifnull(json_extract(value, '$."00400009".Value[0]'), ''),
    ifnull(json_extract(value, '$."00401001".Value[0]'), '')
  FROM series e, json_each(iif(e.request_attributes_sequence = '', '[]', e.request_attributes_sequence));
`;
