import { expect, it } from 'vitest';
import { setDisabled } from '../../../webview/shared/disabling';

/** What of a control is written and read; the tests of the views see the rest. */
const control = (title: string) => ({ title, disabled: false }) as HTMLButtonElement;

it('says why a control is disabled, and afterwards what it says of itself by then', () => {
  const node = control('Draws samples');
  setDisabled(node, 'Samples are being drawn.');
  expect(node).toEqual({ title: 'Samples are being drawn.', disabled: true, ariaDisabled: 'true' });
  setDisabled(node, 'An evaluation is running.');
  setDisabled(node, undefined);
  expect(node).toEqual({ title: 'Draws samples', disabled: false, ariaDisabled: null });
  node.title = 'Draws 64 samples';
  setDisabled(node, 'Samples are being drawn.');
  setDisabled(node, undefined);
  expect(node.title).toBe('Draws 64 samples');
});

it('keeps a tooltip that came while the control was disabled', () => {
  const node = control('Draws samples');
  setDisabled(node, 'Samples are being drawn.');
  node.title = 'Draws 64 samples';
  setDisabled(node, 'An evaluation is running.');
  expect(node.title).toBe('An evaluation is running.');
  setDisabled(node, undefined);
  expect(node.title).toBe('Draws 64 samples');
});
