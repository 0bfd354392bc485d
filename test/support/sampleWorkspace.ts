import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Settings } from './workbenchSettings.ts';

/** One of the registries that the settings name. */
export interface SampleConnection {
  readonly url: string;
  readonly label: string;
  /** Settings are not detected. */
  readonly adapter?: string;
  readonly tls?: { readonly ca: string };
}

/** The settings that connect Gantry with a sample registry, and with others. */
export function sampleConnections(
  { url }: { readonly url: string },
  others: readonly SampleConnection[] = [],
): Settings {
  return { 'gantry.connections': [{ url, label: 'Sample registry' }, ...others] };
}

/** Writes a small project whose files name images of the sample registry, and returns its folder. */
export async function writeSampleWorkspace(
  parentFolder: string,
  registryHost: string,
  otherFiles: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = join(parentFolder, 'shop');
  await mkdir(folder);
  const files = { Dockerfile: dockerfile(registryHost), 'README.md': readme, ...otherFiles };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

function dockerfile(registryHost: string): string {
  return `# Hover over an image to see what it is.
FROM ${registryHost}/platform/base:2.0.0 AS build
WORKDIR /app
COPY . .

FROM ${registryHost}/shop/web:1.10.1
COPY --from=build /app /app
COPY --from=${registryHost}/platform/tools/proxy:4.10.0 /usr/local/bin/proxy /usr/local/bin/proxy
`;
}

const readme = `# Shop

A sample to try Gantry on:

- Open the Gantry view in the activity bar: the sample registry is connected.
- Open the Dockerfile and hover over an image.

The registry runs only as long as this window's \`npm start\`; what you push, tag or delete there is gone afterwards.
`;
