import type { Locator } from 'playwright-core';

/** What the browser tells a screen reader of a control: whether it is disabled, and its description. */
export async function spoken(control: Locator): Promise<{ disabled: boolean; description: string }> {
  const session = await control.page().context().newCDPSession(control.page());
  try {
    const marker = `spoken-${Math.random()}`;
    await control.evaluate((node, name) => Object.assign(globalThis, { [name]: node }), marker);
    const { result } = await session.send('Runtime.evaluate', { expression: `globalThis[${JSON.stringify(marker)}]` });
    const { nodes } = await session.send('Accessibility.getPartialAXTree', {
      objectId: result.objectId!,
      fetchRelatives: false,
    });
    const { description, properties } = nodes[0]!;
    const disabled = properties?.find(({ name }) => name === 'disabled')?.value.value === true;
    return { disabled, description: String(description?.value ?? '') };
  } finally {
    await session.detach();
  }
}
