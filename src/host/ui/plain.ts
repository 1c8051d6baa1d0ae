/**
 * Makes text from a file safe where VS Code would interpret it: a message renders `[title](command:…)` as a link that
 * runs a command, and labels render `$(name)` as an icon. Control characters and bidirectional controls are removed;
 * long text is truncated.
 */
export function plain(text: string, longest = 1_000): string {
  const visible = text

    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, '')
    .replace(/\]\(/g, '] (')
    .replace(/\$\(/g, '$ (');
  return visible.length > longest ? `${visible.slice(0, longest - 1)}…` : visible;
}
