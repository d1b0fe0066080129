import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openCatalog, type Catalog } from '@bucky/catalog';
import { memoryVault, type Vault } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { deleteTarget } from '../change/delete.js';
import { exampleFile, exampleTarget } from '../example-file.js';
import { openArchive } from '../open-archive.js';
import { takeInstance } from '../receive/receive-instance.js';

const scope = { kind: 'everything' } as const;

let folder: string;
let vault: Vault;
let catalog: Catalog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-recover-'));
  vault = memoryVault();
  catalog = await openCatalog({ file: join(folder, 'catalog.sqlite') });
});

afterEach(async () => {
  await catalog.close();
  await rm(folder, { recursive: true });
});

const dead = () => Promise.reject(new Error('the process is dead'));

/** An archive whose process dies before what it wrote into the vault gets into the catalog. */
function dying(): Promise<Archive> {
  return openArchive({ vault, catalog: { ...catalog, commit: dead, hide: dead }, folder });
}

async function send(archive: Archive, patientName: string) {
  const bytes = exampleFile({ instanceUid: '1.2.3.4.5', patientName });
  return (await takeInstance(archive, Readable.from([bytes]), { source: 'test' })).outcome;
}

it('takes in an original that was whole in the vault when the process died', async () => {
  expect(await send(await dying(), 'Example^Ada')).toMatchObject({ kind: 'failed' });
  expect(await catalog.counts(scope)).toMatchObject({ instances: 0 });
  let recovered: unknown;
  const archive = await openArchive({ vault, catalog, folder, onRecovered: (told) => (recovered = told) });
  expect(recovered).toEqual({ originals: 1, facts: 0 });
  expect(await catalog.counts(scope)).toMatchObject({ instances: 1 });
  expect(await send(archive, 'Example^Ada')).toMatchObject({ kind: 'duplicate' });
  recovered = undefined;
  await openArchive({ vault, catalog, folder, onRecovered: (told) => (recovered = told) });
  expect(recovered).toBeUndefined();
});

it('enters a conflict that the process died over, with its record', async () => {
  await send(await openArchive({ vault, catalog, folder }), 'Example^Ada');
  await send(await dying(), 'Other^Ada');
  await openArchive({ vault, catalog, folder });
  const [conflict] = await catalog.conflicts({ limit: 9 });
  const keys = [];
  for await (const { key } of vault.list('conflicts/')) keys.push(key);
  expect(keys).toEqual([`conflicts/${conflict!.receipt}.json`]);
});

it('carries out a deletion that the process died over', async () => {
  await send(await openArchive({ vault, catalog, folder }), 'Example^Ada');
  const deleting = deleteTarget(await dying(), exampleTarget('1.2.3.4.5'), { scope, by: 'test' });
  await expect(deleting).rejects.toThrow();
  expect(await catalog.counts(scope)).toMatchObject({ instances: 1 });
  await openArchive({ vault, catalog, folder });
  expect(await catalog.counts(scope)).toMatchObject({ instances: 0 });
  expect(await catalog.deletions({ limit: 9 })).toHaveLength(1);
});

it('changes nothing for a catalog that is to be filled anew', async () => {
  await send(await dying(), 'Example^Ada');
  await openArchive({ vault, catalog, folder, recovers: false });
  expect(await catalog.counts(scope)).toMatchObject({ instances: 0 });
});
