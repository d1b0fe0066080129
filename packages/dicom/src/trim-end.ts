/**
 * Removes every character of `set` from the end. The time grows with what is removed; a pattern such as `/ +$/` tries again at
 * every run of spaces within the text, which takes the square of its length.
 */
export function trimEnd(text: string, set: string): string {
  let end = text.length;
  while (end > 0 && set.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
