import assert from 'node:assert/strict';
import { basename } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';
import type { Theme } from './workbenchSettings.ts';

/** What the list of themes calls them. */
const themeLabels: Readonly<Record<Theme, string>> = {
  light: 'Light 2026',
  dark: 'Dark 2026',
  highContrast: 'Dark High Contrast',
  highContrastLight: 'Light High Contrast',
};

const themeClasses: Readonly<Record<Theme, string>> = {
  light: 'vs',
  dark: 'vs-dark',
  highContrast: 'hc-black',
  highContrastLight: 'hc-light',
};

/**
 * Opens a view container by its name in the activity bar, which a badge adds its text to. A click on one that is open closes
 * the side bar, and a window that was just loaded opens the last one a moment after its tab is there.
 */
export async function openViewContainer(page: Page, name: string): Promise<void> {
  const tab = page.locator('.activitybar').getByRole('tab', { name: new RegExp(`^${name}(?: - |$)`) });
  const open = tab.and(page.locator('[aria-selected="true"]'));
  const title = page.locator('.part.sidebar .title-label:visible', { hasText: name });
  await eventually(async () => {
    if (!(await open.isVisible())) await tab.click({ timeout: 10_000 });
    await open.waitFor({ timeout: 3_000 });
    await title.waitFor({ timeout: 3_000 });
  }, 30_000);
}

/** Runs a command through the palette, as a user does; `title` is the whole line, such as `Gantry: Show Log`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await eventually(async () => {
    await page.keyboard.press('F1');
    await inputBox(page).fill(`>${title}`, { timeout: 5_000 });
    // Whatever takes the focus meanwhile closes the palette.
    await quickInput(page).getByRole('option', { name: title }).first().click({ timeout: 5_000 });
  }, 20_000);
}

/** Loads the page anew as VS Code does, which keeps its state before. */
export async function reloadWindow(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('domcontentloaded'), runCommand(page, 'Developer: Reload Window')]);
}

/** Changes the colours of the window that is open. */
export async function chooseTheme(page: Page, theme: Theme): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  await inputBox(page).fill(themeLabels[theme]);
  await quickInput(page).getByRole('option', { name: themeLabels[theme] }).first().click();
  await page.locator(`.monaco-workbench.${themeClasses[theme]}`).waitFor();
}

/** Opens a file of the workspace by its name. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+P');
  await inputBox(page).fill(name);
  await quickInput(page).getByRole('option', { name }).first().click();
  await page.getByRole('tab', { name, selected: true }).waitFor();
}

/** Rests the pointer on a text of the open editor, and returns the hover that shows. */
export async function hoverOver(page: Page, text: string): Promise<Locator> {
  const shown = page.locator('.monaco-editor .monaco-hover:visible');
  await eventually(async () => {
    // VS Code asks again only when the pointer moves, and an extension that it has just activated may come too late.
    await page.mouse.move(0, 0);
    await page.locator('.editor-instance .view-lines').getByText(text).first().hover();
    await shown.waitFor({ timeout: 2_000 });
  }, 20_000);
  return shown;
}

/** Chooses from the context menu of a row. */
export async function chooseFromMenu(row: Locator, item: string): Promise<void> {
  const page = row.page();
  // By its label, since its accessible name has the key binding at its end.
  const label = page.getByText(item, { exact: true });
  const menu = page.getByRole('menu');
  await eventually(async () => {
    await row.click({ button: 'right', timeout: 10_000 });
    await menu.getByRole('menuitem').filter({ has: label }).hover({ timeout: 5_000 });
    await page.locator('.monaco-menu .action-item.focused', { has: label }).waitFor({ timeout: 5_000 });
    // A menu that has just opened takes no click, lest one that opened it choose from it too.
    if (!(await pressInMenu(page, 'Enter'))) throw new Error(`The menu closed before "${item}" was chosen.`);
  }, 40_000);
  await menu.waitFor({ state: 'detached' });
}

/** What the context menu of a row offers, from top to bottom. */
export async function menuOf(row: Locator): Promise<readonly string[]> {
  const page = row.page();
  const labels = page.getByRole('menu').locator('.action-label');
  let offered: readonly string[] = [];
  await eventually(async () => {
    await row.click({ button: 'right', timeout: 10_000 });
    await labels.first().waitFor({ timeout: 5_000 });
    offered = await labels.allTextContents();
    if (!(await pressInMenu(page, 'Escape'))) throw new Error('The menu closed before it was read.');
  }, 40_000);
  await page.getByRole('menu').waitFor({ state: 'detached' });
  return offered;
}

/**
 * Presses a key if a menu has the focus, and does nothing else: a view that is drawn anew takes the focus back, which closes
 * its menu.
 */
async function pressInMenu(page: Page, key: string): Promise<boolean> {
  // An object, since a promise would be waited for.
  const pressed = await page.evaluateHandle(() => {
    const found = { isInMenu: false };
    const listen = (event: KeyboardEvent): void => {
      found.isInMenu = event
        .composedPath()
        .some((target) => target instanceof Element && target.classList.contains('monaco-menu'));
      if (!found.isInMenu) event.stopImmediatePropagation();
    };
    window.addEventListener('keydown', listen, { capture: true, once: true });
    return found;
  });
  await page.keyboard.press(key);
  return pressed.evaluate(({ isInMenu }) => isInMenu);
}

/** Closes what asks, all editors and all notifications. */
export async function clearWindow(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await runCommand(page, 'View: Close All Editors');
  await page.locator('.editor-group-container.empty').waitFor();
  await runCommand(page, 'Notifications: Clear All Notifications');
}

/** Opens the box that adds a registry. A click is lost where the buttons move, as when another view comes in below them. */
export async function openAddRegistry(page: Page): Promise<void> {
  const title = quickInput(page).locator('.quick-input-title', { hasText: 'Add Registry' });
  await eventually(async () => {
    if (await title.isVisible()) return;
    await page.locator('.part.sidebar').getByRole('button', { name: 'Add Registry…' }).click({ timeout: 5_000 });
    await title.waitFor({ timeout: 5_000 });
  }, 30_000);
}

/** What VS Code asks and lists at the top of the window. */
export function quickInput(page: Page): Locator {
  return page.locator('.quick-input-widget:visible');
}

/** Where the user types into it. */
export function inputBox(page: Page): Locator {
  return quickInput(page).getByRole('textbox').or(quickInput(page).getByRole('combobox')).first();
}

/**
 * Waits for the input box of that title, types into it, and presses Enter, which closes it or makes it say something else.
 * `prompt` tells boxes apart that follow one another under one title.
 */
export async function answer(page: Page, title: string, text: string, prompt = ''): Promise<void> {
  const box = quickInput(page).filter({ hasText: prompt }).locator('.quick-input-title', { hasText: title });
  await box.waitFor();
  await inputBox(page).fill(text);
  await leaveBox(page);
}

/** Presses Enter in the box that is open, until it has gone, asks for something else, or refuses what was typed. */
async function leaveBox(page: Page): Promise<void> {
  const before = await readBox(page);
  await inputBox(page).press('Enter');
  await eventually(async () => {
    const { text, isRefused } = await readBox(page);
    assert.ok(text !== before.text || isRefused, `The box still asks: ${text}`);
  }, 30_000);
}

/** What the box at the top of the window says, and what is typed there; nothing when there is none. */
function readBox(page: Page): Promise<{ readonly text: string; readonly isRefused: boolean }> {
  return page.evaluate(() => {
    const box = document.querySelector<HTMLElement>('.quick-input-widget');
    const input = box?.querySelector('input');
    if (!box?.checkVisibility()) return { text: '', isRefused: false };
    const texts = ['.quick-input-title', '.quick-input-message'].map((part) => box.querySelector(part)?.textContent);
    return {
      text: [...texts, input?.placeholder, input?.value].join('\n'),
      isRefused: box.querySelector('.monaco-inputbox.error') !== null,
    };
  });
}

/**
 * Presses Enter in the box that is open, and waits for what that leads to. A box that has just opened, as one does after a
 * dialog that gives the focus back, can miss the first.
 */
export async function accept(page: Page, next: Locator): Promise<void> {
  await eventually(async () => {
    if (!(await next.isVisible())) await inputBox(page).press('Enter', { timeout: 5_000 });
    await next.waitFor({ timeout: 5_000 });
  }, 30_000);
}

/** In a browser VS Code has a dialog for files of its own: what is typed there is a path. */
export async function chooseFile(page: Page, title: string, path: string): Promise<void> {
  await typePath(page, title, path);
  await leaveBox(page);
}

async function typePath(page: Page, title: string, path: string): Promise<void> {
  await quickInput(page).locator('.quick-input-title', { hasText: title }).waitFor();
  // It takes nothing before it has listed the folder that it begins with.
  await quickInput(page).getByRole('option', { name: '..' }).waitFor();
  await inputBox(page).fill(path);
  await quickInput(page)
    .getByRole('option', { name: basename(path) })
    .waitFor();
  // What the list brings takes the place of what was typed.
  await inputBox(page).fill(path);
}

/** As {@link chooseFile}, for a folder, which is taken by the dialog's button. */
export async function chooseFolder(page: Page, title: string, path: string): Promise<void> {
  await typePath(page, title, path);
  await quickInput(page).locator('.quick-input-action .monaco-button').first().click();
  await quickInput(page).waitFor({ state: 'detached' });
}

/** The question that has to be answered before anything else. */
export function modalDialog(page: Page): Locator {
  return page.locator('.monaco-dialog-box');
}

/** A message in the corner, by a part of its text. */
export function notification(page: Page, text: string | RegExp): Locator {
  return page.locator('.notification-toast').filter({ hasText: text });
}

/** The content of the panel that is in front. */
export function activePanel(page: Page): FrameLocator {
  // Webviews sit two frames deep.
  return page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');
}

/**
 * Opens the panel of a tag by a click on its row; `tab` is its name. VS Code loses a click that falls between two drawings of
 * a row, as when its details come.
 */
export async function openTag(row: Locator, tab: RegExp): Promise<void> {
  const page = row.page();
  await eventually(async () => {
    await row.click();
    await page.getByRole('tab', { name: tab }).waitFor({ timeout: 5_000 });
  }, 30_000);
}

/** Shows the panel of an image by its reference. */
export async function showImage(page: Page, reference: string): Promise<FrameLocator> {
  await runCommand(page, 'Gantry: Show Image…');
  await answer(page, 'Show Image', reference);
  const panel = activePanel(page);
  await panel.getByRole('heading', { name: reference, level: 1 }).waitFor();
  return panel;
}

export async function readClipboard(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  return page.evaluate(() => navigator.clipboard.readText());
}
