import { readFileSync } from 'node:fs';

/** One thing to be measured: `count` operations over some connections. */
export interface Work {
  readonly name: string;
  readonly connections: number;
  readonly count: number;
  /** Does the operation with this number; returns the bytes that it moved. */
  readonly run: (index: number) => Promise<number>;
}

/** What it took. */
export interface Figures {
  readonly name: string;
  readonly connections: number;
  readonly perSecond: number;
  readonly megabytesPerSecond: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Time of a processor that the server spent on one operation; undefined where its process is not known. */
  readonly cpuMs: number | undefined;
}

/** Clock ticks of Linux a second: what `/proc` counts in; 100 on every platform that Node runs on. */
const ticksPerSecond = 100;

/** Milliseconds of processor time that a process and its threads have used. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name, in brackets, may hold spaces: fields are counted behind it; utime and stime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** Peak of resident memory of a process in bytes. */
export function peakMemoryOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024;
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** Does the operations, as many at a time as there are connections. */
export async function measure(work: Work, pid: number | undefined): Promise<Figures> {
  const durations: number[] = [];
  let next = 0;
  let bytes = 0;
  const cpuBefore = pid === undefined ? 0 : cpuMsOf(pid);
  const start = performance.now();
  await Promise.all(
    Array.from({ length: work.connections }, async () => {
      for (let index = next++; index < work.count; index = next++) {
        const began = performance.now();
        const moved = await work.run(index);
        bytes += moved;
        durations.push(performance.now() - began);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  return {
    name: work.name,
    connections: work.connections,
    perSecond: work.count / seconds,
    megabytesPerSecond: bytes / 1e6 / seconds,
    medianMs: median(durations),
    p95Ms: percentile(durations, 0.95),
    cpuMs: pid === undefined ? undefined : (cpuMsOf(pid) - cpuBefore) / work.count,
  };
}

/** The middle of several rounds, figure by figure. */
export function middle(rounds: readonly Figures[]): Figures {
  const [one] = rounds;
  if (one === undefined) throw new RangeError('There must be a round');
  const of = (pick: (figures: Figures) => number): number => median(rounds.map(pick));
  return {
    name: one.name,
    connections: one.connections,
    perSecond: of((figures) => figures.perSecond),
    megabytesPerSecond: of((figures) => figures.megabytesPerSecond),
    medianMs: of((figures) => figures.medianMs),
    p95Ms: of((figures) => figures.p95Ms),
    cpuMs: one.cpuMs === undefined ? undefined : of((figures) => figures.cpuMs ?? NaN),
  };
}
