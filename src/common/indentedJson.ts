/** Indentation of two spaces per level and line: the size of the text grows with the square of the nesting. */
const DEEPEST = 32;
const LONGEST = 200_000;

/** Indents JSON from a file; undefined if it is not JSON, nested too deeply or too long to read. */
export function indentedJson(text: string): string | undefined {
  if (text.length > LONGEST || deeperThan(text, DEEPEST)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return undefined;
  }
}

/** Counted without parsing: brackets outside strings. */
function deeperThan(text: string, deepest: number): boolean {
  let [depth, quoted] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted && character === '\\') i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '{' || character === '[')) {
      if (++depth > deepest) return true;
    } else if (!quoted && (character === '}' || character === ']')) depth--;
  }
  return false;
}
