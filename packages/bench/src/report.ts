import type { Figures } from './measure.js';

function number(value: number, digits: number): string {
  return value.toFixed(value >= 100 ? 0 : digits);
}

/** Writes figures as a Markdown table; beside a limit also how many times longer each operation takes. */
export function writeTable(figures: readonly Figures[], limit?: readonly Figures[]): string {
  const head = ['work', 'connections', 'per second', 'MB/s', 'median ms', 'p95 ms', 'CPU ms', ...(limit === undefined ? [] : ['limit per second', 'limit CPU ms', 'times the limit'])]; // prettier-ignore
  const rows = figures.map((one, index) => {
    const own = [
      one.name,
      String(one.connections),
      number(one.perSecond, 2),
      number(one.megabytesPerSecond, 1),
      number(one.medianMs, 2),
      number(one.p95Ms, 2),
      one.cpuMs === undefined ? '' : number(one.cpuMs, 2),
    ];
    const plain = limit?.[index];
    if (plain === undefined) return own;
    const cpu = plain.cpuMs === undefined ? '' : number(plain.cpuMs, 2);
    return [...own, number(plain.perSecond, 2), cpu, number(plain.perSecond / one.perSecond, 2)];
  });
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
