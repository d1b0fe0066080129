#!/usr/bin/env node
// Starts the built command. It is committed, as npm links no bin whose target is absent while it installs.
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const packages = new URL('../../', import.meta.url);

/** Time of the newest source file of a package, tests aside; 0 where there are none, as in an image. */
function newestSource(name) {
  const folder = fileURLToPath(new URL(`${name}/src/`, packages));
  const files =
    statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(folder, { recursive: true });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return Math.max(0, ...sources.map((file) => statSync(`${folder}${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}

/** Time a package was built; 0 when it was not. */
function built(name) {
  return statSync(new URL(`${name}/dist/.tsbuildinfo`, packages), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Tells whether the compiler is there, which is a development dependency. */
function hasCompiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc') !== undefined;
  } catch {
    return false;
  }
}

const main = new URL('../dist/main.js', import.meta.url);
const parts = ['sqlite', 'dicom', 'vault', 'catalog', 'ledger', 'archive', 'dicomweb', 'server', 'cli'];
if (statSync(main, { throwIfNoEntry: false }) === undefined) {
  const why = hasCompiler() ? 'run npm ci' : 'development dependencies were left out: run npm ci without --omit=dev';
  console.error(`bucky: the code has not been built: ${why}`);
  process.exitCode = 2;
} else {
  // What is built is whole, if old, so it runs; a checkout may also have touched files without changing them.
  if (parts.some((name) => newestSource(name) > built(name))) {
    console.error('bucky: the built code is older than its sources: run npm ci');
  }
  // Whoever reads the list has seen enough of it (`bucky conflicts | head`).
  process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  const { main: run } = await import(main.href);
  process.exitCode = await run(process.argv.slice(2), { env: process.env, out: process.stdout, err: process.stderr });
}
