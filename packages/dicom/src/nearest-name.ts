/** A name this many letters away is no slip of the finger any more. */
const farthest = 3;

/** Says which of the names somebody who mistyped one may have meant: the one that looks alike, else all there are. */
export function suggestName(written: string, names: readonly string[]): string {
  let nearest: { readonly name: string; readonly letters: number } | undefined;
  for (const name of names) {
    const letters = editDistance(written.toLowerCase(), name.toLowerCase());
    if (letters < (nearest?.letters ?? Math.min(farthest + 1, name.length))) nearest = { name, letters };
  }
  return nearest === undefined ? `there are ${names.join(', ')}` : `did you mean ${nearest.name}?`;
}

/** Letters to insert, remove or replace (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = row[column]! + (from[index] === to[column] ? 0 : 1);
      next.push(Math.min(replaced, row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
