// Makes the synthetic studies of fixtures/: the same bytes on every run. With --check it writes nothing and compares.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { bodyCt } from './fixtures/body-ct.js';
import { chestDx } from './fixtures/chest-dx.js';
import { bodySr, chestPdf } from './fixtures/documents.js';
import { headMr } from './fixtures/head-mr.js';
import { heartUs } from './fixtures/heart-us.js';

const folder = new URL('../fixtures/', import.meta.url);
const files = [...bodyCt(), ...bodySr(), ...headMr(), ...(await heartUs()), ...chestDx(), ...chestPdf()];

/** JPEG frames depend on the encoder's build: their bytes are compared only where they are made. */
const byEncoder = new Set(['us-heart.dcm']);

async function check() {
  const stale = [];
  for (const { name, bytes } of files) {
    const now = await readFile(new URL(name, folder)).catch(() => undefined);
    if (now === undefined || (!now.equals(bytes) && !byEncoder.has(name))) stale.push(name);
  }
  if (stale.length > 0)
    throw new Error(`Not what the script makes: ${stale.join(', ')}; run node scripts/make-fixtures.js`);
  console.log(`fixtures: ${files.length} files are as the script makes them`);
}

async function write() {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (name.endsWith('.dcm')) await rm(new URL(name, folder));
  for (const { name, bytes } of files) await writeFile(new URL(name, folder), bytes);
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  console.log(`fixtures: ${files.length} files, ${Math.round(size / 1024)} KiB`);
}

await (process.argv.includes('--check') ? check() : write());
