import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBucky, type Bucky } from './harness/bucky.js';
import { repositoryPath } from './harness/repository.js';

const python = join(homedir(), '.cache/bucky-tools/dicomweb-client-0.61.2/bin/python');
const isThere = existsSync(python);
if (!isThere) console.log('SKIPPED: PyPI dicomweb-client: bash scripts/python-client.sh');

(isThere ? describe : describe.skip)('PyPI dicomweb-client', () => {
  let bucky: Bucky;

  beforeAll(async () => {
    bucky = await startBucky();
  });

  afterAll(async () => {
    await bucky.stop();
  });

  it('stores, finds and retrieves: instances, metadata and frames are what was sent', async () => {
    const args = [repositoryPath('packages/e2e/python-client.py'), bucky.dicomWeb, repositoryPath('fixtures')];
    const { stdout } = await promisify(execFile)(python, args);
    expect(stdout).toBe('40 instances\n');
  });
});
