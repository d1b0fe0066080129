// Builds the packages and prepares the viewer; runs at the end of `npm ci`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareInstalledViewer } from './prepare-viewer.js';

const root = new URL('..', import.meta.url);
const omitted = (process.env.npm_config_omit ?? '').split(/[\s,]+/).includes('dev');

/** Path of the TypeScript compiler, where it is installed. */
function compiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

const tsc = omitted ? undefined : compiler();
if (tsc === undefined) {
  console.log('prepare: development dependencies were left out, so nothing is compiled and Bucky will not start');
} else if (existsSync(new URL('tsconfig.json', root))) {
  const { status, signal, error } = spawnSync(process.execPath, [tsc, '-b'], { cwd: root, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) {
    console.error(`prepare: tsc -b ended with ${signal ?? status}`);
    process.exit(status ?? 1);
  }
}
console.log(await prepareInstalledViewer());
