// Removes compiled files whose source is gone, so that a deleted test does not run on.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const packages = new URL('../packages/', import.meta.url).pathname;
for (const name of readdirSync(packages)) {
  const dist = join(packages, name, 'dist');
  if (!existsSync(dist)) continue;
  for (const file of readdirSync(dist, { recursive: true })) {
    const source = /^(.*)\.(?:js|d\.ts|js\.map)$/.exec(file)?.[1];
    if (source !== undefined && !existsSync(join(packages, name, 'src', `${source}.ts`))) rmSync(join(dist, file));
  }
}
