/** Finds the name that needs the fewest changes of one letter to become what was written. */
export function nearestName(written: string, names: readonly string[]): string {
  const distances = names.map((name) => [distance(written.toLowerCase(), name.toLowerCase()), name] as const);
  return distances.reduce((best, one) => (one[0] < best[0] ? one : best))[1];
}

/** Letters to insert, remove or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
