// Builds the extension, its panels and the test suite that runs inside the extension host.
//   node esbuild.mjs [--production] [--watch] [--tests] [--outdir <folder>]
// The folder is emptied first: `dist` unless told.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';

const { values: flags } = parseArgs({
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    tests: { type: 'boolean', default: false },
    outdir: { type: 'string', default: 'dist' },
  },
});

/**
 * Bundles that are loaded at first use. esbuild does not split CommonJS, so an `import()` of one of these sources
 * becomes a `require` of its own bundle.
 */
const leaves = {
  'src/node/assembly.ts': 'gantry',
  'src/node/network.ts': 'network',
  'src/host/commands/commands.ts': 'commands',
  'src/host/editor/editorFeatures.ts': 'editor',
  'src/host/editor/documents.ts': 'documents',
  'src/host/panels/imagePanels.ts': 'imagePanels',
  'src/host/transfers/transfersView.ts': 'transfers',
  'src/host/panels/repositoryPanels.ts': 'repositoryPanels',
  'src/host/files/imageFileSystem.ts': 'imageFileSystem',
  'src/node/awsLogin.ts': 'aws',
  'src/node/googleLogin.ts': 'google',
  'src/node/machineRegistries.ts': 'machineRegistries',
  'src/core/adapters/vendors.ts': 'vendors',
  'src/core/mentions/findMentions.ts': 'mentions',
  'src/core/mentions/yamlTree.ts': 'yaml',
  'src/core/mentions/jsonTree.ts': 'json',
  'src/core/pulls.ts': 'pull',
  'src/core/transfer/copy.ts': 'copy',
  'src/core/engineExport.ts': 'engineExport',
  'src/core/prunes.ts': 'prune',
  'src/core/image/rpmDatabase.ts': 'rpm',
  // Run in threads of their own (src/node/layers).
  'src/node/layers/layerWorker.ts': 'layerWorker',
  'src/node/layers/hashWorker.ts': 'hashWorker',
  'src/node/layers/blobHashWorker.ts': 'blobHashWorker',
};

/** @type {esbuild.Plugin} */
const requireLeaves = {
  name: 'require-leaves',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, (args) => {
      if (args.kind !== 'dynamic-import') return undefined;
      const source = relative(process.cwd(), resolve(args.resolveDir, args.path)).replaceAll('\\', '/');
      const leaf = leaves[/** @type {keyof typeof leaves} */ (source)];
      if (leaf === undefined)
        throw new Error(`${source} is imported lazily but has no bundle of its own (see esbuild.mjs)`);
      return { path: `./${leaf}.cjs`, external: true };
    });
  },
};

/**
 * Every file that imports the module `vscode` would make a copy of it with a getter for each of its names, at activation.
 * With a module between them, they share one copy.
 * @type {esbuild.Plugin}
 */
const shareVscode = {
  name: 'share-vscode',
  setup(build) {
    const namespace = 'share-vscode';
    build.onResolve({ filter: /^vscode$/ }, ({ path, namespace: importer }) =>
      importer === namespace ? { path, external: true } : { path, namespace },
    );
    build.onLoad({ filter: /.*/, namespace }, () => ({ contents: "export * from 'vscode';" }));
  },
};

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  minify: flags.production,
  sourcemap: flags.production ? false : 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'info',
  define: { 'process.env.NODE_ENV': flags.production ? '"production"' : '"development"' },
};

/** @type {esbuild.BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  mainFields: ['module', 'main'],
  // An `import()` becomes a `require`: ES module loading is slower, and VS Code hooks into it.
  supported: { 'dynamic-import': false },
  define: { ...common.define, 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  outExtension: { '.js': '.cjs' },
  plugins: [requireLeaves, shareVscode],
};

/** @type {Record<string, esbuild.BuildOptions>} */
const builds = {
  extension: {
    ...node,
    entryPoints: {
      extension: 'src/extension.ts',
      ...Object.fromEntries(Object.entries(leaves).map(([source, name]) => [name, source])),
    },
    outdir: flags.outdir,
  },
  panels: {
    ...common,
    platform: 'browser',
    target: 'es2023',
    format: 'iife',
    // The symbol font goes along as codicon.css and codicon.ttf.
    entryPoints: {
      image: 'src/webview/image/main.ts',
      repository: 'src/webview/repository/main.ts',
      codicon: '@vscode/codicons/dist/codicon.css',
    },
    outdir: `${flags.outdir}/webview`,
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  },
};

if (flags.tests) {
  builds['tests'] = {
    ...node,
    minify: false,
    sourcemap: 'inline',
    entryPoints: ['test/host/index.ts', 'test/host/**/*.test.ts'],
    outbase: 'test/host',
    outdir: 'out/test/host',
    external: ['vscode', 'mocha'],
    // Only test/support asks where it is.
    define: { ...common.define, 'import.meta.dirname': JSON.stringify(resolve('test/support')) },
    plugins: [],
  };
}

if (flags.tests) {
  // The extension of somebody else that the host tests load beside Gantry.
  builds['sampleAdapter'] = {
    ...node,
    minify: false,
    entryPoints: { extension: 'test/fixtures/sampleAdapter/extension.ts' },
    outdir: 'out/test/sampleAdapter',
    external: ['vscode'],
    plugins: [],
  };
}

await rm(flags.outdir, { recursive: true, force: true });
if (flags.tests) await rm('out/test', { recursive: true, force: true });
await mkdir(flags.outdir, { recursive: true });

if (flags.watch) {
  const contexts = await Promise.all(Object.values(builds).map((options) => esbuild.context(options)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  const results = await Promise.all(
    Object.entries(builds).map(async ([name, options]) => /** @type {const} */ ([name, await esbuild.build(options)])),
  ).catch((error) => {
    // esbuild has reported the mistakes in the sources itself.
    if ('errors' in error) process.exit(1);
    throw error;
  });
  // What each bundle holds, for the checks of size and of import edges.
  for (const [name, result] of results)
    await writeFile(`${flags.outdir}/meta-${name}.json`, JSON.stringify(result.metafile));
  const shipped = results
    .filter(([name]) => !['tests', 'sampleAdapter'].includes(name))
    .flatMap(([, { metafile }]) => Object.keys(metafile?.inputs ?? {}));
  await writeFile(`${flags.outdir}/THIRD-PARTY-NOTICES.txt`, await notices(shipped));
}

/**
 * The licences of what is bundled, which ask to be passed on.
 * @param {readonly string[]} inputs
 */
async function notices(inputs) {
  const packages = new Set(inputs.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const texts = [...packages].sort().map(async (name) => {
    const folder = `node_modules/${name}`;
    const { version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e(?:\.|$)/i.test(entry));
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : await readFile(`${folder}/${file}`, 'utf8')}`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}
