/** Finds the word that differs least from one that was mistyped. */
export function nearest(word: string, known: readonly [string, ...string[]]): string {
  const distance = (other: string) => editDistance(word.toLowerCase(), other.toLowerCase());
  return known.reduce((best, other) => (distance(other) < distance(best) ? other : best));
}

/** Counts the letters to insert, remove or replace (Levenshtein's distance). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index += 1) {
    const above = row;
    row = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = above[column - 1]! + (from[index] === to[column - 1] ? 0 : 1);
      row.push(Math.min(replaced, above[column]! + 1, row[column - 1]! + 1));
    }
  }
  return row[to.length]!;
}
