import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBucky, type Bucky } from './harness/bucky.js';
import { ask, askJson, firstText, instancePath, readParts, stow, type DicomJson } from './harness/dicom-web.js';
import { repositoryPath, skipped } from './harness/repository.js';

const run = promisify(execFile);

function has(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT') && program !== python;
  }
}

/** Debian's own, whose pydicom is a package of the distribution. */
const python = '/usr/bin/python3';
const tools = { dcmdump: has('dcmdump', ['--version']), dciodvfy: has('dciodvfy', []), pydicom: has(python, ['-c', 'import pydicom']) }; // prettier-ignore
for (const [tool, there] of Object.entries(tools)) if (!there) skipped(`what ${tool} says`, 'it is not installed');

/** Prints pydicom's JSON model of a file, long values left out as a server would. */
const toJson = `
import json, sys, pydicom
json.dump(pydicom.dcmread(sys.argv[1]).to_json_dict(1024, lambda element: "bulk"), sys.stdout)
`;

describe('what is retrieved of the fixtures', () => {
  let bucky: Bucky;
  let folder: string;
  /** Path of the retrieved file, and that of its metadata. */
  const retrieved: { file: string; path: string }[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bucky-peers-'));
    bucky = await startBucky();
    const names = (await readdir(repositoryPath('fixtures'))).filter((name) => name.endsWith('.dcm'));
    const files = await Promise.all(names.map((name) => readFile(repositoryPath(`fixtures/${name}`))));
    expect(await stow(bucky.dicomWeb, files)).toMatchObject({ status: 200 });
    for (const study of await askJson(`${bucky.dicomWeb}/studies`)) {
      const studyUid = firstText(study, '0020000D')!;
      const answer = await ask(`${bucky.dicomWeb}/studies/${studyUid}`, {
        headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
      });
      const rows = await askJson(`${bucky.dicomWeb}/studies/${studyUid}/instances`);
      const parts = readParts(answer);
      expect(parts).toHaveLength(rows.length);
      for (const { body } of parts) {
        const file = join(folder, `${retrieved.length}.dcm`);
        await writeFile(file, body);
        // The file's own UID stands in its File Meta Information, before any that it refers to.
        const place = (row: DicomJson): number => body.subarray(0, 600).indexOf(firstText(row, '00080018')!);
        const row = rows.find((one) => place(one) >= 0)!;
        const path = instancePath({
          studyUid,
          seriesUid: firstText(row, '0020000E')!,
          instanceUid: firstText(row, '00080018')!,
        });
        retrieved.push({ file, path });
      }
    }
    expect(retrieved).toHaveLength(names.length);
  });

  afterAll(async () => {
    await bucky.stop();
    await rm(folder, { recursive: true, force: true });
  });

  (tools.dcmdump ? it : it.skip)('is read by dcmdump', async () => {
    for (const { file } of retrieved) {
      const { stdout, stderr } = await run('dcmdump', [file], { encoding: 'latin1' });
      expect([stdout.includes('(0020,000d)'), stderr]).toEqual([true, '']);
    }
  });

  (tools.dciodvfy ? it : it.skip)('is free of errors for dciodvfy', async () => {
    for (const { file } of retrieved) {
      const { stdout, stderr } = await run('dciodvfy', [file], { encoding: 'latin1' });
      expect((stdout + stderr).split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
    }
  });

  (tools.pydicom ? it : it.skip)('has the metadata that pydicom reads', async () => {
    for (const { file, path } of retrieved) {
      const { stdout } = await run(python, ['-c', toJson, file], { maxBuffer: 1e8 });
      const theirs = JSON.parse(stdout) as Record<string, unknown>;
      const [ours] = await askJson(`${bucky.dicomWeb}/${path}/metadata`);
      // (0008,3002) Available Transfer Syntax UID is no Attribute of the file: the server tells it.
      const { '00083002': available, ...own } = ours!;
      expect(available).toMatchObject({ vr: 'UI' });
      expect(plain(own)).toEqual(plain(theirs));
    }
  });
});

/** The same model without what both may write in two ways: addresses of bulk data, and nothing for an empty value. */
function plain(value: unknown): unknown {
  // An empty value among others is null, which pydicom writes as empty text. @see PS3.18 F.2.5
  if (Array.isArray(value)) return value.map((one) => (one === '' ? null : plain(one)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, one]) => {
    // Pixel Data and other long values: that there is one is the same, its address is ours.
    if (key === 'BulkDataURI' || key === 'InlineBinary') return [['binary', true] as const];
    if (key === 'Value' && Array.isArray(one) && one.every((item) => item === '' || item === null)) return [];
    return one === '' ? [] : [[key, plain(one)] as const];
  });
  return Object.fromEntries(entries.filter(([key]) => !/^0002/.test(key)));
}
