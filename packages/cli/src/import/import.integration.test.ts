import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { DicomdirWriter, parseUid } from '@bucky/dicom';
import { centralHeader, localHeader, zipEnd } from '@bucky/vault';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newDataFolder, runBucky } from '../test-outside.js';
import type { DryRun } from './dry-run.js';
import type { Summary } from './tally.js';

// Each test opens an archive several times, on a machine that does other things as well.
jest.setTimeout(60_000);

const fixtures = new URL('../../../../fixtures/', import.meta.url).pathname;
const names = readdirSync(fixtures)
  .filter((name) => name.endsWith('.dcm'))
  .slice(0, 5);

/** Everything but what a test says of it. */
const nothing = {
  ...{ stored: 0, alreadyThere: 0, unsent: 0, conflicts: 0, notDicom: {}, failed: {} },
  interrupted: false,
};

let data: string;
let folder: string;

beforeEach(() => {
  data = newDataFolder();
  folder = mkdtempSync(join(tmpdir(), 'bucky-import-'));
});

function fixture(index: number): Buffer {
  return readFileSync(join(fixtures, names[index]!));
}

/** Writes a ZIP of deflated entries, each with what its central header says otherwise. */
function writeZip(
  name: string,
  entries: readonly (readonly [name: string, bytes: Buffer, lie?: (central: Buffer) => void])[],
): void {
  const parts: Buffer[] = [];
  const headers: Buffer[] = [];
  let offset = 0;
  for (const [entryName, plain, lie] of entries) {
    const bytes = deflateRawSync(plain);
    const entry = { name: entryName, size: bytes.length, crc32: crc32(plain), offset };
    const [local, central] = [localHeader(entry), centralHeader(entry)];
    central.writeUInt32LE(plain.length, 24);
    central.writeUInt16LE(8, 10);
    lie?.(central);
    parts.push(local, bytes);
    headers.push(central);
    offset += local.length + bytes.length;
  }
  const directory = Buffer.concat(headers);
  const end = zipEnd({ entries: entries.length, offset, size: directory.length });
  writeFileSync(join(folder, name), Buffer.concat([...parts, directory, end]));
}

async function imported(env: Record<string, string> = {}): Promise<{ summary: Summary; err: string; code: number }> {
  const { code, out, err } = await runBucky(['import', folder, '--json'], { BUCKY_DATA: data, BUCKY_RESERVED_BYTES: '0', ...env }); // prettier-ignore
  return { summary: JSON.parse(out) as Summary, err, code };
}

function copyFixtures(): void {
  for (const name of names) cpSync(join(fixtures, name), join(folder, name));
}

describe('bucky import of a ZIP', () => {
  it('stores what is in it, known by its first bytes, not by its name', async () => {
    writeZip('patient.dat', [
      ['DICOM/', Buffer.alloc(0)],
      ['DICOM/IM1', fixture(0)],
      ['IM2.dcm', fixture(1)],
      ['README.TXT', Buffer.from('See the DICOMDIR')],
      ['EMPTY', Buffer.alloc(0)],
    ]);
    const { summary, code } = await imported();
    expect(summary).toMatchObject({ ...nothing, stored: 2, notDicom: { 'no DICOM header': 1, empty: 1 } });
    expect([code, summary.bytes]).toEqual([0, fixture(0).length + fixture(1).length]);
  });

  it('writes nothing anywhere, whatever its names say', async () => {
    const before = readdirSync(join(folder, '..'));
    const hostile = ['../../../../../../tmp/bucky-slipped', '/tmp/bucky-slipped', '..\\bucky-slipped', 'a/../../b'];
    writeZip(
      'slip.zip',
      hostile.map((name, index) => [name, fixture(index)] as const),
    );
    expect((await imported()).summary).toMatchObject({ ...nothing, stored: 4 });
    expect(readdirSync(folder)).toEqual(['slip.zip']);
    expect(readdirSync(join(folder, '..')).filter((name) => name.includes('slipped'))).toEqual(
      before.filter((name) => name.includes('slipped')),
    );
  });

  it('names what is damaged, lies, is encrypted or lies too deep, and stores the rest', async () => {
    writeZip('inner.zip', [['a', fixture(0)]]);
    const inner = readFileSync(join(folder, 'inner.zip'));
    rmSync(join(folder, 'inner.zip'));
    writeZip('mixed.zip', [
      ['larger', fixture(1), (central) => central.writeUInt32LE(2 ** 31, 24)],
      ['smaller', fixture(2), (central) => central.writeUInt32LE(fixture(2).length - 2, 24)],
      ['checksum', fixture(3), (central) => central.writeUInt32LE(1, 16)],
      ['encrypted', fixture(3), (central) => central.writeUInt16LE(1, 8)],
      ['inner.zip', inner],
      ['sound', fixture(4)],
    ]);
    const { summary, err, code } = await imported();
    expect(summary).toMatchObject({
      ...nothing,
      stored: 1,
      failed: {
        'The ZIP entry is smaller than the ZIP says': 1,
        'The ZIP entry is larger than the ZIP says': 1,
        'The ZIP entry does not agree with its CRC-32': 1,
        'ZIP entry is encrypted': 1,
        'a ZIP inside a ZIP: unpack it first': 1,
      },
    });
    expect(code).toBe(1);
    expect(err).toContain(`not stored: ${join(folder, 'mixed.zip')}!checksum: The ZIP entry does not agree`);
  });

  it('stops inflating one that says it holds a world', async () => {
    const meta = fixture(0).subarray(0, fixture(0).indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00])));
    // Pixel Data of 64 MiB and more, all zeros: 1,000 times what it takes in the ZIP.
    const length = 80 * 2 ** 20;
    const pixels = Buffer.concat([
      Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x57, 0, 0, 0, 0, 0, 0]),
      Buffer.alloc(length),
    ]);
    pixels.writeUInt32LE(length, 8);
    writeZip('bomb.zip', [
      ['bomb', Buffer.concat([meta, pixels])],
      ['again', Buffer.concat([meta, pixels])],
    ]);
    const { summary } = await imported();
    expect(summary).toMatchObject({ ...nothing, failed: { 'The ZIP inflates to more than inflatedRatio allows': 2 } });
  });

  it('names one that was cut', async () => {
    writeZip('whole.zip', [['a', fixture(0)]]);
    const whole = readFileSync(join(folder, 'whole.zip'));
    writeFileSync(join(folder, 'whole.zip'), whole.subarray(0, whole.length - 30));
    const { summary, code } = await imported();
    expect([code, Object.keys(summary.failed)]).toEqual([1, [expect.stringMatching(/^The ZIP is damaged: /)]]);
  });
});

describe('bucky import of media', () => {
  function writeDicomdir(fileIds: readonly (readonly string[])[]): void {
    const writer = new DicomdirWriter({ instanceUid: parseUid('2.25.1') });
    for (const [index, fileId] of fileIds.entries()) {
      const uid = parseUid(`1.2.${index + 1}`);
      const uids = { studyUid: uid, seriesUid: uid, instanceUid: uid, sopClassUid: uid, transferSyntaxUid: uid };
      writer.add({ ...uids, fileId, metadata: {} });
    }
    writeFileSync(join(folder, 'DICOMDIR'), writer.finish());
  }

  it('passes the DICOMDIR by, and names what it lists in vain', async () => {
    mkdirSync(join(folder, 'dicom'));
    writeFileSync(join(folder, 'dicom', 'im1;1'), fixture(0));
    writeDicomdir([
      ['DICOM', 'IM1'], // mounted in lower case, with a version number
      ['DICOM', 'IM2'],
      ['..', '..', 'etc', 'passwd'],
    ]);
    const { summary, err } = await imported();
    const failed = { 'listed in the DICOMDIR, but missing': 2 };
    expect(summary).toMatchObject({ ...nothing, stored: 1, notDicom: { DICOMDIR: 1 }, failed });
    expect(err).toContain(`${join(folder, 'DICOM/IM2')}: listed`);
  });
});

describe('bucky import, repeated', () => {
  it('does not send again what it sent, while that is still there', async () => {
    copyFixtures();
    writeZip('more.zip', [['a', fixture(0)]]);
    expect((await imported()).summary).toMatchObject({ stored: 5, alreadyThere: 1, unsent: 0 });
    expect((await imported()).summary).toMatchObject({ stored: 0, alreadyThere: 6, unsent: 6, failed: {} });
    rmSync(join(data, 'archives'), { recursive: true });
    expect((await imported()).summary).toMatchObject({ stored: 5, alreadyThere: 1, failed: {} });
  });

  it('sends again what was changed or lies elsewhere', async () => {
    copyFixtures();
    await imported();
    utimesSync(join(folder, names[0]!), 1, 1);
    cpSync(join(folder, names[1]!), join(folder, 'copy'));
    expect((await imported()).summary).toMatchObject({ stored: 0, alreadyThere: 6, unsent: 4 });
  });

  it('sends everything where its journal cannot be read', async () => {
    copyFixtures();
    await imported();
    // All three anew: SQLite may hold the old file, which this process had open, until its statements are collected.
    for (const end of ['', '-wal', '-shm']) rmSync(join(data, `imports.sqlite${end}`), { force: true });
    writeFileSync(join(data, 'imports.sqlite'), 'no database, but longer than its header would be'.repeat(10));
    const { summary, err } = await imported();
    expect(summary).toMatchObject({ stored: 0, alreadyThere: 5, unsent: 0 });
    expect(err).toContain('everything is sent');
  });
});

describe('bucky import --dry-run', () => {
  async function dry(): Promise<DryRun> {
    const { out } = await runBucky(['import', folder, '--json', '--dry-run'], { BUCKY_DATA: data });
    return JSON.parse(out) as DryRun;
  }

  it('tells kinds and bytes, and sends nothing', async () => {
    copyFixtures();
    writeZip('more.zip', [['a', fixture(0)]]);
    writeFileSync(join(folder, 'text'), 'text');
    const run = await dry();
    const bytes = names.reduce((sum, _, index) => sum + fixture(index).length, fixture(0).length);
    expect(run).toMatchObject({
      wouldSend: { files: 6, bytes },
      sentBefore: { files: 0 },
      notDicom: { 'no DICOM header': 1 },
    });
    expect(Object.values(run.kinds).reduce((sum, { files }) => sum + files, 0)).toBe(6);
    expect(Object.keys(run.kinds).every((kind) => kind.endsWith('Storage'))).toBe(true);
    expect(readdirSync(data)).toEqual([]);
    await imported();
    expect(await dry()).toMatchObject({ wouldSend: { files: 6 }, sentBefore: { files: 6, bytes } });
  });
});
