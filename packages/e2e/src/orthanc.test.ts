import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBucky, type Bucky } from './harness/bucky.js';
import { askJson, firstText, retrieve } from './harness/dicom-web.js';
import { sha256 } from './harness/instance.js';
import { hasOrthanc, startOrthanc, type Orthanc } from './harness/orthanc.js';
import { repositoryPath } from './harness/repository.js';

interface Stored {
  readonly ID: string;
  readonly ParentStudy: string;
}

(hasOrthanc('Orthanc as a client') ? describe : describe.skip)("Orthanc's DICOMweb plugin as a client", () => {
  let bucky: Bucky;
  let sender: Orthanc;
  let receiver: Orthanc;
  const studies = new Set<string>();
  const sums = new Set<string>();

  beforeAll(async () => {
    bucky = await startBucky();
    [sender, receiver] = await Promise.all([startOrthanc(bucky.dicomWeb), startOrthanc(bucky.dicomWeb)]);
    const names = (await readdir(repositoryPath('fixtures'))).filter((name) => name.endsWith('.dcm'));
    for (const name of names) {
      const file = await readFile(repositoryPath(`fixtures/${name}`));
      const { ParentStudy } = (await post(`${sender.url}/instances`, file)) as Stored;
      studies.add(ParentStudy);
      sums.add(sha256(file));
    }
  });

  afterAll(async () => {
    await Promise.all([sender.stop(), receiver.stop()]);
    await bucky.stop();
  });

  async function post(url: string, body: Buffer | object): Promise<unknown> {
    const sent = Buffer.isBuffer(body) ? Uint8Array.from(body) : JSON.stringify(body);
    const answer = await fetch(url, { method: 'POST', body: sent });
    const text = await answer.text();
    expect([url, answer.status, answer.ok ? '' : text]).toEqual([url, 200, '']);
    return JSON.parse(text) as unknown;
  }

  it('sends studies by STOW-RS, which come back byte for byte', async () => {
    for (const study of studies)
      await post(`${sender.url}/dicom-web/servers/bucky/stow`, { Resources: [study], Synchronous: true });
    const rows = await askJson(`${bucky.dicomWeb}/instances?limit=1000`);
    expect(rows).toHaveLength(sums.size);
    for (const row of rows) {
      const [studyUid, seriesUid, instanceUid] = ['0020000D', '0020000E', '00080018'].map((tag) =>
        firstText(row, tag)!,
      );
      const uids = { studyUid: studyUid!, seriesUid: seriesUid!, instanceUid: instanceUid! };
      expect(sums.has(sha256((await retrieve(bucky.dicomWeb, uids)).body))).toBe(true);
    }
  });

  it('finds by QIDO-RS', async () => {
    const uri = '/studies';
    const found = (await post(`${receiver.url}/dicom-web/servers/bucky/qido`, { Uri: uri, Arguments: { PatientID: 'BUCKY-0001' } })) as readonly object[]; // prettier-ignore
    expect(found).toHaveLength(1);
  });

  it('retrieves studies by WADO-RS', async () => {
    const resources = (await askJson(`${bucky.dicomWeb}/studies`)).map((row) => ({
      Study: firstText(row, '0020000D'),
    }));
    await post(`${receiver.url}/dicom-web/servers/bucky/retrieve`, { Resources: resources, Synchronous: true });
    const instances = (await (await fetch(`${receiver.url}/instances`)).json()) as readonly string[];
    expect(instances).toHaveLength(sums.size);
    for (const id of instances) {
      const file = Buffer.from(await (await fetch(`${receiver.url}/instances/${id}/file`)).arrayBuffer());
      expect(sums.has(sha256(file))).toBe(true);
    }
  });
});
