/**
 * Keeps *Select All*, *Undo* and *Redo* of a text field in the page. VS Code takes every key that reaches the window of a
 * webview for one of its own and carries these out a second time, by a message that arrives later: what was typed
 * meanwhile is then selected, and the next key replaces it.
 */
export function keepEditingKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (!'azy'.includes(event.key.toLowerCase())) return;
    // Fields of custom elements are in shadow roots: the path begins with what has the focus.
    const [target] = event.composedPath();
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) event.stopPropagation();
  });
}
