import { ociAdapter } from '../../src/core/adapters/ociAdapter.ts';
import { startGoContainerRegistry } from '../support/goContainerRegistry.ts';
import { goContainerRegistry, needsGoProgram } from '../support/goPrograms.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import { listening } from './adapterContract/listening.ts';
import { describeAdapterContract, distributionAbilities } from './adapterContract.ts';

describeAdapterContract({
  name: 'go-containerregistry',
  needs: (test) => needsGoProgram(test, goContainerRegistry),
  start: async ({ repository, image, tags, untagged, referrer, others }) => {
    const registry = await startGoContainerRegistry();
    await pushOverHttp(registry, repository, image, ...tags);
    await pushOverHttp(registry, repository, referrer);
    for (const name of others) await pushOverHttp(registry, name, untagged, 'latest');
    return {
      adapter: ociAdapter,
      connection: { url: registry.url },
      ...listening(registry),
      holdsReferrer: true,
    };
  },
  offers: distributionAbilities,
  breaks: {
    'lists each repository once, one a page': 'it cuts its catalogue at "n", and has no way to the rest',
    'lists what refers to an image': 'it tells the media type of the config in place of the artifact type',
    'deletes a manifest with all of its tags': 'its tags stay, and name the manifest as before',
  },
});
