import type { Database, SqlValue } from '@bucky/sqlite';
import { columnValue, matchValue } from './column-values.js';
import type { InstanceRecord } from './instance-record.js';
import { attributesOf } from './searchable.js';

/** Attributes that come from the Data Set. */
const attributes = attributesOf('instance').filter(({ kept }) => !kept);

const columns = [
  'series',
  'sop_instance_uid',
  'sop_class_uid',
  'available_transfer_syntax_uid',
  'receipt',
  'location_key',
  'location_offset',
  'location_length',
  'sha256',
  'crc32',
  'bare_data_set_offset',
  'deflated',
  'oddities',
  'source',
  'received_at',
  ...attributes.flatMap(({ column, matchColumn }) => (matchColumn === undefined ? [column] : [column, matchColumn])),
];

const instanceSql = `INSERT INTO instances (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
const metadataSql = 'INSERT INTO metadata (instance, deflated, length, crc32) VALUES (?, ?, ?, ?)';
const frameTableSql = 'INSERT INTO frame_tables (instance, frame_table) VALUES (?, ?)';
const bulkEntrySql =
  'INSERT OR REPLACE INTO bulk_entries (instance, path, vr, offset, length, crc32) VALUES (?, ?, ?, ?, ?, ?)';

/** Inserts an Instance with all that belongs to it. */
export function insertInstance(
  database: Database,
  record: InstanceRecord,
  { series }: { readonly series: number },
): void {
  const { location, metadata, frameTable } = record;
  const { lastId } = database.run(
    instanceSql,
    series,
    record.instanceUid,
    record.sopClassUid,
    record.transferSyntaxUid,
    record.receipt,
    location.key,
    location.offset,
    location.length,
    record.sha256,
    record.crc32,
    record.bareDataSetOffset ?? null,
    record.deflated ? 1 : 0,
    record.oddities.join(' '),
    record.source,
    record.receivedAt,
    ...values(record),
  );
  database.run(metadataSql, lastId, metadata.deflated, metadata.length, metadata.crc32);
  if (frameTable !== undefined) database.run(frameTableSql, lastId, frameTable);
  for (const { path, vr, offset, length, crc32 } of record.bulkEntries) {
    database.run(bulkEntrySql, lastId, path, vr, offset, length, crc32);
  }
}

function values({ searchable }: InstanceRecord): readonly SqlValue[] {
  return attributes.flatMap((attribute) => {
    const text = searchable[attribute.keyword] ?? '';
    const value = columnValue(attribute, text);
    if (attribute.matchColumn === undefined) return [value];
    return [value, matchValue(attribute, text, searchable['TimezoneOffsetFromUTC'])];
  });
}
