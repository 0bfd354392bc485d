import assert from 'node:assert/strict';
import { cancelled, isRegistryError, RegistryError, throwIfAborted } from '../../../src/core/errors.ts';
import { thrown } from '../../support/registryErrors.ts';

describe('isRegistryError', () => {
  it('knows an error by its brand, also that of another bundle', () => {
    const brand = { [Symbol.for('gantry.RegistryError')]: true, code: 'not-found' };
    assert.ok(isRegistryError(new RegistryError('not-found', 'Not there.')));
    assert.ok(isRegistryError(Object.assign(new Error('Not there.'), brand), 'not-found'));
  });

  it('tells codes apart', () => {
    const error = new RegistryError('not-found', 'Not there.');
    assert.ok(isRegistryError(error, 'denied', 'not-found'));
    assert.ok(!isRegistryError(error, 'denied'));
  });

  it('takes nothing else for one', () => {
    const odd = [
      undefined,
      null,
      'not-found',
      {},
      new Error('not-found'),
      { [Symbol.for('gantry.RegistryError')]: true },
    ];
    for (const value of odd) assert.ok(!isRegistryError(value));
  });
});

describe('RegistryError', () => {
  it('keeps what caused it, for the log', () => {
    const cause = new Error('low-level');
    const error = new RegistryError('server', 'It failed.', { cause, host: 'registry.example', status: 500 });
    assert.deepEqual([error.cause, error.host, error.status], [cause, 'registry.example', 500]);
    assert.equal(`${error}`, 'RegistryError: It failed.');
  });

  it('has no cause where there is none', () => {
    assert.ok(!('cause' in new RegistryError('server', 'It failed.')));
  });
});

describe('cancelled', () => {
  it('is the reason itself where that is an error of ours', () => {
    const reason = new RegistryError('timeout', 'It took too long.');
    assert.equal(cancelled(AbortSignal.abort(reason)), reason);
    assert.equal(cancelled(AbortSignal.abort()).code, 'cancelled');
  });
});

describe('throwIfAborted', () => {
  it('throws only then', () => {
    throwIfAborted(new AbortController().signal);
    thrown(() => throwIfAborted(AbortSignal.abort()), 'cancelled');
  });
});
