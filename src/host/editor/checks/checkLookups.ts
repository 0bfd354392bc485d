import { isRegistryError } from '../../../core/errors.ts';
import type { Question } from '../../../core/mentions/checkFacts.ts';
import type { Answer } from '../../../core/mentions/checks.ts';
import { dockerHub } from '../../../core/oci/reference.ts';
import { RecentValues } from '../../../core/recentValues.ts';
import { type BudgetLimits, RequestBudget } from '../../../core/requestBudget.ts';
import { SharedWork } from '../../../core/sharedWork.ts';
import type { Services } from '../../services.ts';

/** Milliseconds for which an answer is taken without asking again. */
const freshFor = 15 * 60 * 1000;
/** Milliseconds for which a registry that failed is left alone, unless somebody asks to try again. */
const leftAloneFor = 5 * 60 * 1000;
/** Answers that are kept: those of a large workspace. */
const capacity = 2000;

/** Questions a minute that nobody has asked for: enough for every file that people write, and too few to trouble a registry. */
const limits: BudgetLimits = { perHost: 60, inAll: 120 };

/** What is known, or why it is not: the registry failed, or was asked enough for now. */
type Outcome = { readonly answer: Answer | undefined } | { readonly isFailing: true } | { readonly waits: number };

interface Failure {
  readonly until: number;
  readonly error: Error;
}

/** What the checks ask of registries: each image once, within a budget, and not of a registry that has just failed. */
export class CheckLookups {
  readonly #services: Services;
  readonly #now: () => number;
  readonly #answers = new RecentValues<{ readonly answer: Answer | undefined; readonly until: number }>(capacity);
  readonly #failures = new Map<string, Failure>();
  readonly #budget: RequestBudget;
  readonly #running = new SharedWork<Outcome>();

  constructor(services: Services, now: () => number = Date.now) {
    this.#services = services;
    this.#now = now;
    this.#budget = new RequestBudget(limits, now);
  }

  async ask(question: Question, signal: AbortSignal): Promise<Outcome> {
    const key = keyOf(question);
    const kept = this.#answers.get(key);
    if (kept !== undefined && kept.until > this.#now()) return kept;
    return this.#running.run(key, signal, (stop) => this.#read(question, key, stop));
  }

  /** What is known without asking, also when it is old: it is shown until something newer is known. */
  known(question: Question): Answer | undefined {
    return this.#answers.get(keyOf(question))?.answer;
  }

  /** The registries that are left alone, with what they failed with. */
  failing(): ReadonlyMap<string, Error> {
    const now = this.#now();
    return new Map(
      [...this.#failures].filter(([, { until }]) => until > now).map(([host, { error }]) => [host, error]),
    );
  }

  /** Milliseconds until one of them may be asked again; 0 where there is none. */
  untilNextTry(): number {
    const now = this.#now();
    const waits = [...this.#failures.values()].map(({ until }) => until - now).filter((wait) => wait > 0);
    return waits.length === 0 ? 0 : Math.min(...waits);
  }

  /** Lets registries that failed be asked again. */
  retry(): void {
    this.#failures.clear();
  }

  /** Forgets all: connections or logins have changed. */
  clear(): void {
    this.#answers.clear();
    this.#failures.clear();
  }

  async #read(question: Question, key: string, signal: AbortSignal): Promise<Outcome> {
    const { registry } = question;
    if ((this.#failures.get(registry)?.until ?? 0) > this.#now()) return { isFailing: true };
    const waits = this.#budget.take(registry);
    if (waits > 0) return { waits };
    try {
      return this.#keep(key, await this.#answer(question, signal));
    } catch (error) {
      if (isRegistryError(error, 'cancelled')) throw error;
      if (isRegistryError(error, 'not-found')) return this.#keep(key, 'missing');
      if (isRegistryError(error, 'unauthorized', 'denied')) {
        // Docker Hub answers so for what does not exist. Elsewhere it may well be there.
        return this.#keep(key, registry === dockerHub ? 'hidden' : undefined);
      }
      const message = error instanceof Error ? error.message : String(error);
      this.#services.log.warn(`Images are not checked: ${message}`);
      if (error instanceof Error && !isOfOneImage(error)) {
        this.#failures.set(registry, { until: this.#now() + leftAloneFor, error });
        return { isFailing: true };
      }
      return this.#keep(key, undefined);
    }
  }

  #keep(key: string, answer: Answer | undefined): Outcome {
    const kept = { answer, until: this.#now() + freshFor };
    this.#answers.set(key, kept);
    return kept;
  }

  #answer({ reference, wantsManifest }: Question, signal: AbortSignal): Promise<Answer> {
    const { gantry } = this.#services;
    return wantsManifest ? gantry.summarize(reference, { signal }) : gantry.resolve(reference, { signal });
  }
}

/** Others say that the registry does not answer as it should, whatever it is asked. */
function isOfOneImage(error: Error): boolean {
  return isRegistryError(error, 'invalid', 'unsupported', 'too-large', 'digest-mismatch', 'storage', 'conflict');
}

function keyOf({ reference, wantsManifest }: Question): string {
  return `${reference} ${wantsManifest}`;
}
