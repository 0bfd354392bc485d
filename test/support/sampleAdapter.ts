import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeImage } from './imageWriter.ts';
import { outFolder, repositoryFolder } from './paths.ts';
import { json } from './sampleRegistry/http.ts';
import { type SampleRegistry, startSampleRegistry } from './sampleRegistry.ts';

/** Who may read the shelf. */
export const shelfLogin = { username: 'ada', password: 'canary-shelf-71c2' };

/** A registry without a catalogue, but with a file that lists its repositories, among things that no list should hold. */
export function startShelf(): Promise<SampleRegistry> {
  const items = [
    null,
    { name: 'Not A Name' },
    { name: 'books/atlas', description: 'Maps\nof the world' },
    { name: 'books/novel', pulls: 'many' },
    7,
  ];
  return startSampleRegistry({
    auth: { scheme: 'basic', users: { [shelfLogin.username]: shelfLogin.password } },
    catalog: false,
    fault: ({ url, headers }) =>
      url.pathname === '/shelf.json' && headers.authorization !== undefined
        ? { reply: json(200, { items }) }
        : undefined,
  }).then((registry) => {
    const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
    for (const name of ['books/atlas', 'books/novel']) registry.push(name, image, '1.0.0', 'latest');
    return registry;
  });
}

/** The sample extension of test/fixtures, as it was built, in a folder of its own, for registries at this host. */
export async function writeSampleAdapter(folder: string, host: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await copyFile(join(outFolder, 'test/sampleAdapter/extension.cjs'), join(folder, 'extension.cjs'));
  const manifest = await readFile(join(repositoryFolder, 'test/fixtures/sampleAdapter/package.json'), 'utf8');
  await writeFile(join(folder, 'package.json'), manifest.replace('registry.shelf.example', host));
  return folder;
}
