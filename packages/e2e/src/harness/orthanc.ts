import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './bucky.js';

const program = '/usr/sbin/Orthanc';
const plugin = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

/** An Orthanc of its own, with the DICOMweb plugin, which knows one server by the name `bucky`. */
export interface Orthanc {
  readonly url: string;
  stop(): Promise<void>;
}

/** Tells whether Debian's packages orthanc and orthanc-dicomweb are there; says so when they are not. */
export function hasOrthanc(what: string): boolean {
  const is = existsSync(program) && existsSync(plugin);
  if (!is) console.log(`SKIPPED: ${what}: apt-get install orthanc orthanc-dicomweb`);
  return is;
}

/** Starts Orthanc on a free port with an empty store. */
export async function startOrthanc(dicomWeb: string): Promise<Orthanc> {
  const folder = await mkdtemp(join(tmpdir(), 'bucky-orthanc-'));
  const port = await freePort();
  const configuration = {
    ...{ Name: 'peer', StorageDirectory: folder, IndexDirectory: folder, HttpPort: port, DicomServerEnabled: false },
    ...{ RemoteAccessAllowed: false, AuthenticationEnabled: false, HttpServerEnabled: true, Plugins: [plugin] },
    DicomWeb: { Enable: true, Servers: { bucky: { Url: `${dicomWeb}/`, HasDelete: false } } },
  };
  await writeFile(join(folder, 'orthanc.json'), JSON.stringify(configuration));
  const server = spawn(program, [join(folder, 'orthanc.json')], { stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stopNow = (): void => void server.kill('SIGKILL');
  process.once('exit', stopNow);
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/system`);
  return {
    url,
    async stop() {
      process.removeListener('exit', stopNow);
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilAnswers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Orthanc does not answer');
}
