import { describe, expect, it } from '@jest/globals';
import { writeFileMeta } from './header-writer.js';
import { dataSet, explicitLittle } from './reader/part10-builder.js';
import { readInPieces } from './reader/read-in-pieces.js';
import { parseUid } from './uid.js';

describe('writeFileMeta', () => {
  it('stands in front of a bare data set so that the file is whole', () => {
    const bare = dataSet(explicitLittle);
    const { identity } = readInPieces(bare);
    const head = writeFileMeta(identity);
    const whole = readInPieces(Buffer.concat([head, bare]));
    expect(whole.identity).toEqual(identity);
    expect(whole.oddities).toEqual([]);
    expect(whole.dataSetOffset).toBe(head.length);
  });

  it.each(['1.2', '1.2.3'])('pads UIDs to even length: %s', (text) => {
    const uid = parseUid(text);
    const head = writeFileMeta({ sopClassUid: uid, instanceUid: uid, transferSyntaxUid: uid });
    expect(head.length % 2).toBe(0);
  });
});
