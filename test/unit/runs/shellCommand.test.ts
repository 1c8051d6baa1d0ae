import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellCommand } from '../../../src/runs/shellCommand';

/** What a shell takes the words of a command for. */
function pasted(command: string): string[] {
  const said = execFileSync('bash', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  return said.split('\0').slice(0, -1);
}

describe('a command in a message', () => {
  it('leaves alone what no shell would take for anything else', () => {
    const words = ['latent', 'resume', '/runs/vaé-001', '--set', 'learningRate=1e-4'];
    expect(shellCommand(words, 'linux')).toBe('latent resume /runs/vaé-001 --set learningRate=1e-4');
    expect(shellCommand(['latent', 'stop', 'C:\\runs\\a'], 'win32')).toBe('latent stop C:\\runs\\a');
  });

  it('quotes a path with spaces and signs that mean something to a shell', () => {
    const said = (word: string) => shellCommand([word], 'linux');
    expect(said('/my runs/a')).toBe("'/my runs/a'");
    expect(said("it's $(reboot)")).toBe(String.raw`'it'\''s $(reboot)'`);
    expect(shellCommand(['C:\\my runs\\'], 'win32')).toBe(String.raw`"C:\my runs\\"`);
  });

  it('shows control characters, and steers no terminal', () => {
    expect(shellCommand(["a\nb\u001b[2J'\\"], 'linux')).toBe(String.raw`$'a\012b\033[2J\'\\'`);
    expect(shellCommand(['a\u202eb c'], 'win32')).toBe('"a\ufffdb c"');
  });

  it('is for a shell the same words again', () => {
    const name = fc.string({ unit: fc.constantFrom(...'aé7 \'"\\$`!*?~#&;|<>(){}[]=%-/\n\t\u001b\u202e') });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), (words) => {
        const command = shellCommand(words, 'linux');
        expect(command).not.toMatch(/[\u0000-\u001f\u202e]/);
        expect(pasted(command)).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });
});
