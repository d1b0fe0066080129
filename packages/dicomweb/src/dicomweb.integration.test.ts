import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openArchive, type Archive } from '@bucky/archive';
// A test composes what it asks; the package itself knows only the archive.
// eslint-disable-next-line no-restricted-imports
import { openCatalog } from '@bucky/catalog';
import { BuckyError, errorCodes, parseUid, writeFileMeta } from '@bucky/dicom';
import { access, localIdentity, type Right } from '@bucky/ledger';
// eslint-disable-next-line no-restricted-imports
import { memoryVault } from '@bucky/vault';
import { createDicomweb } from './create-dicomweb.js';
import { statusOf } from './problem.js';
import { routes } from './routes.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Ask = (
  path: string,
  options?: { method?: string; headers?: Record<string, string>; body?: Buffer },
) => Promise<Answer>;

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const pixels = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]);

function element(tag: number, vr: string, value: Buffer): Buffer {
  // 0: group (2), element (2), VR (2), then length (2), or reserved (2) and length (4) for OB. @see PS3.5 7.1.2
  const header = Buffer.alloc(vr === 'OB' ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (vr === 'OB') header.writeUInt32LE(value.length, 8);
  else header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}

function text(tag: number, vr: string, value: string): Buffer {
  return element(tag, vr, Buffer.from(value.length % 2 === 0 ? value : value + (vr === 'UI' ? '\0' : ' ')));
}

function short(tag: number, value: number): Buffer {
  return element(tag, 'US', Buffer.from([value & 0xff, value >> 8]));
}

const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

/** Two frames of one row of four 8-bit pixels. */
function file(instanceUid: string, { studyUid = '1.2.3', name = 'Example^Ada' } = {}): Buffer {
  return Buffer.concat([
    writeFileMeta({
      sopClassUid: parseUid(secondaryCapture),
      instanceUid: parseUid(instanceUid),
      transferSyntaxUid: parseUid(explicitLittleEndian),
    }),
    text(0x00080016, 'UI', secondaryCapture),
    text(0x00080018, 'UI', instanceUid),
    text(0x00080060, 'CS', 'OT'),
    text(0x00100010, 'PN', name),
    text(0x0020000d, 'UI', studyUid),
    text(0x0020000e, 'UI', `${studyUid}.4`),
    short(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    text(0x00280008, 'IS', '2'),
    short(0x00280010, 1),
    short(0x00280011, 4),
    short(0x00280100, 8),
    short(0x00280101, 8),
    short(0x00280102, 7),
    short(0x00280103, 0),
    element(0x7fe00010, 'OB', pixels),
  ]);
}

const open = '--b\r\nContent-Type: application/dicom\r\n\r\n';
const multipart = { 'Content-Type': 'multipart/related; type="application/dicom"; boundary="b"' };

function related(files: readonly Buffer[]): Buffer {
  return Buffer.concat([
    ...files.flatMap((one) => [Buffer.from(open), one, Buffer.from('\r\n')]),
    Buffer.from('--b--'),
  ]);
}

function json(answer: Answer): Record<string, { Value?: Record<string, { Value?: unknown[] }>[] } | undefined> {
  return JSON.parse(answer.body.toString()) as ReturnType<typeof json>;
}

function reasons(answer: Answer, tag: string): unknown[] {
  return (json(answer)[tag]?.Value ?? []).map((item) => item['00081197']?.Value?.[0]);
}

let folder: string;
let archive: Archive;
const servers: Server[] = [];
/** What the services told of received files. */
let received: string[] = [];

async function start(decide: (right: Right) => ReturnType<typeof access>): Promise<Ask> {
  const app = express();
  const identify = (): typeof localIdentity => localIdentity;
  const origins = ['https://viewer.example'];
  app.use(
    createDicomweb({
      ...{ archive, root: '/dicom-web', identify, origins },
      decide: (_identity, right) => decide(right),
      onReceived: ({ kind }) => received.push(kind),
    }),
  );
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path: `/dicom-web${path}`, method, headers, agent: false });
      asked.once('error', reject);
      asked.once('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () => {
          resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) });
        });
      });
      asked.end(body);
    });
}

let ask: Ask;
const known = file('1.2.9');
const study = '/studies/1.2.3';
const instance = `${study}/series/1.2.3.4/instances/1.2.9`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-dicomweb-'));
  const catalog = await openCatalog({ file: join(folder, 'catalog.sqlite') });
  archive = await openArchive({
    vault: memoryVault(),
    catalog,
    folder,
    policies: { reservedBytes: 0, partsPerRequest: 1000 },
  });
  ask = await start((right) => access(localIdentity, right));
  expect((await ask('/studies', { method: 'POST', headers: multipart, body: related([known]) })).status).toBe(200);
});

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await archive.close();
  await rm(folder, { recursive: true });
});

describe('the table of routes', () => {
  it('names a right for each route', () => {
    const rights: readonly unknown[] = ['search', 'retrieve', 'store', 'delete', 'administer'];
    for (const { right } of routes) expect(rights).toContain(right);
  });

  it.each(routes)('lets nobody in at $method $path without the right', async ({ method, path, right }) => {
    const asked: Right[] = [];
    const stranger = await start((one) => {
      asked.push(one);
      throw new BuckyError('forbidden', 'This identity has no right to this');
    });
    const address = path.replace(':study', '1.2.3').replace(':series', '1.2.3.4').replace(':instance', '1.2.9');
    const answer = await stranger(address.replace(':frames', '1').replace('*path', '7FE00010'), { method });
    expect([answer.status, asked]).toEqual([403, [right]]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it('answers 405 with what is allowed', async () => {
    const answer = await ask('/studies', { method: 'DELETE' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST, GET, HEAD, OPTIONS']);
  });

  it('answers 404 below its root for what it does not know', async () => {
    expect((await ask('/nothing')).status).toBe(404);
    expect((await ask('/STUDIES')).status).toBe(404);
  });

  it('has an error status for each code', () => {
    for (const code of errorCodes) expect(statusOf[code]).toBeGreaterThanOrEqual(400);
  });
});

describe('a store', () => {
  const post = (body: Buffer, headers: Record<string, string> = multipart, path = '/studies'): Promise<Answer> =>
    ask(path, { method: 'POST', headers, body });

  it('answers 200 for what is kept already', async () => {
    const answer = await post(related([known]));
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/dicom+json']);
    expect(json(answer)['00081199']?.Value).toHaveLength(1);
  });

  it('takes a single Part 10 file, and gzip', async () => {
    expect((await post(known, { 'Content-Type': 'application/dicom' })).status).toBe(200);
    expect((await post(gzipSync(related([known])), { ...multipart, 'Content-Encoding': 'gzip' })).status).toBe(200);
  });

  it('answers in XML when that is asked for', async () => {
    const answer = await post(related([known]), { ...multipart, Accept: 'application/dicom+xml' });
    expect(answer.headers['content-type']).toBe('application/dicom+xml');
    expect(answer.body.toString()).toContain('keyword="ReferencedSOPSequence"');
  });

  it('answers 202 when some failed, a conflict by its own code', async () => {
    const answer = await post(related([known, file('1.2.9', { name: 'Other^One' }), Buffer.from('text')]));
    expect(answer.status).toBe(202);
    expect([reasons(answer, '00081198'), reasons(answer, '0008119A')]).toEqual([[45070], [49152]]);
  });

  it('answers 409 when the file is not of the study of the address', async () => {
    const answer = await post(related([file('1.2.10')]), multipart, '/studies/1.9');
    expect([answer.status, reasons(answer, '00081198')]).toEqual([409, [43264]]);
  });

  it.each([0.2, 0.5, 0.9, 0.99])(
    'never answers 200 for a body cut after %p of it, nor keeps the part that was cut',
    async (share) => {
      const body = related([file('1.2.11'), file('1.2.12')]);
      const answer = await post(body.subarray(0, Math.floor(body.length * share)));
      expect([202, 400]).toContain(answer.status);
      expect((await ask(`/instances?SOPInstanceUID=1.2.12`)).status).toBe(204);
    },
  );

  it('tells of files kept aside when the body is cut behind them', async () => {
    const body = related([file('1.2.9', { name: 'Other^One' }), known]);
    const answer = await post(body.subarray(0, body.length - known.length));
    expect([answer.status, reasons(answer, '00081198'), reasons(answer, '0008119A')]).toEqual([409, [45070], [49152]]);
  });

  it('refuses more parts than it may have, and still tells of those it has stored', async () => {
    received = [];
    const parts = [related([known]).subarray(0, -2), Buffer.from('\n\n--b'.repeat(1000)), Buffer.from('--')];
    const answer = await post(Buffer.concat(parts));
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
      413,
      { code: 'too-large', detail: 'The body has more parts than partsPerRequest, 1000' },
    ]);
    expect([received.length, received.filter((kind) => kind === 'duplicate')]).toEqual([1000, ['duplicate']]);
  });

  it('refuses a body that inflates to hundreds of times its size', async () => {
    const answer = await post(gzipSync(Buffer.alloc(65 * 2 ** 20), { level: 9 }), {
      ...multipart,
      'Content-Encoding': 'gzip',
    });
    expect([answer.status, (JSON.parse(answer.body.toString()) as { code: string }).code]).toEqual([413, 'too-large']);
  });

  it.each([
    ['no part', Buffer.from('--b--'), multipart, 400],
    ['no delimiter', known, multipart, 400],
    ['no boundary', known, { 'Content-Type': 'multipart/related; type="application/dicom"' }, 400],
    ['a boundary that is too long', known, { 'Content-Type': `multipart/related; boundary=${'b'.repeat(71)}` }, 400],
    ['another media type', known, { 'Content-Type': 'application/json' }, 415],
    ['another type of the parts', known, { 'Content-Type': 'multipart/related; type=image/png; boundary=b' }, 415],
    ['another coding', known, { ...multipart, 'Content-Encoding': 'br' }, 415],
    ['gzip that is none', related([known]), { ...multipart, 'Content-Encoding': 'gzip' }, 400],
    ['an Accept that nothing satisfies', related([known]), { ...multipart, Accept: 'image/png' }, 406],
  ])('refuses %s', async (_name, body, headers, status) => {
    expect((await post(body, headers as Record<string, string>)).status).toBe(status);
  });
});

describe('a search', () => {
  it('answers with Retrieve URLs below the root', async () => {
    const [row] = JSON.parse((await ask('/instances?SOPInstanceUID=1.2.9')).body.toString()) as Record<
      string,
      unknown
    >[];
    expect(row!['00081190']).toEqual({ vr: 'UR', Value: [`/dicom-web${instance}`] });
  });

  it('answers 204 when nothing matches, and 400 for an unknown key', async () => {
    expect((await ask('/studies?PatientID=nobody')).status).toBe(204);
    expect((await ask('/studies?Foo=1')).status).toBe(400);
  });

  it('warns that there is more, and of matching that it cannot do', async () => {
    await ask('/studies', {
      method: 'POST',
      headers: multipart,
      body: related([file('1.2.20', { studyUid: '1.2.5' })]),
    });
    const { headers } = await ask('/studies?limit=1&emptyvaluematching=true');
    expect(headers['warning']).toMatch(/more results.*emptyvaluematching/);
    expect((await ask('/studies?limit=2')).headers['warning']).toBeUndefined();
  });

  it('matches Attributes that have no column, words of a name, and what is below', async () => {
    const count = async (query: string) => (await ask(`/studies?includetotal=true&${query}`)).headers['x-total-count'];
    expect(await count('SamplesPerPixel=1')).toBe('2');
    expect(await count('00280103=0&Modality=OT')).toBe('2');
    expect(await count('PatientName=ada+exam&fuzzymatching=true')).toBe('2');
    expect(await count('PatientName=ada+exam')).toBe('0');
    expect((await ask('/studies?PatientName=ada+exam&fuzzymatching=true')).headers['warning']).toBeUndefined();
    const [first] = JSON.parse((await ask('/studies?includefield=00280103')).body.toString()) as object[];
    expect(first).toMatchObject({ '00280103': { vr: 'US', Value: [0] } });
  });

  it('answers in XML, one part for each result (PS3.18 10.6.4), or one document for one', async () => {
    const Accept = 'multipart/related; type="application/dicom+xml"';
    const several = await ask('/studies', { headers: { Accept } });
    expect(several.headers['content-type']).toMatch(/^multipart\/related; type="application\/dicom\+xml"; boundary=/);
    const text = several.body.toString();
    expect(text.match(/^Content-Type: application\/dicom\+xml\r$/gm)).toHaveLength(2);
    expect(text.match(/<NativeDicomModel/g)).toHaveLength(2);
    expect(text).toContain('keyword="RetrieveURL"><Value number="1">/dicom-web/studies/1.2.3</Value>');
    const one = await ask('/studies?StudyInstanceUID=1.2.3', { headers: { Accept: 'application/dicom+xml' } });
    expect(one.headers['content-type']).toBe('application/dicom+xml');
    expect(one.body.toString()).toMatch(/^<\?xml.*<\/NativeDicomModel>$/s);
    const parts = await ask('/studies', { headers: { Accept: 'application/dicom+xml' } });
    expect(parts.headers['content-type']).toMatch(/^multipart\/related/);
    expect((await ask('/studies?PatientID=nobody', { headers: { Accept } })).status).toBe(204);
  });

  it('tells how many match in all when that is asked for, to pages of other origins too', async () => {
    const { headers } = await ask('/studies?limit=1&includetotal=true', {
      headers: { Origin: 'https://viewer.example' },
    });
    expect(headers['x-total-count']).toBe('2');
    expect(headers['access-control-expose-headers']).toContain('X-Total-Count');
    const nobody = await ask('/studies?PatientID=nobody&includetotal=true');
    expect([nobody.status, nobody.headers['x-total-count']]).toEqual([204, '0']);
    expect((await ask('/studies')).headers['x-total-count']).toBeUndefined();
  });

  it('gives all of a study without a limit, in several chunks, also as one gzip member', async () => {
    const uids = Array.from({ length: 510 }, (_, n) => `1.2.6.4.${n}`);
    const files = related(uids.map((one) => file(one, { studyUid: '1.2.6' })));
    expect((await ask('/studies', { method: 'POST', headers: multipart, body: files })).status).toBe(200);
    const plain = await ask('/studies/1.2.6/instances?includefield=SamplesPerPixel');
    expect(plain.headers['content-length']).toBeUndefined();
    const found = JSON.parse(plain.body.toString()) as Record<string, { Value: unknown[] }>[];
    expect(found.map((one) => one['00080018']?.Value[0]).sort()).toEqual([...uids].sort());
    const zipped = await ask('/studies/1.2.6/instances?includefield=SamplesPerPixel', {
      headers: { 'Accept-Encoding': 'gzip' },
    });
    expect(gunzipSync(zipped.body)).toEqual(plain.body);
    expect((await ask('/instances?offset=100001')).status).toBe(400);
  }, 20_000);
});

describe('a retrieve', () => {
  it('gives an instance as it was received, also a range of it', async () => {
    const whole = await ask(instance, { headers: { Accept: 'application/dicom; transfer-syntax=*' } });
    expect(whole.body.equals(known)).toBe(true);
    const part = await ask(instance, { headers: { Accept: 'application/dicom', Range: 'bytes=128-131' } });
    expect([part.status, part.body.toString()]).toEqual([206, 'DICM']);
    expect(part.headers['content-range']).toBe(`bytes 128-131/${known.length}`);
    const beyond = await ask(instance, { headers: { Accept: 'application/dicom', Range: 'bytes=999999-' } });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, `bytes */${known.length}`]);
  });

  it.each([study, `${study}/series/1.2.3.4`, instance])('gives %s in parts', async (path) => {
    const answer = await ask(path);
    expect(answer.headers['content-type']).toMatch(/^multipart\/related; type="application\/dicom"; boundary=/);
    expect(answer.body.includes(known)).toBe(true);
    expect(answer.body.toString('latin1')).toContain(
      `Content-Type: application/dicom; transfer-syntax=${explicitLittleEndian}\r\n`,
    );
  });

  it.each(['', '/frames/1', '/bulkdata/7FE00010'])(
    'answers 500 without naming the key when the vault has lost what %s of the instance asks for',
    async (below) => {
      const lost = file('1.2.8.1', { studyUid: '1.2.8' });
      await ask('/studies', { method: 'POST', headers: multipart, body: related([lost]) });
      for await (const { key } of archive.vault.list('studies/1.2.8/')) await archive.vault.delete(key);
      const answer = await ask(`/studies/1.2.8/series/1.2.8.4/instances/1.2.8.1${below}`);
      expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
        500,
        { code: 'damaged', detail: 'Stored data are damaged: the log names them' },
      ]);
    },
  );

  it.each([study, `${study}/series/1.2.3.4`, instance])('gives metadata of %s in XML', async (path) => {
    const Accept = 'multipart/related; type="application/dicom+xml"';
    const answer = await ask(`${path}/metadata`, { headers: { Accept } });
    expect(answer.headers['content-type']).toMatch(/^multipart\/related; type="application\/dicom\+xml"; boundary=/);
    expect(answer.body.toString()).toContain(`<BulkData uri="/dicom-web${instance}/bulkdata/7FE00010"/>`);
    const { etag } = answer.headers;
    expect((await ask(`${path}/metadata`, { headers: { Accept, 'If-None-Match': etag! } })).status).toBe(304);
    expect((await ask(`${path}/metadata`)).headers.etag).not.toBe(etag);
    const zipped = await ask(`${path}/metadata`, { headers: { Accept, 'Accept-Encoding': 'gzip' } });
    expect(gunzipSync(zipped.body)).toEqual(answer.body);
    const head = await ask(`${path}/metadata`, { method: 'HEAD', headers: { Accept } });
    expect([head.status, head.headers.etag, head.body.length]).toEqual([200, etag, 0]);
  });

  it('gives frames in the order of the list, their type spelled as viewers look for it', async () => {
    const Accept = 'multipart/related; type=application/octet-stream; transfer-syntax=*';
    const { body } = await ask(`${instance}/frames/2,1`, { headers: { Accept } });
    const parts = body.toString('latin1').split(/\r\n\r\n|\r\n--bucky-/);
    expect([parts[1], parts[3]]).toEqual(['\x05\x06\x07\x08', '\x01\x02\x03\x04']);
    expect(parts[0]).toContain(`Content-Type: application/octet-stream; transfer-syntax=${explicitLittleEndian}`);
  });

  it('gives one frame alone, and bulk data with ranges', async () => {
    const Accept = 'application/octet-stream';
    expect((await ask(`${instance}/frames/2`, { headers: { Accept } })).body).toEqual(pixels.subarray(4));
    const part = await ask(`${instance}/bulkdata/7FE00010`, { headers: { Accept, Range: 'bytes=-2' } });
    expect([part.status, part.body]).toEqual([206, pixels.subarray(6)]);
  });

  it.each([
    [`${instance}/frames/0`, 400],
    [`${instance}/frames/1,`, 400],
    [`${instance}/frames/1-2`, 400],
    [`${instance}/frames/3`, 404],
    [`${instance}/bulkdata/00091001`, 404],
    [`${instance}/rendered`, 406],
    ['/studies/1.2.5/series/1.2.3.4/instances/1.2.9', 404],
    ['/studies/1.99', 404],
    ['/studies/1.99/metadata', 404],
    ['/studies/a.b', 400],
    ['/studies/%zz', 400],
  ])('answers %s with %p', async (path, status) => {
    expect((await ask(path)).status).toBe(status);
  });

  it.each([instance, study, `${instance}/frames/1`])('refuses to decode %s', async (path) => {
    const transferSyntax = 'transfer-syntax=1.2.840.10008.1.2.4.90';
    const Accept = `multipart/related; type="application/dicom"; ${transferSyntax}, multipart/related; type="application/octet-stream"; ${transferSyntax}`;
    expect((await ask(path, { headers: { Accept } })).status).toBe(406);
  });

  it.each(['', '/metadata', '/frames/1', '/bulkdata/7FE00010'])('answers 304 and HEAD at instance%s', async (end) => {
    const got = await ask(instance + end);
    const { etag } = got.headers;
    expect(etag).toMatch(/^"[^"]+"$/);
    const again = await ask(instance + end, { headers: { 'If-None-Match': `"x", ${etag}` } });
    expect([again.status, again.headers.etag, again.body.length]).toEqual([304, etag, 0]);
    const head = await ask(instance + end, { method: 'HEAD' });
    expect([head.status, head.headers.etag, head.headers['content-type']]).toEqual([
      200,
      etag,
      got.headers['content-type'],
    ]);
  });

  it('codes metadata with gzip, under an ETag of its own', async () => {
    const plain = await ask(`${study}/metadata`);
    const zipped = await ask(`${study}/metadata`, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(zipped.headers.etag).not.toBe(plain.headers.etag);
    expect(zipped.headers.vary).toContain('Accept-Encoding');
  });
});

describe('a ZIP', () => {
  const zip = { headers: { Accept: 'application/zip' } };

  it.each([study, `${study}/series/1.2.3.4`])(
    'is had of %s by header or parameter (PS3.18 10.4.4, 8.3.3.1)',
    async (path) => {
      const answer = await ask(path, zip);
      const { headers, body } = answer;
      expect([answer.status, headers['content-type'], headers['content-length']]).toEqual([
        200,
        'application/zip',
        String(body.length),
      ]);
      expect(headers['content-disposition']).toMatch(/^attachment; filename="[\d.]+\.zip"$/);
      expect(body.subarray(30, 38).toString()).toBe('DICOMDIR');
      expect(body.includes(known)).toBe(true);
      const byParameter = await ask(`${path}?accept=application/zip`);
      expect(byParameter.body.equals(body)).toBe(true);
    },
  );

  it.each([
    ['application/zip, multipart/related; type="application/dicom"; q=0.5', 'application/zip'],
    ['multipart/related; type="application/dicom", application/zip', 'multipart/related'],
    ['application/zip; q=0.1, */*; q=0.5', 'multipart/related'],
    [
      `multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.50, application/zip; q=0.1`,
      'application/zip',
    ],
    [`application/zip; transfer-syntax=${explicitLittleEndian}`, 'application/zip'],
  ])('is chosen of %s: %s (PS3.18 8.7.5)', async (Accept, type) => {
    const { headers } = await ask(study, { headers: { Accept } });
    expect(headers['content-type']?.split(';')[0]).toBe(type);
  });

  it('is refused in a transfer syntax that it does not hold, of an instance, and of what is not there', async () => {
    const other = { headers: { Accept: 'application/zip; transfer-syntax=1.2.840.10008.1.2.4.50' } };
    expect((await ask(study, other)).status).toBe(406);
    expect((await ask(instance, zip)).status).toBe(406);
    expect((await ask('/studies/1.99', zip)).status).toBe(404);
  });

  it('tells all of itself to HEAD, and 304 to who has it', async () => {
    const got = await ask(study, zip);
    const head = await ask(study, { ...zip, method: 'HEAD' });
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, String(got.body.length)]);
    expect(head.headers.etag).toBe(got.headers.etag);
    const again = await ask(study, { headers: { ...zip.headers, 'If-None-Match': got.headers.etag! } });
    expect(again.status).toBe(304);
  });

  it('goes on from any byte while it is the same (RFC 9110 13.1.5, 14.2)', async () => {
    const { body, headers } = await ask(study, zip);
    const from = (start: number, etag: string) =>
      ask(study, { headers: { ...zip.headers, Range: `bytes=${start}-`, 'If-Range': etag } });
    for (const start of [1, 40, body.length >> 1, body.length - 1]) {
      const rest = await from(start, headers.etag!);
      expect([rest.status, rest.headers['content-range']]).toEqual([
        206,
        `bytes ${start}-${body.length - 1}/${body.length}`,
      ]);
      expect(rest.body.equals(body.subarray(start))).toBe(true);
    }
    const changed = await from(10, '"another"');
    expect([changed.status, changed.body.equals(body)]).toEqual([200, true]);
    expect((await from(body.length, headers.etag!)).status).toBe(416);
  });
});

describe('a page of another origin', () => {
  it('may ask when it is configured', async () => {
    const headers = { Origin: 'https://viewer.example' };
    expect((await ask('/studies', { headers })).headers['access-control-allow-origin']).toBe('https://viewer.example');
    const preflight = await ask('/studies', {
      method: 'OPTIONS',
      headers: { ...headers, 'Access-Control-Request-Method': 'POST' },
    });
    expect([preflight.status, preflight.headers['access-control-allow-methods']]).toEqual([
      204,
      'POST, GET, HEAD, OPTIONS',
    ]);
  });

  it('is told nothing when it is not', async () => {
    const { headers } = await ask('/studies', { headers: { Origin: 'https://evil.example' } });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});
