import type { Inspection } from '../../src/protocol/views';

/** What a control says of itself while it can be used, and the reason that stands there instead. */
const given = new WeakMap<HTMLElement, { readonly own: string; readonly why: string }>();

/**
 * Disables a control and says why, in its tooltip, which is its accessible description, too.
 * @param why undefined: it can be used, and says again what it does
 */
export function setDisabled(control: HTMLElement & { disabled: boolean }, why: string | undefined): void {
  control.disabled = why !== undefined;
  // The editor's elements have a role of their own, and say nothing of it by themselves.
  control.ariaDisabled = why === undefined ? null : 'true';
  setReason(control, why);
}

/** Puts the reason in the place of the tooltip, and the tooltip back. */
export function setReason(control: HTMLElement, why: string | undefined): void {
  const before = given.get(control);
  // A tooltip other than the reason was set since: it is what the control says of itself now.
  const own = before?.why === control.title ? before.own : control.title;
  if (why === undefined) given.delete(control);
  else given.set(control, { own, why });
  const title = why ?? own;
  if (control.title !== title) control.title = title;
}

/** Why nothing else is made of a model while samples or means are. */
export function whyInspecting(what: Inspection): string {
  return `${what === 'sample' ? 'Samples are being drawn' : 'An evaluation is running'}: wait, or cancel it.`;
}
