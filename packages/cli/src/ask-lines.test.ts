import { describe, expect, it } from '@jest/globals';
import { BuckyError, type Bytes } from '@bucky/dicom';
import { askLines, type Told } from './ask-lines.js';
import type { LocalServer } from './local-server.js';

/** A server whose answer comes in pieces, and may break. */
function answering(pieces: readonly (string | Error)[], status = 200): LocalServer {
  // eslint-disable-next-line @typescript-eslint/require-await -- a body is asynchronous
  async function* body(): Bytes {
    for (const piece of pieces) {
      if (typeof piece !== 'string') throw piece;
      yield Buffer.from(piece);
    }
  }
  const open = () => Promise.resolve({ status, headers: {}, body: body() });
  return { isOwn: false, open, ask: () => Promise.reject(new Error('not asked')), close: () => Promise.resolve() };
}

async function told(server: LocalServer): Promise<readonly Told[]> {
  const all: Told[] = [];
  for await (const one of askLines(server, { method: 'POST', path: '/' })) all.push(one);
  return all;
}

describe('askLines', () => {
  it('gives the lines, however they are cut', async () => {
    const pieces = ['{"kind":"one"}\n{"ki', 'nd":"two"}', '\n', '{"kind":"ended"}\n'];
    expect((await told(answering(pieces))).map(({ kind }) => kind)).toEqual(['one', 'two', 'ended']);
  });

  it('throws what the last line says', async () => {
    const failing = answering(['{"kind":"one"}\n{"kind":"failed","code":"conflict","detail":"no"}\n']);
    await expect(told(failing)).rejects.toMatchObject({ code: 'conflict', message: 'no' });
  });

  it('throws what the server answers instead', async () => {
    const refusing = answering(['{"code":"invalid","detail":"The bytes must be a whole number"}'], 400);
    await expect(told(refusing)).rejects.toMatchObject({ code: 'invalid' });
  });

  it.each([
    ['ends before its end', ['{"kind":"one"}\n{"kind":"ended"']],
    ['breaks', ['{"kind":"one"}\n', new BuckyError('unavailable', 'The server is gone: ECONNRESET')]],
  ])('says that the server is gone when its answer %s', async (_how, pieces) => {
    await expect(told(answering(pieces))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
