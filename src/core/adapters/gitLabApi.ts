import * as v from 'valibot';
import type { AdapterHttp, AdapterResponse, CallOptions, GantryErrorShape } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { oneLine } from '../oneLine.ts';
import { notARegistry } from '../registry/body.ts';
import { withoutSecrets } from '../registry/withoutSecrets.ts';
import { type HasField, optionalFields } from './gitLabQueries.ts';
import { parsed } from './replyFields.ts';

/** The token server of GitLab's registry is GitLab. https://docs.gitlab.com/administration/packages/container_registry/ */
export const gitLabApiOrigin = { id: 'gitlab', origin: '{realm}', auth: 'gitlab' } as const;

/** Times that a question is asked with fewer fields. */
const mostAttempts = 3;

/** What a login needs that may open images and no more. https://docs.gitlab.com/user/profile/personal_access_tokens/ */
const wantedToken =
  'It needs a personal, group or project token with the scope "read_api"; with "read_registry" alone, or a deploy token, images can be opened and pinned by name.';

const errorSchema = v.object({
  message: v.string(),
  extensions: v.optional(v.object({ code: v.optional(v.unknown()), fieldName: v.optional(v.unknown()) })),
});

export interface GitLabApi {
  /** The last answer, where that was that this login may not ask: nothing is gained by asking again. */
  readonly refusal: AdapterResponse | undefined;
  /**
   * The data that answer a question. Fields that this GitLab does not know are left out of this question and all later
   * ones.
   */
  ask(question: GitLabQuestion, options: CallOptions): Promise<Readonly<Record<string, unknown>>>;
  send(method: 'GET' | 'DELETE', path: string, signal: AbortSignal): Promise<AdapterResponse>;
  error(response: AdapterResponse, what: string): Promise<GantryErrorShape>;
}

export interface GitLabQuestion {
  readonly query: (has: HasField) => string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** For the error. */
  readonly what: string;
}

/** `host` is the registry's: only the core knows that of GitLab. */
export function createGitLabApi(http: AdapterHttp, host: string): GitLabApi {
  const unknown = new Set<string>();
  const has: HasField = (field) => !unknown.has(field);
  const api = gitLabApiOrigin.id;
  let refusal: AdapterResponse | undefined;

  async function ask(
    { query, variables, what }: GitLabQuestion,
    { signal }: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>> {
    for (let attempt = 1; ; attempt++) {
      const json = { query: query(has), variables };
      const response = await http.send({ api, method: 'POST', path: '/api/graphql', json, signal });
      refusal = response.status === 401 || response.status === 403 ? response : undefined;
      if (response.status !== 200) throw await explained(response, what);
      const { data, errors } = readAnswer(await response.json()) ?? {};
      if (data !== undefined) return data;
      if (errors === undefined) throw notARegistry(host, 'JSON of another form');
      const fields = errors.flatMap(undefinedField).filter(has);
      if (fields.length === 0 || attempt === mostAttempts) throw refused(errors, what, host);
      for (const field of fields) unknown.add(field);
    }
  }

  return {
    get refusal() {
      return refusal;
    },
    ask,
    send: (method, path, signal) => http.send({ api, method, path: `/api/v4${path}`, signal }),
    error: explained,
  };
}

/** https://docs.gitlab.com/api/graphql/: errors without data, or beside what could be answered. */
function readAnswer(document: unknown):
  | {
      readonly data: Readonly<Record<string, unknown>> | undefined;
      readonly errors: readonly v.InferOutput<typeof errorSchema>[] | undefined;
    }
  | undefined {
  const answer = parsed(
    v.object({ data: v.nullish(v.record(v.string(), v.unknown())), errors: v.nullish(v.array(v.unknown())) }),
    document,
  );
  if (answer === undefined) return undefined;
  return { data: answer.data ?? undefined, errors: answer.errors?.flatMap((item) => parsed(errorSchema, item) ?? []) };
}

function undefinedField({ extensions }: v.InferOutput<typeof errorSchema>): readonly string[] {
  const { code, fieldName } = extensions ?? {};
  return code === 'undefinedField' && typeof fieldName === 'string' && optionalFields.includes(fieldName)
    ? [fieldName]
    : [];
}

function refused(errors: readonly { readonly message: string }[], what: string, host: string): RegistryError {
  const said = oneLine(withoutSecrets(errors[0]?.message ?? ''));
  const words = said === '' ? '' : ` It said: "${said}".`;
  return new RegistryError(
    'server',
    `The GitLab of ${host} could not answer ${what}.${words} Try again later, or tell its administrator.`,
    { host },
  );
}

/** The same error with a sentence behind it. */
export function withHint(error: GantryErrorShape, hint: string): RegistryError {
  const { host, status } = isRegistryError(error) ? error : {};
  return new RegistryError(error.code, `${error.message} ${hint}`, {
    cause: error,
    ...(host !== undefined && { host }),
    ...(status !== undefined && { status }),
  });
}

async function explained(response: AdapterResponse, what: string): Promise<GantryErrorShape> {
  const error = await response.error(what);
  if (error.code !== 'unauthorized' && error.code !== 'denied') return error;
  return withHint(error, wantedToken);
}
