import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { expandRows, rowNames, treeRow } from '../support/registriesTree.ts';
import { buildTiny } from '../support/sampleImages/crowd.ts';
import { json } from '../support/sampleRegistry/http.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { chooseFromMenu, openViewContainer } from '../support/workbenchPage.ts';

const created = '2025-06-01T00:00:00Z';
const small = /^Registry Small pages/;
/** The newest first. */
const firstPage = ['1.14', '1.13', '1.12', '1.11'];

describe('lists of tags that go wrong', () => {
  let registry: SampleRegistry;
  const workbench = useSampleWorkbench(async () => {
    registry = await startSampleRegistry({ maximumPageSize: 4 });
    for (const repository of ['slow', 'dying', 'endless']) push(repository, 12);
    return { viewport: { width: 1000, height: 1500 }, connections: [{ url: registry.url, label: 'Small pages' }] };
  });

  after(() => registry.close());

  beforeEach(async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await page.locator('.part.sidebar').getByRole('button', { name: 'Collapse All' }).click();
    await expandRows(page, small);
  });

  afterEach(() => {
    registry.fault = undefined;
  });

  it('show what came so far while the next page is slow, and leave the rest of the view alone', async () => {
    const { page } = workbench();
    let answerNow!: () => void;
    const hold = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    registry.fault = ({ url }) => (isPage(url, 'slow') && url.search.includes('last=1.14') ? { hold } : undefined);
    await expandRows(page, 'Repository slow');
    await treeRow(page, /^Reading more tags/).waitFor();
    assert.deepEqual(await tags(), firstPage);
    await expandRows(page, 'Repository dying');
    await treeRow(page, 'Tag 1.22').waitFor();
    await treeRow(page, /^Reading more tags/).waitFor();
    answerNow();
    await eventually(async () => assert.equal((await tags()).filter((tag) => tag === '1.22').length, 2));
    await treeRow(page, /^Reading more tags/).waitFor({ state: 'detached' });
  });

  it('show what came before a page failed, say why, and go on from there at a click', async () => {
    const { page } = workbench();
    registry.fault = ({ url }) =>
      isPage(url, 'dying') && url.search.includes('last=1.18')
        ? { reply: json(404, { errors: [{ code: 'NAME_UNKNOWN', message: 'repository name not known' }] }) }
        : undefined;
    // Another test may have read it.
    await chooseFromMenu(treeRow(page, 'Repository dying'), 'Refresh');
    await expandRows(page, 'Repository dying');
    const failure = treeRow(page, new RegExp(`^${registry.host} .*dying`));
    await failure.waitFor();
    assert.deepEqual(await tags(), ['1.18', '1.17', '1.16', '1.15', ...firstPage]);
    registry.fault = undefined;
    await failure.click();
    await treeRow(page, 'Tag 1.22').waitFor();
    await failure.waitFor({ state: 'detached' });
  });

  it('end where the same page comes again and again, and say so', async () => {
    const { page } = workbench();
    let pages = 0;
    registry.fault = ({ url }) => {
      if (!isPage(url, 'endless') || !url.search.includes('last=')) return undefined;
      const link = `</v2/endless/tags/list?n=4&last=again${++pages}>; rel="next"`;
      return { reply: json(200, { name: 'endless', tags: ['1.15', '1.16'] }, { Link: link }) };
    };
    await expandRows(page, 'Repository endless');
    await treeRow(page, /^The registry sends the same page of tags again and again/).waitFor();
    assert.deepEqual(await tags(), ['1.16', '1.15', ...firstPage]);
    assert.equal(pages, 2);
  });

  /** With tags 1.11, 1.12, …: their order is that of the alphabet too. */
  function push(repository: string, count: number): void {
    for (let minor = 11; minor < 11 + count; minor++)
      registry.push(repository, buildTiny({ version: `1.${minor}`, created }), `1.${minor}`);
  }

  async function tags(): Promise<readonly string[]> {
    const names = await rowNames(workbench().page);
    return names.filter((name) => name.startsWith('Tag ')).map((name) => name.slice('Tag '.length));
  }
});

function isPage({ pathname }: URL, repository: string): boolean {
  return pathname === `/v2/${repository}/tags/list`;
}
