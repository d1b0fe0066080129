// Measures Part10Reader: MB/s over 1 GiB of native and of encapsulated Pixel Data, and CPU per header of the files of a folder.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Part10Reader, decodeFrameTable, parseUid, writeFileMeta } from '@bucky/dicom';

const gibibyte = 2 ** 30;
const undefinedLength = 0xffffffff;
const chunk = Buffer.alloc(65536, 7);

function element(tag, vr, value) {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}

function longHeader(tag, vr, length) {
  const rest = Buffer.alloc(4);
  rest.writeUInt32LE(length);
  return Buffer.concat([element(tag, vr, Buffer.alloc(0)), rest]);
}

function item(tag, length) {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(0xfffe, 0);
  header.writeUInt16LE(tag, 2);
  header.writeUInt32LE(length, 4);
  return header;
}

function head(transferSyntaxUid, frames) {
  const uid = parseUid('1.2.34');
  const uids = [0x00080016, 0x00080018, 0x0020000d, 0x0020000e];
  return Buffer.concat([
    writeFileMeta({ sopClassUid: uid, instanceUid: uid, transferSyntaxUid: parseUid(transferSyntaxUid) }),
    ...uids.map((tag) => element(tag, 'UI', Buffer.from(uid))),
    element(0x00280008, 'IS', Buffer.from(String(frames).padEnd(6))),
    ...[0x00280010, 0x00280011].map((tag) => element(tag, 'US', Buffer.from([0, 2]))),
    element(0x00280100, 'US', Buffer.from([16, 0])),
  ]);
}

function report(name, bytes, startedAt, { frameTable, oddities }) {
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
  const speed = Math.round(bytes / 2 ** 20 / seconds);
  const table = frameTable.encode();
  console.log(
    `${name}: ${speed} MB/s, ${frameTable.numberOfFrames} frames, frame table ${table.length} bytes, ${rss} MB of process`,
  );
  if (oddities.length > 0) throw new Error(`Odd: ${oddities.join()}`);
  const decodedAt = process.hrtime.bigint();
  decodeFrameTable(table).frame(frameTable.numberOfFrames);
  console.log(`  its last frame found in ${Math.round(Number(process.hrtime.bigint() - decodedAt) / 1e3)} µs`);
}

function measureNative() {
  const reader = new Part10Reader();
  const startedAt = process.hrtime.bigint();
  reader.push(head('1.2.840.10008.1.2.1', gibibyte / (512 * 512 * 2)));
  reader.push(longHeader(0x7fe00010, 'OW', gibibyte));
  for (let at = 0; at < gibibyte; at += chunk.length) reader.push(chunk);
  report('native', gibibyte, startedAt, reader.finish());
}

function measureEncapsulated() {
  const reader = new Part10Reader();
  const frames = 10_000;
  const length = 100_000;
  const startedAt = process.hrtime.bigint();
  reader.push(head('1.2.840.10008.1.2.4.90', frames));
  reader.push(Buffer.concat([longHeader(0x7fe00010, 'OB', undefinedLength), item(0xe000, 0)]));
  for (let frame = 0; frame < frames; frame += 1) {
    reader.push(item(0xe000, length));
    reader.push(chunk);
    reader.push(chunk.subarray(0, length - chunk.length));
  }
  reader.push(item(0xe0dd, 0));
  report('encapsulated', frames * length, startedAt, reader.finish());
}

function measureHeaders(folder) {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  const read = (bytes) => {
    const reader = new Part10Reader();
    reader.push(bytes);
    return reader.finish();
  };
  const numbers = files.map((bytes) => read(bytes).dataSet.size);
  const best = Math.min(
    ...Array.from({ length: 8 }, () => {
      const before = process.cpuUsage();
      for (let round = 0; round < 20; round += 1) files.forEach(read);
      return process.cpuUsage(before).user / 20 / files.length;
    }),
  );
  const size = Math.round(files.reduce((sum, { length }) => sum + length, 0) / files.length / 1024);
  console.log(`${folder}: ${Math.round(best)} µs of CPU a file of ${size} KB and ${Math.max(...numbers)} attributes`);
}

measureNative();
measureEncapsulated();
for (const folder of process.argv.slice(2)) measureHeaders(folder);
