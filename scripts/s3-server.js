// Starts a real S3 server (versitygw) on loopback, with an empty bucket, for tests, CI and people.
//
//   node scripts/s3-server.js            starts it, prints endpoint and credentials, runs until Ctrl-C
//   node scripts/s3-server.js --build    builds the server if it is not there yet (needs Go; three minutes), then ends
//
// The server is built once, outside the clone, into ~/.cache/bucky-tools. Its data lie in a temporary folder that goes with it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const version = '1.8.0';
const folder = join(homedir(), '.cache', 'bucky-tools', `versitygw-${version}`);
const program = join(folder, 'versitygw');
const accessKeyId = 'bucky-test';
const secretAccessKey = 'bucky-test-secret';

/** Tells whether the server has been built. */
export function isS3ServerBuilt() {
  return existsSync(program);
}

/** Builds the server with Go, unless that is done. */
export function buildS3Server() {
  if (isS3ServerBuilt()) return;
  const module = `github.com/versity/versitygw/cmd/versitygw@v${version}`;
  const { status, error } = spawnSync('go', ['install', module], {
    env: { ...process.env, GOBIN: folder },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`Cannot build the S3 server: go install failed (${error?.message ?? status})`);
}

/** Starts a server with an empty bucket; `stop` ends it and removes its data. */
export async function startS3Server({ bucket = 'bucky-test' } = {}) {
  if (!isS3ServerBuilt()) throw new Error('There is no S3 server; run: node scripts/s3-server.js --build');
  const data = await mkdtemp(join(tmpdir(), 'bucky-s3-'));
  for (const name of ['iam', 'versions', `buckets/${bucket}`]) await mkdir(join(data, name), { recursive: true });
  const port = await freePort();
  const store = ['posix', '--versioning-dir', join(data, 'versions'), join(data, 'buckets')];
  const server = spawn(program, ['--port', `127.0.0.1:${port}`, '--quiet', '--iam-dir', join(data, 'iam'), ...store], {
    env: { ...process.env, ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stopNow = () => server.kill('SIGKILL');
  process.once('exit', stopNow);
  const stop = async () => {
    process.removeListener('exit', stopNow);
    server.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([answers(endpoint), ended.then(() => Promise.reject(new Error('The S3 server ended at once')))]);
  } catch (error) {
    await stop();
    throw error;
  }
  const url = `s3://${bucket}?endpoint=${encodeURIComponent(endpoint)}&region=us-east-1&pathStyle=true`;
  return { endpoint, bucket, url, accessKeyId, secretAccessKey, data: join(data, 'buckets'), pid: server.pid, stop };
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function answers(endpoint) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      await fetch(endpoint);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`The S3 server does not answer at ${endpoint}`);
}

async function main() {
  if (!isS3ServerBuilt()) console.error('Building the S3 server, once: about three minutes');
  buildS3Server();
  if (process.argv.includes('--build')) return;
  const server = await startS3Server();
  console.log(`export AWS_ACCESS_KEY_ID=${server.accessKeyId} AWS_SECRET_ACCESS_KEY=${server.secretAccessKey}`);
  console.log(`export BUCKY_VAULT='${server.url}'`);
  const end = () => void server.stop();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
