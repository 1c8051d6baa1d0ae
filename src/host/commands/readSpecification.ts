import path from 'node:path';
import * as vscode from 'vscode';
import { parseSpecification, type Specification } from '../../protocol/specification';

/** A specification is a page of JSON; what is larger is something else. */
const LARGEST_BYTES = 1024 * 1024;

/**
 * Reads a `*.latent.json`, as its editor shows it: unsaved changes are saved first, so that what is trained is also what
 * is on disk. Throws with words for people.
 */
export async function readSpecification(file: vscode.Uri): Promise<Specification> {
  const name = path.basename(file.path);
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === file.toString());
  if (open?.isDirty && !(await open.save())) throw new Error(`${name} has changes that could not be saved.`);
  const { size } = await vscode.workspace.fs.stat(file);
  if (size > LARGEST_BYTES) throw new Error(`${name} has ${size} bytes, which is no specification.`);
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  return parseSpecification(parseJson(text, name));
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
