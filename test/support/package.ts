// Writes gantry-<version>.vsix at the top level.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { packageExtension } from './packageExtension.ts';
import { repositoryFolder } from './paths.ts';
import { runMain } from './runMain.ts';

await runMain(async () => {
  const manifest = JSON.parse(await readFile(join(repositoryFolder, 'package.json'), 'utf8')) as { version: string };
  const fileName = `gantry-${manifest.version}.vsix`;
  const file = join(repositoryFolder, fileName);
  await packageExtension(file);
  console.log(`${fileName}: ${Math.ceil((await stat(file)).size / 1024)} KiB`);
});
