import type { AxeResults, Result } from 'axe-core';
import axe from 'axe-core';
import type { FrameLocator } from 'playwright-core';

/** What keeps people from using a panel, each with the places that it is found at. */
export async function seriousViolations(panel: FrameLocator): Promise<string[]> {
  const body = await panel.locator('body').elementHandle();
  const frame = await body?.ownerFrame();
  if (!frame) throw new Error('The panel is not shown.');
  // As text, which the panel's content security policy does not concern.
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate<AxeResults>('axe.run()');
  return violations.filter(isSerious).map(describeViolation);
}

function isSerious({ impact }: Result): boolean {
  return impact === 'serious' || impact === 'critical';
}

function describeViolation({ id, help, nodes }: Result): string {
  return `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`).join('\n')}`;
}
