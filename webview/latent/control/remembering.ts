import type { LatentHost } from '../host/latentHost';
import { withRemembered, type Remembered } from '../model/remembered';
import type { ExplorerStore } from '../model/state';
import type { Tool } from '../tools/tool';

/** Restores which tools are open, and from then on keeps the choices of the tab in VS Code's state over a reload. */
export function rememberChoices(
  { editor }: LatentHost,
  store: ExplorerStore,
  tools: readonly Tool[],
  { open }: Pick<Remembered, 'open'>,
): void {
  if (open) tools.forEach((tool) => (tool.node.open = open.includes(tool.name)));
  const remember = () => {
    const { source, view, set, step, draws } = store.state;
    const opened = tools.filter(({ node }) => node.open).map(({ name }) => name);
    if (source)
      editor.setState(withRemembered(editor.getState(), source.key, { view, set, step, draws, open: opened }));
  };
  tools.forEach(({ node }) => node.addEventListener('toggle', remember));
  store.on(['source', 'view', 'set', 'step', 'draws'], remember);
}
