import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repositoryPath } from './repository.js';

/** What a run of Bucky is started with; the data folder is made and removed when none is given. */
export interface BuckyOptions {
  readonly data?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A running `bucky serve`, started from the built code of this repository. */
export interface Bucky {
  /** Address of the server, ending in a slash. */
  readonly url: string;
  /** Root of the DICOMweb services, without a slash at its end. */
  readonly dicomWeb: string;
  readonly pid: number;
  readonly data: string;
  /** Lines of its log so far. */
  readonly log: readonly string[];
  isRunning(): boolean;
  /** Peak resident memory in bytes. */
  peakMemory(): Promise<number>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end, and removes the data folder unless it was given. Returns the exit code. */
  stop(): Promise<number | null>;
}

const startTimeoutMs = 30_000;
/** Longer than a server gives requests that are under way. */
const stopTimeoutMs = 40_000;

/** Starts `bucky serve` on a free port and waits until it says where. */
export async function startBucky(options: BuckyOptions = {}): Promise<Bucky> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'bucky-e2e-')));
  const server = spawn(process.execPath, [repositoryPath('packages/cli/bin/bucky.js'), 'serve'], {
    env: { ...ownEnvironment(), BUCKY_PORT: '0', BUCKY_DATA: data, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => server.once('exit', resolve));
  const killNow = (): void => void server.kill('SIGKILL');
  process.once('exit', killNow);
  void exited.then(() => process.removeListener('exit', killNow));
  const log: string[] = [];
  const { host, port } = await started(server, log);
  const url = `http://${host}:${port}/`;
  return {
    url,
    dicomWeb: `${url}dicom-web`,
    pid: server.pid!,
    data,
    log,
    isRunning: () => server.exitCode === null && server.signalCode === null,
    async peakMemory() {
      const status = await readFile(`/proc/${server.pid!}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
    },
    async kill() {
      server.kill('SIGKILL');
      await exited;
    },
    async stop() {
      server.kill('SIGTERM');
      // One that does not end is killed, so that no test run hangs on it; its exit code, null, then fails the test.
      const timer = setTimeout(killNow, stopTimeoutMs);
      const code = await exited;
      clearTimeout(timer);
      if (options.data === undefined) await rm(data, { recursive: true, force: true });
      return code;
    },
  };
}

/** The environment without what a developer's shell may say to Bucky. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(BUCKY|AWS|JEST)_/.test(name)));
}

function started(server: ChildProcess, log: string[]): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new Error(`bucky serve ${why}:\n${log.slice(-20).join('\n')}`));
    };
    const timer = setTimeout(() => {
      server.kill('SIGKILL');
      fail(`did not start within ${startTimeoutMs} ms`);
    }, startTimeoutMs);
    server.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? 'a signal'}`);
    });
    for (const output of [server.stdout!, server.stderr!]) {
      createInterface({ input: output }).on('line', (line) => {
        log.push(line);
        if (log.length > 20_000) log.splice(0, 10_000);
        if (!line.includes('"server.started"')) return;
        clearTimeout(timer);
        resolve(JSON.parse(line) as { host: string; port: number });
      });
    }
  });
}

/** Finds a port that nothing listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
