import { describe, expect, it } from '@jest/globals';
import { fateOf } from './fate-of.js';

const answer = (status: number, body: unknown = {}, headers = {}) => ({ status, headers, body: JSON.stringify(body) });
const failed = (reason: number) => ({
  '00081198': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [reason] } }] },
});

describe('fateOf', () => {
  it.each([
    ['stored', answer(200), { kind: 'stored', bytes: 7 }],
    ['a conflict, which is kept aside', answer(409, failed(45070)), { kind: 'conflict', bytes: 7 }],
    [
      'a reason it has a word for',
      answer(409, failed(43264)),
      { kind: 'failed', reason: 'belongs to another study (A900)' },
    ],
    ['a reason nobody knows', answer(409, failed(1)), { kind: 'failed', reason: 'Failure Reason 1' }],
    ['a problem', answer(400, { code: 'limit', detail: 'Too deep' }), { kind: 'failed', reason: 'Too deep' }],
    ['what is not DICOM', answer(400, { code: 'not-dicom', detail: 'x' }), { kind: 'notDicom', reason: 'not DICOM' }],
    [
      'an answer without words',
      { status: 500, headers: {}, body: '' },
      { kind: 'failed', reason: 'answered with status 500' },
    ],
  ])('understands %s', (_what, given, fate) => {
    expect(fateOf(given, 7)).toEqual(fate);
  });

  it('throws when the archive is full, as the next file would fare no better', () => {
    expect(() => fateOf(answer(507), 7)).toThrow(expect.objectContaining({ code: 'full' }));
  });
});
