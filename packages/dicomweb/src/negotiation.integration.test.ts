import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Part10Reader, tag } from '@bucky/dicom';
import { exampleImage, frameBytes, syntaxes } from './example-image.js';
import { exampleServer, type Answer, type ExampleServer } from './example-server.js';

const { implicit, explicit, deflated, big, jpeg, jpeg2000, video } = syntaxes;

const jpegFragment = Buffer.from([0xff, 0xd8, 1, 2, 0xff, 0xd9]);
const files = {
  implicit: exampleImage({ instanceUid: '1.2.3.1', studyUid: '1.2.31', transferSyntaxUid: implicit }),
  explicit: exampleImage({ instanceUid: '1.2.3.2', studyUid: '1.2.32', transferSyntaxUid: explicit }),
  deflated: exampleImage({ instanceUid: '1.2.3.3', studyUid: '1.2.33', transferSyntaxUid: deflated }),
  big: exampleImage({ instanceUid: '1.2.3.4', studyUid: '1.2.34', transferSyntaxUid: big }),
  jpeg: exampleImage({
    instanceUid: '1.2.3.5',
    studyUid: '1.2.35',
    transferSyntaxUid: jpeg,
    fragments: [jpegFragment],
  }),
  misdeclared: exampleImage({
    instanceUid: '1.2.3.6',
    studyUid: '1.2.36',
    transferSyntaxUid: explicit,
    declared: implicit,
  }),
  video: exampleImage({
    instanceUid: '1.2.3.7',
    studyUid: '1.2.37',
    transferSyntaxUid: video,
    fragments: [Buffer.from('abcdefgh'), Buffer.from('ijklmnop')],
  }),
};

type Name = keyof typeof files;

function study(name: Name): string {
  return `/studies/1.2.3${Object.keys(files).indexOf(name) + 1}`;
}

function instance(name: Name): string {
  const number = Object.keys(files).indexOf(name) + 1;
  return `${study(name)}/series/1.2.3${number}.4/instances/1.2.3.${number}`;
}

/** One study of several Transfer Syntaxes. */
const mixed = [
  exampleImage({ instanceUid: '1.2.4.1', studyUid: '1.2.4', transferSyntaxUid: big }),
  exampleImage({ instanceUid: '1.2.4.2', studyUid: '1.2.4', transferSyntaxUid: explicit }),
  exampleImage({ instanceUid: '1.2.4.3', studyUid: '1.2.4', transferSyntaxUid: jpeg, fragments: [jpegFragment] }),
];

let server: ExampleServer;

beforeAll(async () => {
  server = await exampleServer();
  for (const file of [...Object.values(files), ...mixed]) expect(await server.store(file)).toBe(200);
});

afterAll(async () => {
  await server.stop();
});

const get = (path: string, accept?: string, headers: Record<string, string> = {}): Promise<Answer> =>
  server.ask(path, { headers: accept === undefined ? headers : { Accept: accept, ...headers } });

/** What File Meta Information of a file says, and what the file is. */
function readSyntax(file: Buffer): { declared: string; found: string } {
  const reader = new Part10Reader();
  reader.push(file);
  const { meta, identity } = reader.finish();
  const bytes = meta?.get(tag(0x00020010))?.bytes;
  return {
    declared: Buffer.from(bytes ?? [])
      .toString('latin1')
      .replace('\0', ''),
    found: identity.transferSyntaxUid,
  };
}

interface Part {
  readonly type: string;
  readonly body: Buffer;
}

function parts({ headers, body }: Answer): readonly Part[] {
  const boundary = /boundary=([^;]+)/.exec(headers['content-type'] ?? '')![1]!;
  return body
    .toString('latin1')
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const end = part.indexOf('\r\n\r\n');
      return {
        type: /Content-Type: ([^\r]+)/.exec(part)![1]!,
        body: Buffer.from(part.slice(end + 4, -2), 'latin1'),
      };
    });
}

const types = ['application/dicom', 'multipart/related; type="application/dicom"'] as const;

describe('the transfer syntax of an instance', () => {
  it.each(
    (['implicit', 'explicit', 'deflated', 'big', 'misdeclared'] as const).flatMap((name) =>
      types.map((type) => [name, type] as const),
    ),
  )('of %s is Explicit VR Little Endian where none is named (8.7.3): %s', async (name, type) => {
    const answer = await get(instance(name), type);
    expect(answer.status).toBe(200);
    const [file] = type === 'application/dicom' ? [{ type: answer.headers['content-type'], ...answer }] : parts(answer);
    expect(file.type).toBe(`application/dicom; transfer-syntax=${explicit}`);
    expect(readSyntax(file.body)).toEqual({ declared: explicit, found: explicit });
  });

  it.each(Object.keys(files) as Name[])('of %s is the stored one, byte for byte, for * (8.7.3.5.2)', async (name) => {
    const alone = await get(instance(name), 'application/dicom; transfer-syntax=*');
    expect(alone.body.equals(files[name])).toBe(true);
    const [part] = parts(await get(instance(name), 'multipart/related; type="application/dicom"; transfer-syntax=*'));
    expect(part!.body.equals(files[name])).toBe(true);
  });

  it.each([
    ['implicit', implicit],
    ['implicit', explicit],
    ['explicit', explicit],
    ['explicit', implicit],
    ['deflated', deflated],
    ['deflated', explicit],
    ['deflated', implicit],
    ['big', big],
    ['big', explicit],
    ['big', implicit],
    ['misdeclared', explicit],
    ['misdeclared', implicit],
    ['jpeg', jpeg],
  ] as const)('of %s is %s when it is named, and what the part says is what the file is (8.7.9)', async (name, uid) => {
    const answer = await get(instance(name), `application/dicom; transfer-syntax=${uid}`);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, `application/dicom; transfer-syntax=${uid}`]);
    expect(readSyntax(answer.body)).toEqual({ declared: uid, found: uid });
  });

  it.each([undefined, '*/*', 'application/dicom', 'multipart/*', 'application/*;q=0.1'])(
    'stays as stored for Accept %p when pixels would have to be decoded',
    async (accept) => {
      const answer = await get(instance('jpeg'), accept);
      expect([answer.status, answer.body.includes(files.jpeg)]).toEqual([200, true]);
    },
  );

  it.each([
    ['jpeg', explicit],
    ['jpeg', jpeg2000],
    ['explicit', jpeg],
    ['explicit', big],
    ['implicit', deflated],
  ] as const)('of %s cannot be %s: 406 (8.7.8.1)', async (name, uid) => {
    for (const type of types) {
      expect((await get(instance(name), `${type}; transfer-syntax=${uid}`)).status).toBe(406);
    }
  });

  it('chooses by weight among those that can be had', async () => {
    const accept = `application/dicom; transfer-syntax=${implicit};q=0.4, application/dicom; transfer-syntax=${jpeg2000}, application/dicom; transfer-syntax=${explicit};q=0.6`;
    const answer = await get(instance('big'), accept);
    expect(answer.headers['content-type']).toBe(`application/dicom; transfer-syntax=${explicit}`);
  });

  it('has an ETag for each, and answers 304 and HEAD', async () => {
    const etags = new Set<string | undefined>();
    for (const uid of ['*', explicit, implicit]) {
      for (const type of types) {
        const Accept = `${type}; transfer-syntax=${uid}`;
        const { etag } = (await get(instance('big'), Accept)).headers;
        etags.add(etag);
        expect((await get(instance('big'), Accept, { 'If-None-Match': etag! })).status).toBe(304);
        const head = await server.ask(instance('big'), { method: 'HEAD', headers: { Accept } });
        expect([head.status, head.headers.etag]).toEqual([200, etag]);
      }
    }
    expect(etags.size).toBe(6);
  });
});

describe('a study of several transfer syntaxes', () => {
  const all = 'multipart/related; type="application/dicom"';

  it.each([
    [all, [explicit, explicit, jpeg]],
    [`${all}; transfer-syntax=*`, [big, explicit, jpeg]],
    [`${all}; transfer-syntax=${jpeg}, ${all}; transfer-syntax=${explicit}`, [explicit, explicit, jpeg]],
    [`${all}; transfer-syntax=${implicit};q=0.9, ${all}; transfer-syntax=*;q=0.1`, [implicit, implicit, jpeg]],
  ])('gives for %s each instance in the form it can be had in (8.7.8.1)', async (accept, expected) => {
    const answer = await get('/studies/1.2.4', accept);
    expect(answer.status).toBe(200);
    const found = parts(answer);
    expect(found.map(({ body }) => readSyntax(body).declared)).toEqual(expected);
    expect(found.map(({ type }) => type)).toEqual(expected.map((uid) => `application/dicom; transfer-syntax=${uid}`));
  });

  it('answers 206 with a Warning when some cannot be had, and lets nobody keep it (10.4.3.3)', async () => {
    const answer = await get('/studies/1.2.4', `${all}; transfer-syntax=${explicit}`);
    expect([answer.status, answer.headers.etag, answer.headers['cache-control']]).toEqual([206, undefined, 'no-store']);
    expect(answer.headers['warning']).toMatch(/^299 bucky "1 of 3 instances/);
    expect(parts(answer)).toHaveLength(2);
  });

  it.each([`${all}; transfer-syntax=${jpeg2000}`, 'application/dicom', 'image/png'])(
    'answers 406 for %s, of which nothing is left (8.7.8.1)',
    async (accept) => {
      expect((await get('/studies/1.2.4', accept)).status).toBe(406);
    },
  );

  it('has one ETag for each choice', async () => {
    const etags = [all, `${all}; transfer-syntax=*`].map(
      async (accept) => (await get('/studies/1.2.4', accept)).headers.etag,
    );
    const [made, stored] = await Promise.all(etags);
    expect(made).not.toBe(stored);
    expect((await get('/studies/1.2.4', all, { 'If-None-Match': made! })).status).toBe(304);
  });
});

describe('the accept parameter', () => {
  const named = `accept=${encodeURIComponent(`application/dicom; transfer-syntax=${implicit}`)}`;

  it('comes before the header (8.7.8.1)', async () => {
    const answer = await get(`${instance('explicit')}?${named}`, `application/dicom; transfer-syntax=${explicit}`);
    expect(readSyntax(answer.body).declared).toBe(implicit);
  });

  it('leaves the choice to the header when nothing in it can be had (8.7.8.1)', async () => {
    const answer = await get(`${instance('explicit')}?accept=image/png`, 'application/dicom');
    expect([answer.status, readSyntax(answer.body).declared]).toEqual([200, explicit]);
  });

  it('is refused when nothing is left (8.7.8.1)', async () => {
    expect((await get(`${instance('explicit')}?accept=image/png`)).status).toBe(406);
    expect((await get(`${instance('explicit')}?accept=image/png`, 'image/jpeg')).status).toBe(406);
  });
});

describe('the transfer syntax of frames', () => {
  const octets = 'multipart/related; type="application/octet-stream"';

  it.each(
    (['implicit', 'explicit', 'deflated', 'big'] as const).flatMap((name) =>
      ['', '; transfer-syntax=*', `; transfer-syntax=${explicit}`].map((asked) => [name, asked] as const),
    ),
  )('of %s%s is Explicit VR Little Endian (8.7.3.3)', async (name, asked) => {
    const found = parts(await get(`${instance(name)}/frames/2,1`, octets + asked));
    expect(found.map(({ body }) => body)).toEqual([frameBytes(2), frameBytes(1)]);
    for (const { type } of found) expect(type).toBe(`application/octet-stream; transfer-syntax=${explicit}`);
  });

  it('is big endian for who names it', async () => {
    const answer = await get(`${instance('big')}/frames/2`, `application/octet-stream; transfer-syntax=${big}`);
    expect(answer.body).toEqual(frameBytes(2, 'big'));
    expect(answer.headers['content-type']).toBe(`application/octet-stream; transfer-syntax=${big}`);
  });

  it('is the stored one for what is encapsulated, under both media types', async () => {
    for (const type of ['image/jpeg', 'application/octet-stream']) {
      const answer = await get(`${instance('jpeg')}/frames/1`, type);
      expect([answer.headers['content-type'], answer.body]).toEqual([`${type}; transfer-syntax=${jpeg}`, jpegFragment]);
    }
    expect((await get(`${instance('jpeg')}/frames/1`, `${octets}; transfer-syntax=${explicit}`)).status).toBe(406);
  });
});

describe('bulk data', () => {
  it.each(['implicit', 'explicit', 'deflated', 'big'] as const)('of %s is little endian (8.7.3.3)', async (name) => {
    const whole = Buffer.concat([frameBytes(1), frameBytes(2)]);
    const path = `${instance(name)}/bulkdata/7FE00010`;
    expect((await get(path, '*/*')).body).toEqual(whole);
    const part = await get(path, 'application/octet-stream', { Range: 'bytes=3-6' });
    expect([part.status, part.body]).toEqual([206, whole.subarray(3, 7)]);
  });

  it('cannot be had in big endian', async () => {
    const accept = `application/octet-stream; transfer-syntax=${big}`;
    expect((await get(`${instance('big')}/bulkdata/7FE00010`, accept)).status).toBe(406);
  });

  it('of encapsulated pixels says in which transfer syntax they are', async () => {
    const { headers } = await get(`${instance('jpeg')}/bulkdata/7FE00010`, '*/*');
    expect(headers['content-type']).toBe(`application/octet-stream; transfer-syntax=${jpeg}`);
  });
});

describe('a range of a video', () => {
  it.each([
    ['bytes=0-', 'abcdefghijklmnop'],
    ['bytes=2-5', 'cdef'],
    ['bytes=6-9', 'ghij'],
    ['bytes=-3', 'nop'],
    ['bytes=9-9', 'j'],
  ])('%s is read from where it lies, over the fragments', async (Range, text) => {
    const answer = await get(`${instance('video')}/rendered`, 'video/mp4', { Range });
    expect([answer.status, answer.body.toString()]).toEqual([206, text]);
  });
});
