import type { FAMILIES } from '../../protocol/families';

/** The command that trains a family with every default, for a button or a direct call. */
export function trainCommand({ title, command }: Pick<(typeof FAMILIES)[number], 'title' | 'command'>) {
  return { title, command: `latentStudio.${command}` };
}
