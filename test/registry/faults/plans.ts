import type { FaultPlan } from '../../support/sampleRegistry/faults.ts';
import type { Headers, RegistryRequest, Reply } from '../../support/sampleRegistry/http.ts';

type Fault = NonNullable<ReturnType<FaultPlan>>;

/** Goes wrong the first `count` times. */
export function times(count: number, fault: Fault): FaultPlan {
  let left = count;
  return () => (left-- > 0 ? fault : undefined);
}

export function always(fault: Fault): FaultPlan {
  return () => fault;
}

/** Concerns requests whose path holds this text only. */
export function on(part: string, plan: FaultPlan): FaultPlan {
  return (request) => (request.url.pathname.includes(part) ? plan(request) : undefined);
}

/** The first plan that has something to say. */
export function firstOf(...plans: readonly FaultPlan[]): FaultPlan {
  return (request: RegistryRequest) => {
    for (const plan of plans) {
      const fault = plan(request);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

export function replies(status: number, headers: Headers = {}, body: string | Buffer = ''): Fault {
  return { reply: { status, headers, body: Buffer.from(body) } };
}

/** The answer with other headers, and else as it is. */
export function withHeaders(headers: Headers): Fault {
  return { alter: (reply: Reply) => ({ ...reply, headers: { ...reply.headers, ...headers } }) };
}
