import { type Browser, chromium } from 'playwright-core';
import { browserPackages, ensureDebianPackages } from './debianPackages.ts';
import { findOnPath } from './findOnPath.ts';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const quietArguments = [
  '--no-sandbox', // Chromium's own does not work for root, as which containers run
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Tests depend on nothing beyond this machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

/** The Chromium or Chrome of this machine, without a window. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await findBrowser(), args: quietArguments });
}

async function findBrowser(): Promise<string> {
  const installed = findFirst();
  if (installed !== undefined) return installed;
  await ensureDebianPackages(browserPackages);
  const program = findFirst();
  if (program === undefined) {
    throw new Error('These tests drive a browser, and there is none: put Chromium or Chrome on the PATH.');
  }
  return program;
}

function findFirst(): string | undefined {
  for (const program of programs) {
    const found = findOnPath(program);
    if (found !== undefined) return found;
  }
  return undefined;
}
