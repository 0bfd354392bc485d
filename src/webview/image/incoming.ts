import type { ImagePanelMessage } from '../../messages.ts';

/** Whatever is posted to the window arrives here; what does not look like a state is not for this panel. */
export function isImagePanelMessage(value: unknown): value is ImagePanelMessage {
  if (!isObject(value) || value['type'] !== 'state' || !isObject(value['state'])) return false;
  const { language, strings, view } = value['state'];
  return typeof language === 'string' && isObject(strings) && isObject(view) && isView(view);
}

function isView(view: Readonly<Record<string, unknown>>): boolean {
  if (typeof view['reference'] !== 'string') return false;
  switch (view['kind']) {
    case 'loading':
      return true;
    case 'failed':
      return typeof view['message'] === 'string';
    case 'image':
      return isImage(view['image']) && (view['scan'] === undefined || isScan(view['scan']));
    default:
      return false;
  }
}

function isImage(image: unknown): boolean {
  return (
    isObject(image) &&
    typeof image['digest'] === 'string' &&
    typeof image['mediaType'] === 'string' &&
    Array.isArray(image['layers']) &&
    Array.isArray(image['platforms'])
  );
}

function isScan(scan: unknown): boolean {
  if (!isObject(scan)) return false;
  const { kind, message, report } = scan;
  if (kind === 'failed') return typeof message === 'string';
  if (kind === 'report') return isObject(report) && Array.isArray(report['items']) && isObject(report['counts']);
  return kind === 'closed' || kind === 'loading';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
