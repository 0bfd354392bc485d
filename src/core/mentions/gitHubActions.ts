import type { Collector } from './collector.ts';
import { children, get, type Node } from './tree.ts';

/** The images of a workflow or an action: containers of jobs, services, and `uses: docker://…`. */
export function collectGitHubActions(root: Node, collector: Collector): void {
  for (const { value: job } of children(get(root, 'jobs'))) {
    collector.image(get(job, 'container'));
    collector.image(get(job, 'container', 'image'));
    for (const { value: service } of children(get(job, 'services'))) collector.image(get(service, 'image'));
    collectSteps(get(job, 'steps'), collector);
  }
  const runs = get(root, 'runs');
  collector.prefixedImage(get(runs, 'image'), 'docker://');
  collectSteps(get(runs, 'steps'), collector);
}

function collectSteps(steps: Node | undefined, collector: Collector): void {
  for (const { value: step } of children(steps)) collector.prefixedImage(get(step, 'uses'), 'docker://');
}
