import assert from 'node:assert/strict';
import { isRepositoryPanelMessage } from '../../../src/webview/repository/incoming.ts';

describe('messages to the page of a repository', () => {
  const view = { reference: 'nginx', hasPage: false, tags: { kind: 'closed' }, sizes: { kind: 'closed' } };
  const message = (shown: unknown): unknown => ({ type: 'state', state: { language: 'en', strings: {}, view: shown } });

  it('are states with a view', () => assert.ok(isRepositoryPanelMessage(message(view))));

  for (const other of [
    undefined,
    'state',
    {},
    { type: 'state' },
    message(undefined),
    message({ reference: 'nginx' }),
  ]) {
    it(`are not ${JSON.stringify(other)}`, () => assert.equal(isRepositoryPanelMessage(other), false));
  }
});
