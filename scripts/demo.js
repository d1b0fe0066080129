// Starts Bucky with the studies of fixtures/ on a temporary folder, or on the one given: npm run demo [-- FOLDER].
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [given] = process.argv.slice(2);
const data = given === undefined ? await mkdtemp(join(tmpdir(), 'bucky-demo-')) : resolve(given);
const boundary = 'bucky-demo-boundary';

/** Sends every fixture in one STOW request. */
async function send(url) {
  const folder = join(root, 'fixtures');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.dcm')).sort();
  const parts = [];
  for (const name of names) {
    parts.push(Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`));
    parts.push(await readFile(join(folder, name)), Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  const answer = await fetch(new URL('/dicom-web/studies', url), {
    method: 'POST',
    headers: { 'Content-Type': `multipart/related; type="application/dicom"; boundary=${boundary}`, Accept: 'application/dicom+json' }, // prettier-ignore
    body: Buffer.concat(parts),
  });
  if (answer.status !== 200)
    throw new Error(`The fixtures were answered with ${answer.status}: ${await answer.text()}`);
  return names.length;
}

const server = spawn(process.execPath, [join(root, 'packages/cli/bin/bucky.js'), 'serve'], {
  cwd: root,
  env: { ...process.env, BUCKY_DATA: data },
  stdio: ['ignore', 'pipe', 'inherit'],
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill('SIGTERM'));
server.on('exit', async (code) => {
  if (given === undefined) await rm(data, { recursive: true, force: true });
  process.exit(code ?? 1);
});

for await (const line of createInterface({ input: server.stdout })) {
  if (!line.includes('"server.started"')) {
    console.log(line);
    continue;
  }
  const { host, port } = JSON.parse(line);
  const url = `http://${host}:${port}/`;
  try {
    const count = await send(url);
    console.log(`\nBucky is ready with ${count} synthetic instances in ${data}\n\n    ${new URL('/viewer/', url)}\n\nCtrl-C ends it${given === undefined ? ' and removes the folder' : ''}.\n`); // prettier-ignore
  } catch (error) {
    console.error(error);
    server.kill('SIGTERM');
  }
}
