import assert from 'node:assert/strict';
import { SeenTags } from '../../../../src/core/finding/seenTags.ts';
import { fakePorts } from '../../../support/fakePorts.ts';

describe('SeenTags', () => {
  it('compares with the visit before this one, not with what was seen meanwhile', async () => {
    const { data } = fakePorts();
    const first = new SeenTags(data);
    await first.note('one', 'shop/web', new Map([['latest', 'sha256:a']]));
    assert.equal((await first.before('one', 'shop/web')).size, 0);

    const second = new SeenTags(data);
    await second.note('one', 'shop/web', new Map([['latest', 'sha256:b']]));
    assert.deepEqual([...(await second.before('one', 'shop/web'))], [['latest', 'sha256:a']]);
    assert.deepEqual([...(await new SeenTags(data).before('one', 'shop/web'))], [['latest', 'sha256:b']]);
  });

  it('remembers a bounded number of tags, those of the repositories that were looked at last', async () => {
    const { data } = fakePorts();
    const seen = new SeenTags(data);
    const many = new Map(Array.from({ length: 15_000 }, (_, index) => [`t${index}`, 'sha256:a']));
    await seen.note('one', 'old', many);
    await seen.note('one', 'new', many);
    const later = new SeenTags(data);
    assert.deepEqual([(await later.before('one', 'old')).size, (await later.before('one', 'new')).size], [0, 15_000]);
  });

  it('forgets a connection, and takes what it cannot read for nothing', async () => {
    const { data } = fakePorts();
    const seen = new SeenTags(data);
    await seen.note('one', 'shop/web', new Map([['latest', 'sha256:a']]));
    await seen.forget('one');
    assert.equal((await new SeenTags(data).before('one', 'shop/web')).size, 0);
    await data.write('seen one', '{"version":1,"repositories":7}');
    assert.equal((await new SeenTags(data).before('one', 'shop/web')).size, 0);
  });

  it('keeps tags apart whose names mean something to JavaScript', async () => {
    const { data } = fakePorts();
    const seen = new SeenTags(data);
    await seen.note(
      'one',
      'shop/web',
      new Map([
        ['__proto__', 'sha256:a'],
        ['constructor', 'sha256:b'],
      ]),
    );
    const later = await new SeenTags(data).before('one', 'shop/web');
    assert.deepEqual([later.get('constructor'), later.get('toString')], ['sha256:b', undefined]);
  });
});
