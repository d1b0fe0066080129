/** Letters that Unicode does not take apart into a plain one and marks. */
const plain: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ı: 'i',
  ĸ: 'k',
  ς: 'σ',
};

const unfoldable = new RegExp(`[${Object.keys(plain).join('')}]`, 'g');

/** Accents, and the points of Hebrew and Arabic; the marks of Thai or Japanese make another letter and stay. */
const marks = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]/g;

/**
 * Folds text so that two spellings of one name become equal: without regard to case, accents, ligatures and width.
 * Stored and asked-for text are folded alike; wildcards pass. Korean syllables stay whole.
 */
export function foldText(text: string): string {
  if (/^[ -~]*$/.test(text)) return text.toLowerCase();
  const bare = text.toLowerCase().normalize('NFKD').replace(marks, '');
  // Decomposition may give capitals again, and a letter of the table behind a ligature.
  return bare
    .toLowerCase()
    .replace(unfoldable, (letter) => plain[letter] ?? letter)
    .normalize('NFC');
}
