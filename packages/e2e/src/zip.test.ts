import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBucky, type Bucky } from './harness/bucky.js';
import { corpus, hasCorpus, isMalformed, readCorpus } from './harness/corpus.js';
import { askJson, firstText, stow } from './harness/dicom-web.js';
import { sha256 } from './harness/instance.js';
import { repositoryPath, skipped } from './harness/repository.js';

const run = promisify(execFile);
const python = '/usr/bin/python3';

function has(what: string, program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
  } catch (error) {
    const there = program !== python && !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
    if (!there) skipped(`what ${what} says of a ZIP`, 'it is not installed');
    return there;
  }
  return true;
}

const tools = {
  unzip: has('unzip', 'unzip', ['-v']),
  curl: has('curl', 'curl', ['--version']),
  dcmdump: has('dcmdump', 'dcmdump', ['--version']),
  dciodvfy: has('dciodvfy', 'dciodvfy', []),
  pydicom: has('pydicom', python, ['-c', 'import pydicom']),
};
const hasFiles = hasCorpus('ZIP files of the corpus');

/** Opens ZIP and file-set as others would: every file is reached from the DICOMDIR and is what that says. */
const readFileSet = `
import sys, warnings, zipfile, pydicom
from pydicom.fileset import FileSet
warnings.simplefilter('ignore')
with zipfile.ZipFile(sys.argv[1]) as file:
    assert file.testzip() is None
    assert all(one.compress_type == zipfile.ZIP_STORED for one in file.infolist())
    file.extractall(sys.argv[2])
    names = file.namelist()
files = list(FileSet(pydicom.dcmread(sys.argv[2] + '/DICOMDIR')))
assert len(files) == len(names) - 1, (len(files), len(names))
for one in files:
    found = pydicom.dcmread(one.path, stop_before_pixels=True)
    assert found.SOPInstanceUID == one.SOPInstanceUID and found.StudyInstanceUID == one.StudyInstanceUID
print(len(files))
`;

/** What dciodvfy of Debian says of record types that came after it, and of what the files themselves have wrong. */
const knownErrors =
  /Illegal root for UID|invalid for this VR|invalid data values for Value Representations|<ANNOTATION>/;

describe('a ZIP of a study', () => {
  let bucky: Bucky;
  let folder: string;
  /** Study Instance UIDs, and their counts of instances. */
  let studies: (readonly [string, number])[];

  const url = (studyUid: string): string => `${bucky.dicomWeb}/studies/${studyUid}?accept=application/zip`;

  async function download(studyUid: string): Promise<string> {
    const answer = await fetch(url(studyUid));
    expect(answer.status).toBe(200);
    const path = join(folder, `${studyUid}.zip`);
    await writeFile(path, Buffer.from(await answer.arrayBuffer()));
    return path;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bucky-zip-'));
    bucky = await startBucky();
    const names = (await readdir(repositoryPath('fixtures'))).filter((name) => name.endsWith('.dcm'));
    await stow(bucky.dicomWeb, await Promise.all(names.map((name) => readFile(repositoryPath(`fixtures/${name}`)))));
    if (hasFiles) {
      for (const file of corpus) if (!isMalformed(file)) await stow(bucky.dicomWeb, [await readCorpus(file)]);
    }
    const rows = await askJson(`${bucky.dicomWeb}/studies?limit=1000`);
    studies = rows.map((row) => [firstText(row, '0020000D')!, Number(row['00201208']?.Value?.[0])] as const);
    expect(studies.length).toBeGreaterThan(0);
  });

  afterAll(async () => {
    await bucky.stop();
    await rm(folder, { recursive: true, force: true });
  });

  (tools.unzip ? it : it.skip)('is sound for unzip', async () => {
    for (const [studyUid] of studies) await run('unzip', ['-tq', await download(studyUid)]);
  });

  (tools.pydicom ? it : it.skip)('is a file-set for Python and pydicom', async () => {
    for (const [studyUid, instances] of studies) {
      const path = await download(studyUid);
      // Debian's pydicom is older than the record type of microscopy annotations, and dies of it.
      if ((await readFile(path)).subarray(0, 20_000).includes('ANNOTATION')) continue;
      const { stdout } = await run(python, ['-c', readFileSet, path, join(folder, studyUid)]);
      expect([studyUid, stdout.trim()]).toEqual([studyUid, String(instances)]);
    }
  });

  (tools.dcmdump && tools.dciodvfy && tools.unzip ? it : it.skip)('has a DICOMDIR without fault', async () => {
    for (const [studyUid] of studies) {
      await run('unzip', ['-oq', await download(studyUid), 'DICOMDIR', '-d', folder]);
      const directory = join(folder, 'DICOMDIR');
      expect((await run('dcmdump', ['-q', directory], { encoding: 'latin1' })).stderr).toBe('');
      const said = await run('dciodvfy', [directory]).catch((error: unknown) => error as { stderr: string });
      const errors = said.stderr.split('\n').filter((line) => line.startsWith('Error') && !knownErrors.test(line));
      expect([studyUid, errors]).toEqual([studyUid, []]);
    }
  });

  (tools.curl ? it : it.skip)('goes on from where a download broke off', async () => {
    const [studyUid] = studies.reduce((one, other) => (other[1] > one[1] ? other : one));
    const path = await download(studyUid);
    const whole = await readFile(path);
    for (const length of [1, 100, whole.length >> 1, whole.length - 50]) {
      await truncate(path, length);
      await run('curl', ['-sSf', '-C', '-', '-o', path, url(studyUid)]);
      expect(sha256(await readFile(path))).toBe(sha256(whole));
      await writeFile(path, whole);
    }
  });
});
