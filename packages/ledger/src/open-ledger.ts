import { BuckyError } from '@bucky/dicom';
import { openWriter, type Writer } from '@bucky/sqlite';
import { assertChange } from './assert-change.js';
import type { Ledger } from './ledger.js';

/** Opens a ledger, creates it where there is none. Throws `damaged` for a file that cannot be used. */
export async function openLedger({ file }: { readonly file: string }): Promise<Ledger> {
  const writer = await open(file);
  const hold: Ledger['hold'] = (studyUid) => writer.run('hold', studyUid) as ReturnType<Ledger['hold']>;
  const play: Ledger['play'] = (fact) => writer.run('play', fact) as Promise<void>;
  return {
    hold,
    holds: (options) => writer.run('holds', options) as ReturnType<Ledger['holds']>,
    async change(fact, journal) {
      assertChange(fact, await hold(fact.studyUid));
      await journal(fact);
      await play(fact);
    },
    play,
    newestFact: () => writer.run('newestFact') as Promise<string>,
    close: () => writer.close(),
  };
}

async function open(file: string): Promise<Writer> {
  try {
    return await openWriter({ file, module: new URL('./ledger-module.js', import.meta.url) });
  } catch (cause) {
    const message = `Cannot use the ledger ${file}: move it away, and it is restored from the vault at the next start`;
    throw new BuckyError('damaged', message, { cause });
  }
}
