import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBucky, type Bucky } from './harness/bucky.js';
import { ask, askJson, frame, stow, stowType, type Answer } from './harness/dicom-web.js';
import { makeInstance, newUid, sha256 } from './harness/instance.js';
import { repositoryPath, setting } from './harness/repository.js';

const seed = setting('BUCKY_E2E_SEED', Math.floor(Math.random() * 2 ** 31));
const uids = { studyUid: newUid(), seriesUid: newUid(), instanceUid: newUid() };
const { studyUid, seriesUid, instanceUid } = uids;
const known = makeInstance({ ...uids, pixelBytes: 64 * 1024, seed: 1, patientName: 'Hidden^Person', patientId: 'SECRET-ID' }); // prettier-ignore

const study = `dicom-web/studies/${studyUid}`;
const series = `${study}/series/${seriesUid}`;
const instance = `${series}/instances/${instanceUid}`;
const routes = [
  '',
  'viewer/',
  'viewer/app-config.js',
  'viewer/viewer?StudyInstanceUIDs=1.2',
  'healthz',
  'readyz',
  'metrics',
  'api/conflicts',
  'dicom-web/studies',
  'dicom-web/series',
  'dicom-web/instances',
  `${study}/series`,
  `${study}/instances`,
  `${series}/instances`,
  study,
  series,
  instance,
  `${study}/metadata`,
  `${series}/metadata`,
  `${instance}/metadata`,
  `${instance}/frames/1`,
  `${instance}/rendered`,
  `${instance}/bulkdata/7FE00010`,
  'nothing/here',
];

/** A whole conversation on a socket: what is no HTTP must not end the server either. */
function converse(bucky: Bucky, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(bucky.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      resolve(text);
    });
    socket.end(bytes);
  });
}

describe(`a stranger (seed ${seed})`, () => {
  let bucky: Bucky;

  beforeAll(async () => {
    bucky = await startBucky();
    expect(await stow(bucky.dicomWeb, [known])).toMatchObject({ status: 200 });
  });

  afterAll(async () => {
    expect(bucky.isRunning()).toBe(true);
    expect(await askJson(`${bucky.dicomWeb}/studies?StudyInstanceUID=${studyUid}`)).toHaveLength(1);
    expect(await bucky.stop()).toBe(0);
  });

  it.each(['DICOM-WEB/studies', 'dicom-web/Studies', 'HealthZ', 'API/conflicts'])(
    'finds nothing at /%s',
    async (path) => {
      expect((await ask(bucky.url + path)).status).toBe(404);
    },
  );

  describe.each(routes)('at /%s', (route) => {
    it.each(['evil.example', '127.0.0.1.evil.example', '192.168.7.7:8042', 'localhost:1'])(
      'is refused with the Host %s',
      async (host) => {
        const answer = await ask(bucky.url + route, { headers: { Host: host } });
        expect(answer.status).toBe(403);
        expect(answer.body.toString()).not.toMatch(/Hidden|SECRET/);
      },
    );

    it('gets no answer that a foreign page could read', async () => {
      const answer = await ask(bucky.url + route, { headers: { Origin: 'https://evil.example', Accept: '*/*' } });
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    });

    it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('may not write by %s from a foreign page', async (method) => {
      for (const headers of [
        { Origin: 'https://evil.example' },
        { 'Sec-Fetch-Site': 'cross-site' },
        { Origin: 'null' },
      ]) {
        // prettier-ignore
        const answer = await ask(bucky.url + route, { method, headers: { ...headers, 'Content-Type': 'text/plain' }, body: Buffer.from('x') }); // prettier-ignore
        expect(answer.status).toBe(403);
      }
    });

    it.each(['PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'OPTIONS', 'HEAD'])(
      'asked by %s is answered without a failure',
      async (method) => {
        if (method === 'DELETE' && [study, series, instance].includes(route)) return; // it would be done: changes.test.ts
        const answer = await ask(bucky.url + route, { method });
        expect(answer.status).toBeLessThan(500);
        if (!['OPTIONS', 'HEAD'].includes(method)) expect(answer.status).toBeGreaterThanOrEqual(400);
      },
    );

    it('answers every Accept with a status of its own', async () => {
      for (const Accept of [
        'image/png',
        'nonsense',
        'application/dicom+xml',
        'multipart/related',
        '*/*;q=0',
        ',;=,,',
        'application/dicom+json;q=2',
        'x'.repeat(6000),
      ]) {
        // prettier-ignore
        expect((await ask(bucky.url + route, { headers: { Accept } })).status).toBeLessThan(500);
      }
    });

    it('takes no odd query for a failure', async () => {
      for (const query of [
        'limit=-1',
        'limit=1e9',
        'offset=x',
        'PatientName=%FF',
        'PatientName=%00',
        'x=y&x=z',
        '%%%',
        'StudyDate=-',
        'StudyDate=2026-13-45',
        'includefield=',
        'includefield=0020',
        'orderby=nothing',
        `PatientName=${'*'.repeat(500)}`,
        `StudyInstanceUID=${'1.2,'.repeat(1500)}`,
        'PatientID=%27%3B%20DROP%20TABLE%20instance',
        '__proto__=1',
        'accept=%0D%0AX:%20y',
      ]) {
        // prettier-ignore
        const answer = await ask(`${bucky.url}${route}${route.includes('?') ? '&' : '?'}${query}`);
        expect([query.slice(0, 40), answer.status < 500]).toEqual([query.slice(0, 40), true]);
      }
    });
  });

  it.each([
    '..', '../..', '%2e%2e', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', '..%5c..', '1.2.%00', '%00', '1.2/../1.3', '1..2', '.1', '01.2', '1.02', '1.2.', 'a.b', '1.2%20', '%c0%ae%c0%ae',
    '9'.repeat(65), '1.'.repeat(2000) + '1', '1.2%0a', '%F0%9F%92%80', "1.2'--", '%E0%A4%A',
  ])('cannot leave the archive by the UID %p', async (uid) => {
    for (const path of [
      `studies/${uid}`, `studies/${uid}/metadata`, `studies/${studyUid}/series/${uid}`, `studies/${studyUid}/series/${seriesUid}/instances/${uid}`, `studies/${studyUid}/series/${seriesUid}/instances/${uid}/frames/1`,
      `studies/${studyUid}/series/${seriesUid}/instances/${instanceUid}/frames/${uid}`, `studies/${studyUid}/series/${seriesUid}/instances/${instanceUid}/bulkdata/${uid}`,
    ]) {
      const answer = await ask(`${bucky.dicomWeb}/${path}`);
      expect([path, answer.status >= 400 && answer.status < 500]).toEqual([path, true]);
      expect(answer.body.toString()).not.toMatch(/root:|\/tmp\//);
    }
    const posted = await stow(bucky.dicomWeb, [known], { studyUid: uid });
    expect(posted.status).toBeGreaterThanOrEqual(400);
    expect(posted.status).toBeLessThan(500);
  }); // prettier-ignore

  it.each(['0', '-1', '1,', ',1', '2', '1,2', '1-2', '4294967297', '99999999999999999999', '1e0', '0x1', '1,1,1'])(
    'gets no failure for the frame list %p',
    async (list) => {
      const answer = await ask(`${bucky.url}${instance}/frames/${list}`);
      expect(answer.status).toBeLessThan(500);
      if (list !== '1,1,1') expect(answer.status).toBeGreaterThanOrEqual(400);
    },
  );

  it.each([
    'bytes=0-',
    'bytes=-1',
    'bytes=9999999999-',
    'bytes=5-2',
    'bytes=0-0,2-3',
    'bytes=x',
    'lines=1-2',
    'bytes=-0',
    `bytes=${'0-1,'.repeat(900)}`,
  ])(
    // prettier-ignore
    'gets no failure for the range %p',
    async (Range) => {
      for (const path of [instance, `${instance}/frames/1`, `${instance}/bulkdata/7FE00010`, 'viewer/app-config.js']) {
        expect((await ask(bucky.url + path, { headers: { Range, Accept: '*/*' } })).status).toBeLessThan(500);
      }
    },
  );

  describe('sends what is no multipart', () => {
    const { open, close } = frame('b');
    const file = known;
    const bodies: readonly (readonly [string, string, Buffer])[] = [
      ['nothing', stowType('b'), Buffer.alloc(0)],
      ['only a close delimiter', stowType('b'), Buffer.from('--b--\r\n')],
      ['no delimiter', stowType('b'), file],
      ['another boundary', stowType('c'), Buffer.concat([open, file, close])],
      ['no boundary', 'multipart/related; type="application/dicom"', Buffer.concat([open, file, close])],
      ['an empty boundary', 'multipart/related; type="application/dicom"; boundary=""', Buffer.concat([open, file, close])], // prettier-ignore
      ['a boundary that is too long', stowType('b'.repeat(300)), Buffer.concat([open, file, close])],
      ['a part without end', stowType('b'), Buffer.concat([open, file])],
      ['a part that is cut', stowType('b'), Buffer.concat([open, file.subarray(0, 700)])],
      ['an empty part', stowType('b'), Buffer.concat([open, close])],
      ['text as a part', stowType('b'), Buffer.concat([open, Buffer.from('hello'), close])],
      ['a part header without end', stowType('b'), Buffer.from(`--b\r\nX: ${'y'.repeat(200_000)}`)],
      ['ten thousand part headers', stowType('b'), Buffer.concat([Buffer.from('--b\r\n' + 'X: y\r\n'.repeat(10_000) + '\r\n'), file, close])], // prettier-ignore
      ['ten thousand empty parts', stowType('b'), Buffer.concat([...Array.from({ length: 10_000 }, () => Buffer.from('--b\r\n\r\n\r\n')), close])], // prettier-ignore
      ['another media type', 'application/json', Buffer.from('{}')],
      ['no media type', '', file],
      ['a media type that is none', ';;;', file],
      ['gzip that is none', stowType('b'), Buffer.concat([open, file, close])],
    ];

    it.each(bodies)('%s', async (name, type, body) => {
      const encoding: Record<string, string> = name === 'gzip that is none' ? { 'Content-Encoding': 'gzip' } : {};
      const answer = await ask(`${bucky.dicomWeb}/studies`, { method: 'POST', headers: { 'Content-Type': type, ...encoding }, body }); // prettier-ignore
      expect([name, answer.status]).toEqual([name, expect.any(Number)]);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body.toString()).not.toMatch(/Hidden|SECRET/);
    });

    it.each([0.1, 0.5, 0.9, 0.999])('cuts the connection after %p of the body', async (share) => {
      const body = Buffer.concat([open, makeInstance({ ...uids, instanceUid: newUid(), pixelBytes: 64 * 1024, seed: 3 }), close]); // prettier-ignore
      const head = `POST /dicom-web/studies HTTP/1.1\r\nHost: ${new URL(bucky.url).host}\r\nContent-Type: ${stowType('b')}\r\nContent-Length: ${body.length}\r\n\r\n`; // prettier-ignore
      const text = await converse(bucky, Buffer.concat([Buffer.from(head), body.subarray(0, body.length * share)]));
      expect(text).not.toMatch(/^HTTP\/1\.1 (2|5)/);
    });

    it.each([
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      '\0\0\0\0',
      'POST /dicom-web/studies HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello',
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
      `GET /${'x'.repeat(70_000)} HTTP/1.1\r\n\r\n`,
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
    ])(
      // prettier-ignore
      'as bytes that are hardly HTTP (%#)',
      async (bytes) => {
        expect(await converse(bucky, Buffer.from(bytes))).not.toMatch(/^HTTP\/1\.1 (2|5)/);
      },
    );
  });

  it('sends two hundred damaged files and requests, and gets no failure', async () => {
    let state = seed | 1;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return (state >>> 8) % limit;
    };
    const originals = await Promise.all(['sr-body', 'pdf-chest', 'us-heart', 'mr-head-01'].map((name) => readFile(repositoryPath(`fixtures/${name}.dcm`)))); // prettier-ignore
    const wrong: unknown[] = [];
    for (let round = 0; round < 200; round += 1) {
      const file = Buffer.from(originals[random(originals.length)]!);
      for (let change = random(6); change >= 0; change -= 1) file[random(Math.min(file.length, 3000))] = random(256);
      const cut = random(3) === 0 ? file.subarray(0, random(file.length)) : file;
      const { open, close } = frame('b');
      const body = Buffer.concat([open, cut, close]);
      if (random(4) === 0) body[random(Math.min(body.length, 400))] = random(256);
      const answer: Answer = await ask(`${bucky.dicomWeb}/studies`, {
        method: 'POST',
        headers: { 'Content-Type': stowType('b'), Accept: 'application/dicom+json' },
        body,
      });
      if (answer.status >= 500) wrong.push({ round, status: answer.status, sha256: sha256(cut) });
    }
    expect(wrong).toEqual([]);
    // What was taken of it can be asked for at each level.
    for (const row of await askJson(`${bucky.dicomWeb}/instances?limit=300`)) {
      const path = `studies/${String(row['0020000D']!.Value![0])}/series/${String(row['0020000E']!.Value![0])}`;
      const uid = String(row['00080018']!.Value![0]);
      for (const url of [
        `${path}/instances/${uid}`,
        `${path}/instances/${uid}/metadata`,
        `${path}/instances/${uid}/frames/1`,
      ]) {
        // prettier-ignore
        const answer = await ask(`${bucky.dicomWeb}/${url}`, { headers: { Accept: '*/*' } });
        if (answer.status >= 500) wrong.push({ url, status: answer.status });
      }
    }
    expect(wrong).toEqual([]);
  });

  it('finds no name or Patient ID in the log', () => {
    expect(bucky.log.filter((line) => /Hidden|SECRET|Müller|Yamada|BUCKY-000/.test(line))).toEqual([]);
  });
});
