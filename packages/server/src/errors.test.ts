import { readFileSync } from 'node:fs';
import { errorCodes } from '@bucky/dicom';
import { statusOf } from '@bucky/dicomweb';
import { describe, expect, it } from '@jest/globals';

interface ListedError {
  readonly code: string;
  readonly status: number;
  readonly meaning: string;
  readonly remedy: string;
}

/** The rows of the table in docs/errors.md. */
function listedErrors(): ListedError[] {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const rows = page.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \| ([^|]+) \| ([^|]+) \|$/gm);
  return [...rows].map(([, code = '', status, meaning = '', remedy = '']) => ({
    code,
    status: Number(status),
    meaning,
    remedy,
  }));
}

describe('docs/errors.md', () => {
  it('lists every error code once, in the order of the code', () => {
    expect(listedErrors().map(({ code }) => code)).toEqual([...errorCodes]);
  });

  it('gives each the status that is answered', () => {
    expect(Object.fromEntries(listedErrors().map(({ code, status }) => [code, status]))).toEqual(statusOf);
  });
});
