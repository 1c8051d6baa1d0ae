import type { ExplorerStore } from '../model/state';
import type { Scatter } from '../points/scatter';
import type { Message } from '../stage/message';
import type { SelectionTool } from '../tools/selectionTool';

/** Selects the points inside a lasso or box and shows them in their tool. */
export function selectWithGestures(
  { selection }: ExplorerStore,
  scatter: Scatter,
  tool: SelectionTool,
  message: Message,
): void {
  scatter.onSelect(({ indices, how }) => {
    selection.select(indices, how);
    const { count } = selection;
    // In a narrow tab the tool is below the map, out of view.
    if (count > 0 && !tool.reveal()) message.say(`${count.toLocaleString('en-US')} selected.`, true);
  });
}
