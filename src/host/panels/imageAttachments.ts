import type { ImageDetails } from '../../api.ts';
import { formatReference } from '../../core/oci/reference.ts';
import type { AttachmentsView, ImageView } from '../../messages.ts';
import type { Services } from '../services.ts';
import { LazyView } from './lazyView.ts';

type Attachments = Extract<AttachmentsView, { readonly kind: 'attachments' }>;

/** What is attached to the image of a panel: asked when somebody opens it. */
export class ImageAttachments {
  readonly #services: Services;
  readonly #target: Pick<ImageView, 'reference' | 'connectionId'>;
  readonly #part: LazyView<Attachments>;
  #image: Pick<ImageDetails, 'digest' | 'platformDigest'> | undefined;

  constructor(services: Services, target: Pick<ImageView, 'reference' | 'connectionId'>, changed: () => void) {
    this.#services = services;
    this.#target = target;
    this.#part = new LazyView(services, `What is attached to ${target.reference}`, changed);
  }

  get view(): AttachmentsView {
    return this.#part.view;
  }

  /** For another image. What is open is asked anew. */
  prepare(image: Pick<ImageDetails, 'digest' | 'platformDigest'>): void {
    const isSame = image.digest === this.#image?.digest && image.platformDigest === this.#image.platformDigest;
    if (isSame) return;
    const wasOpen = this.#part.isOpen;
    this.#part.close();
    this.#image = image;
    if (wasOpen) void this.open();
  }

  async open(): Promise<void> {
    const image = this.#image;
    if (image === undefined) return;
    const { gantry } = this.#services;
    const { reference, ...connection } = this.#target;
    const { registry, repository } = gantry.parseReference(reference);
    const { digest, platformDigest } = image;
    await this.#part.open(async (signal) => {
      const found = await gantry.attachments(formatReference({ registry, repository, digest }), {
        ...connection,
        ...(platformDigest !== undefined && { platformDigest }),
        signal,
      });
      return {
        kind: 'attachments',
        items: found.map(({ subject, ...attachment }) => ({
          ...attachment,
          isOfIndex: platformDigest !== undefined && platformDigest !== digest && subject === digest,
        })),
      };
    });
  }

  close(): void {
    this.#part.close();
  }
}
