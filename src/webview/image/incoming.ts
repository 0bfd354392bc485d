import type { ImagePanelMessage } from '../../messages.ts';

/** Whatever is posted to the window arrives here; what does not look like a message of the extension is not for this panel. */
export function isImagePanelMessage(value: unknown): value is ImagePanelMessage {
  if (!isObject(value)) return false;
  if (value['type'] === 'layerFiles') return isLayerFiles(value);
  if (value['type'] !== 'state' || !isObject(value['state'])) return false;
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
      return (
        isImage(view['image']) &&
        isObject(view['sharedLayers']) &&
        (view['artifact'] === undefined || isArtifact(view['artifact'])) &&
        isLazy(view['attachments'], ({ kind, items }) => kind === 'attachments' && Array.isArray(items)) &&
        (view['inside'] === undefined || isLazy(view['inside'], isInside)) &&
        (view['scan'] === undefined || isLazy(view['scan'], isReport))
      );
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

function isLayerFiles({ manifest, layer, files }: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof manifest === 'string' &&
    typeof layer === 'number' &&
    isLazy(files, ({ kind, counts, items }) => kind === 'files' && isObject(counts) && Array.isArray(items))
  );
}

function isArtifact(artifact: unknown): boolean {
  return isObject(artifact) && Array.isArray(artifact['files']);
}

function isInside({ kind, efficiency, folder }: Readonly<Record<string, unknown>>): boolean {
  return (
    kind === 'inside' &&
    isObject(efficiency) &&
    Array.isArray(efficiency['paths']) &&
    isObject(folder) &&
    Array.isArray(folder['items'])
  );
}

function isReport({ kind, report }: Readonly<Record<string, unknown>>): boolean {
  return kind === 'report' && isObject(report) && Array.isArray(report['items']) && isObject(report['counts']);
}

/** What is read when somebody opens it, at any moment of its life. */
function isLazy(view: unknown, isRead: (view: Readonly<Record<string, unknown>>) => boolean): boolean {
  if (!isObject(view)) return false;
  if (view['kind'] === 'failed') return typeof view['message'] === 'string';
  return view['kind'] === 'closed' || view['kind'] === 'loading' || isRead(view);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
