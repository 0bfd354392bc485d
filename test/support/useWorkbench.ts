import { evidenceIsKept } from './evidence.ts';
import { openSampleWorkbench, type SampleWorkbench, type SampleWorkbenchOptions } from './sampleWorkbench.ts';
import { clearWindow } from './workbenchPage.ts';

/** Opens one workbench for all tests of a suite, since that takes long. Each test finds it without open editors. */
export function useSampleWorkbench(
  prepare: () => SampleWorkbenchOptions | Promise<SampleWorkbenchOptions> = () => ({}),
): () => SampleWorkbench {
  let opened: SampleWorkbench | undefined;

  function current(): SampleWorkbench {
    if (opened === undefined) throw new Error('The workbench opens before the tests, not before the suite.');
    return opened;
  }

  before(async () => {
    opened = await openSampleWorkbench(await prepare());
  });

  afterEach(async () => {
    await evidenceIsKept();
    await clearWindow(current().page);
  });

  after(() => opened?.dispose());

  return current;
}
