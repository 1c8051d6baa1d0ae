import type { Inspection } from '../../src/protocol/views';

/** Tooltip of each disabled control, and the reason shown in its place. */
const given = new WeakMap<HTMLElement, { readonly own: string; readonly why: string }>();

/**
 * Disables a control and says why, in its tooltip, which is its accessible description, too.
 * @param why undefined enables the control and restores its tooltip
 */
export function setDisabled(control: HTMLElement & { disabled: boolean }, why: string | undefined): void {
  control.disabled = why !== undefined;
  // The editor's custom elements have a role of their own, and do not announce this by themselves.
  control.ariaDisabled = why === undefined ? null : 'true';
  setReason(control, why);
}

/** Replaces the tooltip by the reason; undefined restores it. */
export function setReason(control: HTMLElement, why: string | undefined): void {
  const before = given.get(control);
  // The tooltip was changed since, so it is the control's current description.
  const own = before?.why === control.title ? before.own : control.title;
  if (why === undefined) given.delete(control);
  else given.set(control, { own, why });
  const title = why ?? own;
  if (control.title !== title) control.title = title;
}

const RUNNING: Readonly<Record<Inspection, string>> = {
  sample: 'Samples are being drawn',
  evaluate: 'An evaluation is running',
  quality: 'Samples are being compared with data',
};

/** Why no other inspection can start while one is running. */
export function whyInspecting(what: Inspection): string {
  return `${RUNNING[what]}: wait, or cancel it.`;
}
