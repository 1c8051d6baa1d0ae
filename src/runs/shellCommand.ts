import { printable, UNFIT } from './printable';

/** Characters that no shell takes for anything but themselves. */
const PLAIN = { posix: /^(?!=)[\p{L}\p{N}_@%+=:,./-]+$/u, windows: /^[\p{L}\p{N}_+=:./\\-]+$/u };

/**
 * A command to be copied from a message: each word is quoted where the shell would take it for anything else, and shows
 * its control characters. For a POSIX shell it is the same word again once it is pasted; on Windows for cmd and
 * PowerShell, except for `%` and `$`, which no quotes hide from both.
 */
export function shellCommand(words: readonly string[], platform: NodeJS.Platform = process.platform): string {
  return words.map(platform === 'win32' ? windowsWord : posixWord).join(' ');
}

function posixWord(word: string): string {
  if (PLAIN.posix.test(word)) return word;
  if (word.search(UNFIT) < 0) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  // Quotes that know escapes, which bash, zsh and ksh have: within plain ones a line break would be one.
  return `$'${word.replace(/[\\']/g, String.raw`\$&`).replace(UNFIT, octal)}'`;
}

/** The bytes of UTF-8, each in exactly three digits, after which any text may follow. */
function octal(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/** No file name has quotes there. A backslash before the closing one would make it a part of the word. */
function windowsWord(word: string): string {
  if (PLAIN.windows.test(word)) return word;
  return `"${printable(word.replaceAll('"', ''), Infinity).replace(/\\+$/, '$&$&')}"`;
}
