import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBucky, type Bucky } from './harness/bucky.js';
import { firstText, type DicomJson } from './harness/dicom-web.js';
import { sha256 } from './harness/instance.js';
import { repositoryPath } from './harness/repository.js';

/** What of npm's `dicomweb-client` is used here; its own types want those of a browser. */
interface Client {
  storeInstances(options: { datasets: ArrayBuffer[] }): Promise<unknown>;
  searchForStudies(options: { queryParams: Record<string, string> }): Promise<DicomJson[]>;
  searchForSeries(options: { studyInstanceUID: string }): Promise<DicomJson[]>;
  searchForInstances(options: { studyInstanceUID: string; seriesInstanceUID: string }): Promise<DicomJson[]>;
  retrieveStudyMetadata(options: { studyInstanceUID: string }): Promise<DicomJson[]>;
  retrieveSeriesMetadata(options: { studyInstanceUID: string; seriesInstanceUID: string }): Promise<DicomJson[]>;
  retrieveInstanceMetadata(options: Uids): Promise<DicomJson[]>;
  retrieveInstance(options: Uids): Promise<ArrayBuffer>;
  retrieveSeries(options: { studyInstanceUID: string; seriesInstanceUID: string }): Promise<ArrayBuffer[]>;
  retrieveStudy(options: { studyInstanceUID: string }): Promise<ArrayBuffer[]>;
  retrieveInstanceFrames(options: Uids & { frameNumbers: string[]; mediaTypes?: object[] }): Promise<ArrayBuffer[]>;
  retrieveBulkData(options: { BulkDataURI: string }): Promise<ArrayBuffer[]>;
}

interface Uids {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

const require = createRequire(import.meta.url);
// The client asks for the browser's class by its global name.
Object.assign(globalThis, { XMLHttpRequest: (require('xhr2') as { XMLHttpRequest: unknown }).XMLHttpRequest });
const { api } = require('dicomweb-client') as { api: { DICOMwebClient: new (options: { url: string }) => Client } };

const names = ['ct-body-01', 'ct-body-02', 'ct-body-03', 'sr-body', 'us-heart', 'mr-head-01', 'dx-chest', 'pdf-chest'];

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

function uidsOf(instance: DicomJson): Uids {
  return {
    studyInstanceUID: firstText(instance, '0020000D')!,
    seriesInstanceUID: firstText(instance, '0020000E')!,
    sopInstanceUID: firstText(instance, '00080018')!,
  };
}

describe('npm dicomweb-client', () => {
  let bucky: Bucky;
  let client: Client;
  const files = new Map<string, Buffer>();

  async function findOne(PatientID: string, modality: string): Promise<Uids> {
    const [study] = await client.searchForStudies({ queryParams: { PatientID } });
    const studyInstanceUID = firstText(study!, '0020000D')!;
    const series = await client.searchForSeries({ studyInstanceUID });
    const chosen = series.find((row) => firstText(row, '00080060') === modality);
    const seriesInstanceUID = firstText(chosen!, '0020000E')!;
    const [instance] = await client.searchForInstances({ studyInstanceUID, seriesInstanceUID });
    return { studyInstanceUID, seriesInstanceUID, sopInstanceUID: firstText(instance!, '00080018')! };
  }

  beforeAll(async () => {
    bucky = await startBucky();
    client = new api.DICOMwebClient({ url: bucky.dicomWeb });
    for (const name of names) files.set(name, await readFile(repositoryPath(`fixtures/${name}.dcm`)));
    await client.storeInstances({ datasets: [...files.values()].map(toArrayBuffer) });
  });

  afterAll(async () => {
    await bucky.stop();
  });

  it('finds what it stored', async () => {
    expect(await client.searchForStudies({ queryParams: {} })).toHaveLength(4);
    expect(await client.searchForStudies({ queryParams: { PatientName: 'müller*' } })).toHaveLength(1);
  });

  it('gets metadata at each level', async () => {
    const { sopInstanceUID, ...series } = await findOne('BUCKY-0001', 'CT');
    expect(await client.retrieveStudyMetadata(series)).toHaveLength(4);
    expect(await client.retrieveSeriesMetadata(series)).toHaveLength(3);
    const [instance] = await client.retrieveInstanceMetadata({ ...series, sopInstanceUID });
    expect(uidsOf(instance!)).toEqual({ ...series, sopInstanceUID });
  });

  it('gets an instance, a series and a study as they were sent', async () => {
    const sent = new Set([...files.values()].map((bytes) => sha256(bytes)));
    const uids = await findOne('BUCKY-0001', 'CT');
    expect(sent).toContain(sha256(new Uint8Array(await client.retrieveInstance(uids))));
    const series = await client.retrieveSeries(uids);
    const study = await client.retrieveStudy(uids);
    expect([series.length, study.length]).toEqual([3, 4]);
    for (const bytes of [...series, ...study]) expect(sent).toContain(sha256(new Uint8Array(bytes)));
  });

  it('gets native frames', async () => {
    const uids = await findOne('BUCKY-0004', 'DX');
    const [pixels] = await client.retrieveInstanceFrames({ ...uids, frameNumbers: ['1'] });
    expect(sha256(new Uint8Array(pixels!))).toBe(sha256(files.get('dx-chest')!.subarray(-352 * 320 * 2)));
  });

  it('gets compressed frames', async () => {
    const uids = await findOne('BUCKY-0003', 'US');
    const mediaTypes = [{ mediaType: 'image/jpeg', transferSyntaxUID: '1.2.840.10008.1.2.4.50' }];
    const frames = await client.retrieveInstanceFrames({ ...uids, frameNumbers: ['1', '10'], mediaTypes });
    expect(frames).toHaveLength(2);
    for (const frame of frames) expect(Buffer.from(frame).subarray(0, 3).toString('hex')).toBe('ffd8ff');
  });

  it('gets the PDF as bulk data', async () => {
    const uids = await findOne('BUCKY-0004', 'DOC');
    const [metadata] = await client.retrieveInstanceMetadata(uids);
    const { BulkDataURI, InlineBinary } = metadata!['00420011']!;
    const pdf =
      BulkDataURI === undefined
        ? Buffer.from(InlineBinary!, 'base64')
        : Buffer.from((await client.retrieveBulkData({ BulkDataURI: new URL(BulkDataURI, bucky.url).href }))[0]!);
    expect(pdf.subarray(0, 8).toString()).toBe('%PDF-1.4');
    expect(pdf.toString('latin1').replaceAll('\0', '').trimEnd().endsWith('%%EOF')).toBe(true);
  });
});
