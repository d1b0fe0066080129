#!/usr/bin/env node
// Starts the built benchmark.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  const { main: run } = await import(main.href);
  process.exitCode = await run(process.argv.slice(2));
} else {
  console.error('bench: the code has not been built: run npm ci');
  process.exitCode = 2;
}
