/**
 * Keeps *Select All*, *Undo* and *Redo* in a text field within the page. VS Code handles every key that reaches the
 * window of a webview as well and executes these commands a second time, by a message that arrives later: text typed
 * meanwhile is then selected, and the next key replaces it.
 */
export function keepEditingKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (!'azy'.includes(event.key.toLowerCase())) return;
    // Fields of custom elements are in shadow roots: the composed path begins with the focused element.
    const [target] = event.composedPath();
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) event.stopPropagation();
  });
}
