import type { ReceiveOutcome } from '@bucky/archive';
import { describe, expect, it } from '@jest/globals';
import { BuckyError, parseUid, type ErrorCode } from '@bucky/dicom';
import { StoreTally } from './store-tally.js';

function failed(code: ErrorCode, message: string = code): ReceiveOutcome {
  return { kind: 'failed', identity: {}, error: new BuckyError(code, message) };
}

const stored: ReceiveOutcome = {
  kind: 'stored',
  identity: {
    studyUid: parseUid('1.2'),
    seriesUid: parseUid('1.2.3'),
    instanceUid: parseUid('1.2.3.4'),
    sopClassUid: parseUid('1.2.840.10008.5.1.4.1.1.7'),
    transferSyntaxUid: parseUid('1.2.840.10008.1.2.1'),
  },
  receipt: 'r',
  size: 1,
  oddities: [],
  differs: [],
};

async function tallied(outcomes: readonly ReceiveOutcome[]): Promise<StoreTally> {
  const tally = new StoreTally(() => undefined);
  for (const outcome of outcomes) await tally.add(outcome);
  await tally.settle();
  return tally;
}

describe('the tally of a store', () => {
  it.each(['busy', 'full', 'unavailable', 'damaged', 'internal'] as const)(
    'fails the request when all its files failed by a fault of ours: %s',
    async (code) => {
      expect((await tallied([failed(code), failed(code)])).ourFailure).toMatchObject({ code });
    },
  );

  it('answers by file when one is stored, or failed by its own fault', async () => {
    expect((await tallied([failed('damaged'), stored])).ourFailure).toBeUndefined();
    expect((await tallied([failed('damaged'), failed('corrupt')])).ourFailure).toBeUndefined();
  });

  it('keeps to itself what only the log should know', async () => {
    const { warnings } = await tallied([stored, failed('internal', 'secret'), failed('damaged', 'studies/1.2.dcm')]);
    expect(warnings).toEqual(['Internal error', 'Stored data are damaged: the log names them']);
  });
});
