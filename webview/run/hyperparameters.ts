import { parseBounded } from '../../src/common/boundedNumber';
import type { RunDetail } from '../../src/protocol/views';
import { element, setAttributes, setHidden, setText } from '../shared/dom';
import type { RunView } from '../shared/runStore';

type Hyperparameter = RunDetail['hyperparameters'][number];

/**
 * The hyperparameters that can be changed during training: Enter applies the typed value, Escape reverts it. A value
 * that is not applied stays as a draft when the field loses the focus, and is marked. Every resume of the tab, by Enter
 * or a button, applies all drafts.
 */
export class HyperparametersPanel {
  readonly node: HTMLElement;
  private readonly reason = element('span', { class: 'dim fixed-reason', id: 'fixed-reason' });
  private readonly fields = new Map<string, Field>();

  /** @param resume called on Enter in a field of a run that is not training */
  constructor(
    private readonly apply: (name: string, value: number) => void,
    private readonly resume: () => void,
  ) {
    this.node = element('section', {
      class: 'hyperparameters',
      'aria-label': 'Hyperparameters',
      hidden: true,
    });
    this.node.append(this.reason);
  }

  /** The trainer refused a value, which becomes a draft again; the window shows the reason. */
  refused(name: string): void {
    this.fields.get(name)?.refused();
  }

  /** Focuses the field of a hyperparameter. */
  focus(name: string): void {
    this.fields.get(name)?.focus();
  }

  /**
   * The drafts of all fields; `invalid` names the first invalid one. Empty for a live run, whose values are applied one
   * by one.
   */
  drafts(): { readonly set: Readonly<Record<string, number>>; readonly invalid?: string } {
    const all = [...this.fields].map(([name, field]) => [name, field.draft()] as const);
    return {
      set: Object.fromEntries(all.flatMap(([name, draft]) => (typeof draft === 'number' ? [[name, draft]] : []))),
      invalid: all.find(([, draft]) => draft === 'invalid')?.[0],
    };
  }

  /**
   * A resume was requested with these values: until the trainer has them, or the resume has failed, there are no
   * drafts.
   */
  sent(set: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(set)) this.fields.get(name)?.markSent(value);
  }

  update({ detail }: RunView): void {
    const hyperparameters = detail?.hyperparameters ?? [];
    setHidden(this.node, hyperparameters.length === 0);
    const gone = new Set(this.fields.keys());
    for (const hyperparameter of hyperparameters) {
      gone.delete(hyperparameter.name);
      let field = this.fields.get(hyperparameter.name);
      if (!field) {
        field = new Field((value) => this.apply(hyperparameter.name, value), this.resume);
        this.fields.set(hyperparameter.name, field);
        this.node.insertBefore(field.node, this.reason);
      }
      field.update(hyperparameter, detail ?? {});
    }
    for (const name of gone) {
      this.fields.get(name)?.node.remove();
      this.fields.delete(name);
    }
    setText(this.reason, detail?.fixed ?? '');
    setHidden(this.reason, detail?.fixed === undefined);
  }
}

/**
 * One hyperparameter. The current value stays visible while another one is typed and until the trainer has applied it.
 */
class Field {
  private readonly caption = element('span', { class: 'caption' });
  private readonly input = element('input', {
    type: 'text',
    inputmode: 'decimal',
    size: 8,
    class: 'number',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  private readonly hint = element('span', { class: 'hint number', role: 'status' });
  private readonly undo = element('button', { type: 'button', class: 'link', hidden: true }, 'Undo');
  readonly node = element(
    'div',
    { class: 'field' },
    element('label', {}, this.caption, this.input),
    this.hint,
    this.undo,
  );
  private onResume = false;
  private known: Hyperparameter | undefined;
  private sent: number | undefined;
  /** The value before the last edit in this field. */
  private replaced: number | undefined;
  /** The draft, kept while the field is read-only. */
  private held: string | undefined;

  constructor(
    private readonly apply: (value: number) => void,
    private readonly resume: () => void,
  ) {
    this.input.addEventListener('input', () => this.show());
    this.input.addEventListener('blur', () => this.show());
    this.input.addEventListener('focus', () => this.show());
    this.undo.addEventListener('click', () => this.replaced !== undefined && this.send(this.replaced));
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.commit();
      else if (event.key === 'Escape') this.takeBack();
    });
  }

  /** @param onResume whether the run is not training, so that a value applies from its resume on */
  update(hyperparameter: Hyperparameter, { fixed, onResume = false }: Pick<RunDetail, 'fixed' | 'onResume'>): void {
    this.onResume = onResume;
    const before = this.known?.current;
    this.known = hyperparameter;
    const { title, minimum, maximum, current } = hyperparameter;
    setText(this.caption, title);
    const effect = onResume ? 'Enter resumes the run with it.' : 'Enter applies it from the next step on.';
    this.input.title = fixed ?? `From ${minimum} to ${maximum}. ${effect}`;
    this.input.disabled = fixed !== undefined;
    setAttributes(this.input, { 'aria-describedby': fixed === undefined ? undefined : 'fixed-reason' });
    if (before !== current) {
      this.replaced = this.sent === current ? before : undefined;
      this.sent = undefined;
      // A draft stays unless it equals the new value.
      const typing = before !== undefined && this.input.value !== String(before) && this.parsed() !== current;
      if (!typing) this.input.value = String(current);
    }
    // Undo needs a trainer.
    if (fixed !== undefined || onResume) this.replaced = undefined;
    this.hold(fixed !== undefined, current);
    this.show();
  }

  /** A read-only field shows the current value; its draft returns when it is editable again. */
  private hold(fixed: boolean, current: number): void {
    if (fixed && this.dirty && this.sent === undefined) {
      this.held = this.input.value;
      this.input.value = String(current);
    } else if (!fixed && this.held !== undefined) {
      this.input.value = this.held;
      this.held = undefined;
    }
  }

  refused(): void {
    this.sent = undefined;
    this.show();
  }

  private parsed(): number | undefined {
    const parsed = this.known && parseBounded(this.input.value, this.known);
    return parsed && 'value' in parsed ? parsed.value : undefined;
  }

  /** The draft that a resume would apply; undefined without one. */
  draft(): number | 'invalid' | undefined {
    return this.onResume && this.dirty ? (this.parsed() ?? 'invalid') : undefined;
  }

  private get dirty(): boolean {
    return this.known !== undefined && this.input.value !== String(this.known.current);
  }

  private commit(): void {
    const value = this.parsed();
    if (value === undefined || value === this.known?.current || value === this.sent) return this.show();
    if (this.onResume) this.resume();
    else this.send(value);
  }

  private send(value: number): void {
    this.markSent(value);
    this.apply(value);
  }

  markSent(value: number): void {
    this.sent = value;
    this.show();
  }

  /** Focuses the field and selects its value. */
  focus(): void {
    this.input.focus();
    this.input.select();
  }

  private takeBack(): void {
    if (this.known === undefined || this.sent !== undefined) return;
    this.input.value = String(this.known.current);
    this.show();
  }

  private show(): void {
    if (this.known === undefined) return;
    const { current } = this.known;
    const parsed = parseBounded(this.input.value, this.known);
    const problem = this.dirty && 'problem' in parsed ? parsed.problem : undefined;
    this.node.classList.toggle('invalid', problem !== undefined);
    setAttributes(this.input, { 'aria-invalid': problem === undefined ? undefined : 'true' });
    if (problem !== undefined) setText(this.hint, problem);
    else if (this.sent !== undefined) setText(this.hint, `${current} → ${this.sent}…`);
    else if (this.dirty && this.onResume) setText(this.hint, `${current} before; Enter or Resume applies this`);
    else if (this.dirty && document.activeElement === this.input) setText(this.hint, `now ${current}; Enter applies`);
    else if (this.dirty) setText(this.hint, `not applied, now ${current}; Enter applies, Esc discards`);
    else setText(this.hint, this.replaced === undefined ? '' : `applied, was ${this.replaced}`);
    setHidden(this.undo, this.replaced === undefined || this.dirty || this.sent !== undefined);
  }
}
