import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exampleImage, syntaxes } from './example-image.js';
import { exampleServer, type Answer, type ExampleServer } from './example-server.js';

const { explicit, implicit, jpeg } = syntaxes;
const stored = exampleImage({ instanceUid: '1.2.3.9', transferSyntaxUid: implicit });

let server: ExampleServer;

beforeAll(async () => {
  server = await exampleServer();
  expect(await server.store(stored)).toBe(200);
});

afterAll(async () => {
  await server.stop();
});

const required = { requestType: 'WADO', studyUID: '1.2.3', seriesUID: '1.2.3.4', objectUID: '1.2.3.9' };

/** Asks with the required parameters and those of `change`; what is empty there is left out. */
function ask(change: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const pairs = Object.entries({ ...required, ...change }).filter(([, value]) => value !== '');
  return server.ask(`/wado?${new URLSearchParams(pairs).toString()}`, { headers });
}

describe('WADO-URI', () => {
  it('gives a Part 10 file in Explicit VR Little Endian for contentType=application/dicom (9.4, 8.7.3.5)', async () => {
    const answer = await ask({ contentType: 'application/dicom' });
    expect([answer.status, answer.headers['content-type']]).toEqual([
      200,
      `application/dicom; transfer-syntax=${explicit}`,
    ]);
    expect(answer.body.subarray(128, 132).toString()).toBe('DICM');
  });

  it.each<[Record<string, string>, string]>([
    [{ transferSyntax: implicit }, implicit],
    [{ transferSyntax: '*' }, implicit],
    [{ transferSyntax: explicit }, explicit],
    [{ contentType: `application/dicom; transfer-syntax=${implicit}` }, implicit],
    [{ contentType: `image/png, application/dicom;q=0.5` }, explicit],
  ])('takes the transfer syntax of %p (9.4.1.2.3)', async (change, uid) => {
    const answer = await ask({ contentType: 'application/dicom', ...change });
    expect(answer.headers['content-type']).toBe(`application/dicom; transfer-syntax=${uid}`);
    if (uid === implicit) expect(answer.body.equals(stored)).toBe(true);
  });

  it('takes the Accept header where there is no contentType (9.3)', async () => {
    expect((await ask({}, { Accept: 'application/dicom' })).status).toBe(200);
  });

  it.each<Record<string, string>>([{ requestType: '' }, { studyUID: '' }, { seriesUID: '' }, { objectUID: '' }])(
    'answers 400 when a required parameter is missing: %p (9.1.2)',
    async (change) => {
      expect((await ask({ contentType: 'application/dicom', ...change })).status).toBe(400);
    },
  );

  it.each<Record<string, string>>([
    { requestType: 'wado' },
    { studyUID: 'a.b' },
    { transferSyntax: 'big' },
    { nonsense: '1' },
    { StudyUID: '1.2.3' },
    { toString: '1' },
  ])('answers 400 for what it cannot understand: %p', async (change) => {
    expect((await ask({ contentType: 'application/dicom', ...change })).status).toBe(400);
  });

  it('answers 400 for a parameter that stands there twice', async () => {
    const query = new URLSearchParams({ ...required, contentType: 'application/dicom' }).toString();
    expect((await server.ask(`/wado?${query}&studyUID=1.2.5`)).status).toBe(400);
  });

  it.each<Record<string, string>>([{ studyUID: '1.2.99' }, { seriesUID: '1.2.99' }, { objectUID: '1.2.99' }])(
    'answers 404 for %p, which is not here',
    async (change) => {
      expect((await ask({ contentType: 'application/dicom', ...change })).status).toBe(404);
    },
  );

  it.each<[Record<string, string>, Record<string, string>]>([
    [{}, {}],
    [{}, { Accept: '*/*' }],
    [{ contentType: 'image/jpeg' }, {}],
    [{ contentType: 'application/dicom', transferSyntax: jpeg }, {}],
    [{ contentType: 'application/dicom', anonymize: 'yes' }, {}],
    [{ contentType: 'application/dicom', charset: 'UTF-8' }, {}],
    [{ contentType: 'application/dicom', rows: '100' }, {}],
  ])('answers 406 for %p %p, which cannot be had', async (change, headers) => {
    const answer = await ask(change, headers);
    expect([answer.status, answer.headers['content-type']]).toEqual([406, 'application/problem+json']);
  });

  it('says why it sends nothing when it is asked to anonymize', async () => {
    const answer = await ask({ contentType: 'application/dicom', anonymize: 'yes' });
    expect(answer.body.toString()).toContain('anonymize cannot be had here');
  });
});
