import type { Archive } from '@bucky/archive';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What became of a received file, as it is counted. */
export type InstanceOutcome = 'stored' | 'duplicate' | 'conflict' | 'failed';

/** One request that has come to its end. */
export interface FinishedRequest {
  readonly method: string;
  /** Template, not the path asked: few values, and none that says who is looked at. */
  readonly route: string;
  /** Undefined when the sender went away before the answer. */
  readonly status: number | undefined;
  readonly seconds: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** What the server counts of itself, in the text form of Prometheus. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  countRequest(request: FinishedRequest): void;
  countInstance(outcome: InstanceOutcome): void;
}

const knownMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH']);

/** Makes the metrics of one server, in a registry of its own. */
export function createMetrics({ budget }: Pick<Archive, 'budget'>): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register, prefix: 'bucky_' });
  const duration = new Histogram({
    name: 'bucky_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
    registers,
  });
  const received = new Counter({ name: 'bucky_http_received_bytes_total', help: 'Bytes of requests.', registers });
  const sent = new Counter({ name: 'bucky_http_sent_bytes_total', help: 'Bytes of answers.', registers });
  const instances = new Counter({
    name: 'bucky_received_instances_total',
    help: 'Files received, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['stored', 'duplicate', 'conflict', 'failed']) instances.inc({ outcome }, 0);
  register.registerMetric(budgetGauge('bucky_in_flight_bytes', 'Bytes of uploads in memory.', () => budget.usedBytes));
  register.registerMetric(
    budgetGauge('bucky_in_flight_limit_bytes', 'Most bytes of uploads in memory at once.', () => budget.limitBytes),
  );
  return {
    contentType: register.contentType,
    text: () => register.metrics(),
    countInstance(outcome) {
      instances.inc({ outcome });
    },
    countRequest({ method, route, status, seconds, receivedBytes, sentBytes }) {
      const labels = {
        method: knownMethods.has(method) ? method : 'other',
        route,
        status: status === undefined ? 'aborted' : `${Math.floor(status / 100)}xx`,
      };
      duration.observe(labels, seconds);
      received.inc(receivedBytes);
      sent.inc(sentBytes);
    },
  };
}

function budgetGauge(name: string, help: string, read: () => number): Gauge {
  return new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
}
