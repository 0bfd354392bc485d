import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { outFolder } from './paths.ts';

/** What a failed test leaves behind: a picture of each open page, its console, and what its server printed. */
export const evidenceFolder: string = join(outFolder, 'failures');

interface WatchedPage {
  readonly page: Page;
  readonly console: string[];
  readonly serverOutput: () => string;
}

const watchedPages = new Set<WatchedPage>();
const unfinished = new Set<Promise<void>>();
/** How often each test failed: what each of its tries leaves is kept. */
const tries = new Map<string, number>();

/** To be called before the page loads anything. */
export function watchPage(page: Page, serverOutput: () => string): void {
  const watched: WatchedPage = { page, console: [], serverOutput };
  page.on('console', (message) => watched.console.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => watched.console.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('close', () => watchedPages.delete(watched));
  watchedPages.add(watched);
}

/** Keeps what all open pages show now. */
export function keepEvidence(testTitle: string): void {
  const title = testTitle.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 120);
  const failed = (tries.get(title) ?? 0) + 1;
  tries.set(title, failed);
  const name = failed === 1 ? title : `${title}-try-${failed}`;
  for (const [index, watched] of [...watchedPages].entries()) {
    const kept = keep(watched, join(evidenceFolder, index === 0 ? name : `${name}-${index + 1}`));
    unfinished.add(kept);
    void kept.finally(() => unfinished.delete(kept));
  }
}

/** Pages may be closed afterwards. */
export async function evidenceIsKept(): Promise<void> {
  await Promise.all(unfinished);
}

async function keep({ page, console: lines, serverOutput }: WatchedPage, file: string): Promise<void> {
  try {
    await mkdir(evidenceFolder, { recursive: true });
    await page.screenshot({ path: `${file}.png` });
    const rows = await page
      .locator('.pane-body [role="treeitem"]')
      .evaluateAll((elements) =>
        elements.map((row) =>
          ['aria-level', 'aria-expanded', 'aria-label'].map((name) => row.getAttribute(name)).join(' '),
        ),
      );
    const parts = [...lines, '', 'The rows of views:', ...rows, '', 'The server printed:', serverOutput()];
    await writeFile(`${file}.log`, parts.join('\n'));
    console.log(`      kept ${file}.png and .log`);
  } catch (error) {
    console.log(`      could not keep ${file}.png: ${error}`);
  }
}
