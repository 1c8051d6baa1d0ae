import type { Foreign } from './advice';

/** The beginning of a file as text; undefined if it is binary. A truncated character at the end is accepted. */
export function textOf(head: Uint8Array): string | undefined {
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (utf16) return new TextDecoder(head[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(head);
  for (const byte of head) if (byte < 0x20 && (byte < 0x08 || byte > 0x0d) && byte !== 0x1b) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return undefined;
  }
}

/** Pickle's protocol 0 is text: a mark and an empty dictionary or list, or a name to be imported. */
const PICKLE_0 = /^(\([dli]p?\d*\n|c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n)/;

/** What a text is; 'json' is looked at as a whole. */
export function byText(text: string): Foreign | 'json' | undefined {
  const start = text.trimStart();
  if (/^version https?:\/\/(git-lfs\.github\.com|hawser\.github\.com)\//.test(start)) return 'lfs';
  if (/^<(!doctype\s+html|html|head|body|title|script|meta)\b/i.test(start)) return 'html';
  if (/^<(\?xml|!--|[A-Za-z])/.test(start)) return /<html\b/i.test(start) ? 'html' : 'xml';
  if (PICKLE_0.test(text)) return 'pickle';
  return /^[{[]/.test(start) ? 'json' : undefined;
}
