import { evidenceIsKept } from './evidence.ts';
import { seedSampleRegistry } from './sampleImages.ts';
import { openSampleWorkbench, type SampleWorkbench, type SampleWorkbenchOptions } from './sampleWorkbench.ts';
import { clearWindow, runCommand } from './workbenchPage.ts';

/**
 * Opens one workbench for all tests of a suite, since that takes long. Each test finds it without open editors, and the second
 * try of a test what the first has deleted or moved in the registry.
 */
export function useSampleWorkbench(
  prepare: () => SampleWorkbenchOptions | Promise<SampleWorkbenchOptions> = () => ({}),
): () => SampleWorkbench {
  let opened: SampleWorkbench | undefined;
  let seed: NonNullable<SampleWorkbenchOptions['seed']> = seedSampleRegistry;
  let tried: string | undefined;

  function current(): SampleWorkbench {
    if (opened === undefined) throw new Error('The workbench opens before the tests, not before the suite.');
    return opened;
  }

  before(async () => {
    const options = await prepare();
    seed = options.seed ?? seed;
    opened = await openSampleWorkbench(options);
  });

  beforeEach(async function () {
    const title = this.currentTest?.fullTitle();
    const isTriedAgain = title === tried;
    tried = title;
    if (!isTriedAgain) return;
    const { page, registry } = current();
    seed(registry);
    await runCommand(page, 'Gantry: Refresh');
  });

  afterEach(async () => {
    await evidenceIsKept();
    await clearWindow(current().page);
  });

  after(() => opened?.dispose());

  return current;
}
