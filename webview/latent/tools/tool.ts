import { element, setHidden, setText } from '../../shared/dom';
import type { Picking } from '../control/picking';
import type { Saving } from '../export/saving';
import type { Exploration, ExplorerStore, Slice } from '../model/state';
import type { Message } from '../stage/message';

/** The parts of the explorer that tools use. */
export interface ToolParts {
  readonly store: ExplorerStore;
  readonly saving: Saving;
  readonly picking: Picking;
  readonly message: Message;
}

/** A panel beside the map. It shows something only while it is unfolded. */
export abstract class Tool {
  readonly node: HTMLDetailsElement;
  protected readonly body = element('div', { class: 'tool-body' });
  private readonly heading: HTMLElement;
  private stale = true;

  /**
   * @param name identifies the tool in the remembered state
   * @param icon name of a codicon
   * @param reads the slices that it shows
   * @param hint its purpose, shown while it is folded
   */
  constructor(
    protected readonly parts: ToolParts,
    readonly name: string,
    title: string,
    icon: string,
    private readonly reads: readonly Slice[],
    hint: string,
  ) {
    this.heading = element('h2', {}, title);
    this.node = element(
      'details',
      { class: `card tool tool-${name}` },
      element(
        'summary',
        {},
        element('i', { class: `codicon codicon-${icon}`, 'aria-hidden': 'true' }),
        element('span', { class: 'tool-title' }, this.heading, element('span', { class: 'tool-hint dim' }, hint)),
      ),
      this.body,
    );
    this.node.addEventListener('toggle', () => this.refresh());
    this.store.on([...reads, 'points', 'images'], (changed) => {
      const { current } = this;
      if (current) setHidden(this.node, !this.suits(current));
      const title = current && this.titleFor(current);
      if (title !== undefined) setText(this.heading, title);
      this.stale ||= this.concerns(changed);
      this.refresh();
    });
  }

  /** Unfolds it and scrolls its column to it, without moving the focus. @returns false if there is no such column */
  reveal(): boolean {
    this.node.open = true;
    // Before the toggle event, because the height of the panel depends on its content.
    this.refresh();
    const column = this.node.parentElement;
    // In a narrow tab the tools are below the map, which would be scrolled out of view.
    if (!column || getComputedStyle(column).overflowY === 'visible') return false;
    this.node.scrollIntoView({ block: 'nearest' });
    return true;
  }

  protected get store(): ExplorerStore {
    return this.parts.store;
  }

  protected get current(): Exploration | undefined {
    return this.store.exploration;
  }

  /** Whether what it shows is outdated after a change. */
  protected concerns(changed: ReadonlySet<Slice>): boolean {
    return this.reads.some((slice) => changed.has(slice));
  }

  /** Whether it has anything to show of the model. */
  protected suits(_exploration: Exploration): boolean {
    return true;
  }

  /** The title, if it depends on the model. */
  protected titleFor(_exploration: Exploration): string | undefined {
    return undefined;
  }

  protected abstract show(exploration: Exploration): void;

  private refresh(): void {
    const { current } = this;
    if (!this.node.open || !this.stale || !current) return;
    this.stale = false;
    this.show(current);
  }
}
