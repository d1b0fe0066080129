/** One stored (not compressed) entry of a ZIP. */
export interface ZipEntry {
  /** ASCII, `/` between folders. */
  readonly name: string;
  readonly size: number;
  readonly crc32: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/** Sizes and offsets from here on stand in ZIP64 fields. @see APPNOTE.TXT 4.5.3 */
const most32 = 0xffffffff;
const most16 = 0xffff;

const madeBy = 0x031e; // UNIX, version 3.0 of the format
const plain = 20; // version needed: folders
const zip64 = 45; // version needed: ZIP64
/** 1980-01-01 00:00, the first day ZIP knows: the same content gives the same bytes. */
const firstDay = 0x0021;
const regularFile = 0o100644 * 0x10000;

const localLength = 30;
const centralLength = 46;

/** Tells how many bytes {@link localHeader} takes. */
export function localHeaderLength({ name, size }: Pick<ZipEntry, 'name' | 'size'>): number {
  return localLength + name.length + (size >= most32 ? 20 : 0);
}

/** Writes what stands in front of an entry's bytes. @see APPNOTE.TXT 4.3.7 */
export function localHeader({ name, size, crc32 }: ZipEntry): Buffer {
  const extra = zip64Extra(size >= most32 ? [size, size] : []);
  const header = Buffer.alloc(localLength);
  header.writeUInt32LE(0x04034b50, 0); // 0 4 signature
  header.writeUInt16LE(extra.length > 0 ? zip64 : plain, 4); // 4 2 version needed; 6 2 flags, 8 2 method stored, 10 2 time: 0
  header.writeUInt16LE(firstDay, 12); // 12 2 date
  header.writeUInt32LE(crc32, 14); // 14 4 CRC-32
  header.writeUInt32LE(Math.min(size, most32), 18); // 18 4 compressed size
  header.writeUInt32LE(Math.min(size, most32), 22); // 22 4 size
  header.writeUInt16LE(name.length, 26); // 26 2 length of the name
  header.writeUInt16LE(extra.length, 28); // 28 2 length of the extra field
  return Buffer.concat([header, Buffer.from(name, 'latin1'), extra]);
}

/** Writes an entry of the central directory. @see APPNOTE.TXT 4.3.12 */
export function centralHeader({ name, size, crc32, offset }: ZipEntry): Buffer {
  const extra = zip64Extra([...(size >= most32 ? [size, size] : []), ...(offset >= most32 ? [offset] : [])]);
  const header = Buffer.alloc(centralLength);
  header.writeUInt32LE(0x02014b50, 0); // 0 4 signature
  header.writeUInt16LE(madeBy, 4); // 4 2 version made by
  header.writeUInt16LE(extra.length > 0 ? zip64 : plain, 6); // 6 2 version needed; 8 2 flags, 10 2 method, 12 2 time: 0
  header.writeUInt16LE(firstDay, 14); // 14 2 date
  header.writeUInt32LE(crc32, 16); // 16 4 CRC-32
  header.writeUInt32LE(Math.min(size, most32), 20); // 20 4 compressed size
  header.writeUInt32LE(Math.min(size, most32), 24); // 24 4 size
  header.writeUInt16LE(name.length, 28); // 28 2 length of the name
  header.writeUInt16LE(extra.length, 30); // 30 2 length of the extra field; then comment, disk, internal attributes: 0
  header.writeUInt32LE(regularFile, 38); // 38 4 external attributes
  header.writeUInt32LE(Math.min(offset, most32), 42); // 42 4 offset of the local header
  return Buffer.concat([header, Buffer.from(name, 'latin1'), extra]);
}

/** Tells how many bytes {@link centralHeader} takes. */
export function centralHeaderLength({ name, size, offset }: Pick<ZipEntry, 'name' | 'size' | 'offset'>): number {
  const fields = (size >= most32 ? 2 : 0) + (offset >= most32 ? 1 : 0);
  return centralLength + name.length + (fields > 0 ? 4 + 8 * fields : 0);
}

/** The ZIP64 extra field with those of its numbers that are wanted. @see APPNOTE.TXT 4.5.3 */
function zip64Extra(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(0x0001, 0); // 0 2 id
  extra.writeUInt16LE(8 * values.length, 2); // 2 2 length
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return extra;
}

/** The central directory as a whole. */
export interface CentralDirectory {
  readonly entries: number;
  readonly offset: number;
  readonly size: number;
}

/** Writes the end of a ZIP, with the records of ZIP64 where its numbers need them. @see APPNOTE.TXT 4.3.14 to 4.3.16 */
export function zipEnd(directory: CentralDirectory): Buffer {
  const { entries, offset, size } = directory;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0); // 0 4 signature; 4 2 and 6 2 disks: 0
  end.writeUInt16LE(Math.min(entries, most16), 8); // 8 2 entries on this disk
  end.writeUInt16LE(Math.min(entries, most16), 10); // 10 2 entries
  end.writeUInt32LE(Math.min(size, most32), 12); // 12 4 size of the central directory
  end.writeUInt32LE(Math.min(offset, most32), 16); // 16 4 its offset; 20 2 length of the comment: 0
  return entries < most16 && offset < most32 && size < most32 ? end : Buffer.concat([zip64End(directory), end]);
}

function zip64End({ entries, offset, size }: CentralDirectory): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0); // 0 4 signature
  record.writeBigUInt64LE(44n, 4); // 4 8 length of what follows
  record.writeUInt16LE(madeBy, 12); // 12 2 version made by
  record.writeUInt16LE(zip64, 14); // 14 2 version needed; 16 4 and 20 4 disks: 0
  record.writeBigUInt64LE(BigInt(entries), 24); // 24 8 entries on this disk
  record.writeBigUInt64LE(BigInt(entries), 32); // 32 8 entries
  record.writeBigUInt64LE(BigInt(size), 40); // 40 8 size of the central directory
  record.writeBigUInt64LE(BigInt(offset), 48); // 48 8 its offset
  record.writeUInt32LE(0x07064b50, 56); // 56 4 signature of the locator; 60 4 disk: 0
  record.writeBigUInt64LE(BigInt(offset + size), 64); // 64 8 offset of the record above
  record.writeUInt32LE(1, 72); // 72 4 disks
  return record;
}
