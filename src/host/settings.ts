import path from 'node:path';
import * as vscode from 'vscode';

/**
 * The settings, read on each access. `node` and `tensorflowLibrary` name what is executed: they have machine scope, in
 * which VS Code ignores values from a workspace.
 */
export const settings = {
  runsFolder: (folder: vscode.WorkspaceFolder): string => read('runsFolder', folder.uri) || 'runs',
  node: (): string | undefined => absolute(read('node')),
  notifications: (): 'all' | 'failures' | 'none' => {
    const value = read('notifications');
    return value === 'failures' || value === 'none' ? value : 'all';
  },
  tensorflowLibrary: (): string | undefined => absolute(read('tensorflowLibrary')),
};

function read(name: string, scope?: vscode.Uri): string {
  const value: unknown = vscode.workspace.getConfiguration('latentStudio', scope).get(name);
  return typeof value === 'string' ? value.trim() : '';
}

function absolute(value: string): string | undefined {
  return path.isAbsolute(value) ? path.normalize(value) : undefined;
}
