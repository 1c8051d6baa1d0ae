/** What the controls say of themselves while they can be used. */
const titles = new WeakMap<HTMLElement, string>();

/**
 * Disables a control and says why, in its tooltip, which is its accessible description, too.
 * @param why undefined: it can be used, and says again what it does
 */
export function setDisabled(control: HTMLElement & { disabled: boolean }, why: string | undefined): void {
  control.disabled = why !== undefined;
  setReason(control, why);
}

/** Puts the reason in the place of the tooltip, and the tooltip back. */
export function setReason(control: HTMLElement, why: string | undefined): void {
  if (!titles.has(control)) titles.set(control, control.title);
  const title = why ?? titles.get(control)!;
  if (control.title !== title) control.title = title;
}
