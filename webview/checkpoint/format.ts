import type { TensorRow } from '../../src/protocol/tensors';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

export { formatWhole as formatCount } from '../../src/common/numberText';

/** "5.2 MB", by powers of 1,000 as disks count. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${value.toFixed(unit > 0 && value < 9.95 ? 1 : 0)} ${UNITS[unit]}`;
}

/** Maximum shown length of a name, which bounds the layout time; the filter searches the whole name. */
const LONGEST_NAME = 300;
/** Control characters, including line breaks, invisible characters, and bidirectional controls. */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/** A name from a file, written so that different names look different: invisible characters are escaped ("\u202e"). */
export function formatName(name: string): string {
  const cut = name.length > LONGEST_NAME ? `${name.slice(0, 200)}…${name.slice(-99)}` : name;
  return cut.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** As the beginning of a sentence. */
export function capitalized(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** "784 × 400"; "scalar" without dimensions. */
export function formatShape({ shape }: Pick<TensorRow, 'shape'>): string {
  return shape.length === 0 ? 'scalar' : shape.join(' × ');
}

/** `digits` significant digits with a minus sign: "−0.0021", "1.3e−7"; "–" for undefined. */
export function formatShort(value: number | null | undefined, digits = 3): string {
  if (value == null) return '–';
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  const text =
    magnitude >= 1e5 || magnitude < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(digits)));
  return text.replace('e+', 'e').replaceAll('-', '−');
}

/** Six significant digits, for single values. */
export function formatExact(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return formatShort(value);
  return String(Number(value.toPrecision(6)))
    .replace('e+', 'e')
    .replaceAll('-', '−');
}

/** "0.8 %" */
export function formatShare(part: number, all: number): string {
  const percent = all > 0 ? (part / all) * 100 : 0;
  return `${percent === 0 || percent >= 10 ? percent.toFixed(0) : percent.toPrecision(2)} %`;
}
