import * as vscode from 'vscode';
import { plain } from './plain';

/** Asks for a number of further epochs; `suggested` is the initial value. */
export async function askEpochs(title: string, prompt: string, suggested: number): Promise<number | 'cancelled'> {
  const answer = await vscode.window.showInputBox({
    title: plain(title, 200),
    prompt: plain(prompt, 200),
    value: String(suggested),
    validateInput: (text) => (/^[1-9]\d{0,5}$/.test(text.trim()) ? undefined : 'A whole number from 1 to 999999.'),
  });
  return answer === undefined ? 'cancelled' : Number(answer.trim());
}
