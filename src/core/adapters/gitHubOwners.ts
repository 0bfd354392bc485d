import type { AdapterResponse } from '../../api.ts';
import { RecentValues } from '../recentValues.ts';

type OwnerKind = 'orgs' | 'users';

/** Owners whose kind is kept. */
const capacity = 1000;

/** Organizations and users have paths of their own in GitHub's API, and names of packages do not tell which it is. */
export class GitHubOwners {
  readonly #kinds = new RecentValues<OwnerKind>(capacity);

  kindOf(owner: string): OwnerKind | undefined {
    return this.#kinds.get(owner);
  }

  learn(owner: string, kind: OwnerKind): void {
    this.#kinds.set(owner, kind);
  }

  /** The answer for an owner; one of an unknown kind is taken for an organization first. */
  async ask(owner: string, send: (root: string) => Promise<AdapterResponse>): Promise<AdapterResponse> {
    const known = this.kindOf(owner);
    if (known !== undefined) return send(`/${known}/${owner}`);
    const first = await send(`/orgs/${owner}`);
    if (first.status !== 404) return this.#learnFrom(first, owner, 'orgs');
    return this.#learnFrom(await send(`/users/${owner}`), owner, 'users');
  }

  #learnFrom(response: AdapterResponse, owner: string, kind: OwnerKind): AdapterResponse {
    if (response.status >= 200 && response.status <= 299) this.learn(owner, kind);
    return response;
  }
}
