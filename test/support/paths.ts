import { join, resolve } from 'node:path';

export const repositoryFolder: string = resolve(import.meta.dirname, '../..');

/** Built files, results and what failed tests leave behind; ignored by git, may be removed at any time. */
export const outFolder: string = join(repositoryFolder, 'out');

/** Downloads that outlive `npm ci`; ignored by git. */
export const cacheFolder: string = join(repositoryFolder, '.vscode-test');
