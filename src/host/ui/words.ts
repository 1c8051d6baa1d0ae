import * as vscode from 'vscode';
import { reasonOf } from '../../runs/error';

/** VS Code's codes of file system errors in plain language. */
const REASONS: Readonly<Record<string, string>> = {
  FileNotFound: 'it does not exist',
  FileExists: 'a file of that name already exists',
  FileNotADirectory: 'part of its path is not a folder',
  FileIsADirectory: 'it is a folder',
  NoPermissions: 'permission denied',
  Unavailable: 'its disk or machine does not answer',
};

/** Why something failed, to stand inside of a sentence: no code of the system, and no full stop of its own. */
export function reasonWords(error: unknown): string {
  if (error instanceof vscode.FileSystemError) return REASONS[error.code] ?? reasonOf(new Error(error.message));
  return reasonOf(error);
}

/** The same as a sentence. A message with more lines than one keeps them. */
export function sentence(error: unknown): string {
  const words = reasonWords(error);
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?…”)]$/.test(begun) ? begun : `${begun}.`;
}
