import path from 'node:path';
import * as vscode from 'vscode';
import { parseSpecificationText } from '../../formats/specificationText';
import type { Specification } from '../../protocol/specification';
import { savedText } from '../ui/saved';
import { reasonWords } from '../ui/words';

/** A specification is a page of JSON; anything larger is another kind of file. */
const LARGEST_BYTES = 1024 * 1024;

/**
 * Reads a `*.latent.json` file as its editor shows it: unsaved changes are saved first, so that the file on disk is
 * what is trained. Throws with a message for users; SpecificationTextError also locates the problem in the text.
 */
export async function readSpecification(file: vscode.Uri): Promise<Specification> {
  const name = path.basename(file.path);
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === file.toString());
  const text = open?.isDirty ? await savedText(open) : await textOf(file, name);
  return parseSpecificationText(text, name);
}

async function textOf(file: vscode.Uri, name: string): Promise<string> {
  try {
    const { size } = await vscode.workspace.fs.stat(file);
    if (size <= LARGEST_BYTES) return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch (error) {
    throw new Error(`${name} cannot be read: ${reasonWords(error)}.`, { cause: error });
  }
  throw new Error(`${name} is larger than a megabyte, so it is not a specification.`);
}
