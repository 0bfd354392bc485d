import type { RepositoryPanelMessage } from '../../messages.ts';

/** Whatever is posted to the window arrives here; what does not look like a state is not for this panel. */
export function isRepositoryPanelMessage(value: unknown): value is RepositoryPanelMessage {
  if (!isObject(value) || value['type'] !== 'state' || !isObject(value['state'])) return false;
  const { language, strings, view } = value['state'];
  return (
    typeof language === 'string' &&
    isObject(strings) &&
    isObject(view) &&
    typeof view['reference'] === 'string' &&
    isObject(view['tags']) &&
    isObject(view['sizes'])
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
