import * as vscode from 'vscode';
import { reasonOf } from '../../runs/error';

/** VS Code's file system error codes in plain language. */
const REASONS: Readonly<Record<string, string>> = {
  FileNotFound: 'it does not exist',
  FileExists: 'a file of that name already exists',
  FileNotADirectory: 'part of its path is not a folder',
  FileIsADirectory: 'it is a folder',
  NoPermissions: 'permission denied',
  Unavailable: 'its disk or machine does not respond',
};

/** Why something failed, for use within a sentence: without a system error code or a full stop. */
export function reasonWords(error: unknown): string {
  if (error instanceof vscode.FileSystemError) return REASONS[error.code] ?? reasonOf(new Error(error.message));
  return reasonOf(error);
}

/** The same as a sentence. Line breaks of a multi-line message are kept. */
export function sentence(error: unknown): string {
  const words = reasonWords(error);
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?…”)]$/.test(begun) ? begun : `${begun}.`;
}
