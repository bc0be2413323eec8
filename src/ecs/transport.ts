/** One region's connection to ECS: calls wait for their turn, and are repeated where repeating does no harm. */

import { ECSClient } from '@aws-sdk/client-ecs'
import { backoff } from '../backoff.ts'
import type { Clock } from '../clock.ts'
import {
  type Call,
  type CallCounter,
  type CallInput,
  type CallName,
  type CallOutput,
  calls,
  type OwnCall,
} from './calls.ts'
import { asUnsure, type EcsError, ecsErrorOf, isDenied, isThrottled, isUnreached, UnreadableAnswer } from './errors.ts'
import { type Levels, RateLimiter, Semaphore } from './rate.ts'

/** What all regions of one run share. */
export interface EcsSettings {
  readonly clock: Clock
  /** AWS calls under way at once, over all regions that are given the same settings. */
  readonly maxConcurrency: number
  /** Aborted when the run is cancelled: calls that wait for their turn are given up. */
  readonly signal?: AbortSignal
  /** How full ECS's token buckets are, by region: what a step before in the same job has left of them. */
  readonly levels?: Map<string, Levels>
}

/** Milliseconds until a connection, and an answer, are no longer waited for. */
const connectionTimeout = 3_000
const answerTimeout = 10_000

/** Attempts at one call: without an answer, and throttled. */
const maxAttempts = 4
const maxThrottled = 8

/** Semaphores by the settings that several regions share. */
const semaphores = new WeakMap<EcsSettings, Semaphore>()

/** Sends the calls of one region: paced, retried where a repetition does no harm, with errors as sentences. */
export class Transport {
  /** The region's name. */
  readonly name: string
  readonly settings: EcsSettings
  /** Twelve digits, once any answer has named an ARN. */
  account: string | undefined
  readonly time: ServerTime
  readonly #limiter: RateLimiter
  readonly #client: ECSClient

  constructor(name: string, settings: EcsSettings) {
    this.name = name
    this.settings = settings
    this.time = new ServerTime(settings.clock)
    const semaphore = semaphores.get(settings) ?? new Semaphore(settings.maxConcurrency)
    semaphores.set(settings, semaphore)
    const levels: Levels = settings.levels?.get(name) ?? new Map()
    settings.levels?.set(name, levels)
    this.#limiter = new RateLimiter(settings.clock, semaphore, levels)
    this.#client = new ECSClient({
      region: name,
      // The SDK would repeat calls without drawing from the token buckets, and calls that must not be repeated.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout,
        requestTimeout: answerTimeout,
        throwOnRequestTimeout: true,
        httpsAgent: { maxSockets: settings.maxConcurrency },
      },
    })
    // It walks every request and answer for a logger that is not there.
    this.#client.middlewareStack.remove('loggerMiddleware')
    // Below the deserializer, which turns answers with an error into exceptions.
    this.#client.middlewareStack.add(
      next => async args => {
        const result = await next(args)
        this.time.learn(result.response)
        return result
      },
      { step: 'deserialize', priority: 'low', name: 'learnServerTime' },
    )
  }

  /** One call. Throws `EcsError`, or the signal's reason once the run is cancelled. Every attempt is counted. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>, counter: CallCounter): Promise<CallOutput<Name>>
  call(call: CallName | OwnCall, input: object, counter: CallCounter): Promise<object>
  async call(call: CallName | OwnCall, input: object, counter: CallCounter): Promise<object> {
    const row = typeof call === 'string' ? { name: call, ...calls[call] } : call
    const { clock, signal } = this.settings
    const attempts: Attempts = { throttled: 0, failed: 0, mayBeDone: false }
    for (;;) {
      try {
        return await this.#attempt(row, input, counter)
      } catch (thrown) {
        if (signal?.aborted) throw signal.reason
        const endpoint = process.env.AWS_ENDPOINT_URL_ECS ?? process.env.AWS_ENDPOINT_URL
        const error = ecsErrorOf(thrown, row.name, this.name, endpoint)
        if (isThrottled(error)) this.#limiter.drained(row.bucket)
        if (isDenied(error)) this.account ??= accountOfCaller(error.said)
        const pause = pauseBeforeRetry(attempts, row, error, thrown)
        // A call that was refused at last may have been carried out at first, when the answer was lost.
        if (pause === undefined) throw attempts.mayBeDone ? asUnsure(error) : error
        await clock.sleep(pause / 2 + Math.random() * (pause / 2), signal)
      }
    }
  }

  async #attempt({ bucket, command, modifies, answers }: Call, input: object, counter: CallCounter): Promise<object> {
    // The row pairs each name with its command, and `Ecs.call` holds the input to that.
    const Command = command as new (input: object) => Parameters<ECSClient['send']>[0]
    const send = () => {
      counter.calls++
      return this.#client.send(new Command(input))
    }
    const answer = await this.#limiter.schedule(bucket, send, this.settings.signal)
    if ((answers || !modifies) && membersOf(answer).length === 0) throw new UnreadableAnswer(answer)
    this.account ??= accountIn(answer, input)
    return answer
  }
}

/** The attempts at one call until now. */
interface Attempts {
  throttled: number
  failed: number
  /** The answer to an attempt was lost, so the change may have been made. */
  mayBeDone: boolean
}

/** Counts an attempt that ended in `error`. Milliseconds until the next one, before jitter; undefined for none. */
function pauseBeforeRetry(
  attempts: Attempts,
  { modifies, repeatable }: Call,
  error: EcsError,
  thrown: unknown,
): number | undefined {
  if (isThrottled(error)) {
    // ECS carries out no throttled call, so any of them may be repeated.
    return ++attempts.throttled < maxThrottled ? backoff(attempts.throttled, 500, 20_000, 2) : undefined
  }
  const isHarmless = isUnreached(error) || isClockSkew(thrown) || (error.unsure && (!modifies || repeatable))
  if (!isHarmless || ++attempts.failed >= maxAttempts) return undefined
  attempts.mayBeDone ||= error.unsure && modifies === true
  return backoff(attempts.failed, 100, 20_000, 2)
}

/** Time by AWS's clock, learned from the `Date` header of every answer: a runner's own clock may be hours off. */
export class ServerTime {
  readonly #clock: Clock
  /** Milliseconds by which AWS's clock is ahead of the runner's; 0 until the first answer. */
  #ahead = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds since 1970, to the second. */
  get now(): number {
    return this.#clock.now() + this.#ahead
  }

  /** Sets the clock by an answer of any status. An answer without a readable header changes nothing. */
  learn(response: unknown): void {
    const { headers } = (response ?? {}) as { readonly headers?: Readonly<Record<string, string>> }
    const date = Date.parse(headers?.date ?? '')
    if (!Number.isNaN(date)) this.#ahead = date - this.#clock.now()
  }
}

/** Codes of a signature that was made too early or too late. Source: the SDK's classification of service errors. */
const clockSkewCodes = new Set([
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
])

/**
 * ECS refused the signature's time, and the SDK has corrected its clock since. The SDK marks any error that it has
 * corrected its clock by, so the mark alone does not prove that nothing was done.
 */
const isClockSkew = (thrown: unknown): boolean => {
  const { name = '', $metadata } = (thrown ?? {}) as {
    readonly name?: string
    readonly $metadata?: { readonly clockSkewCorrected?: boolean }
  }
  return clockSkewCodes.has(name) && $metadata?.clockSkewCorrected === true
}

/** A refusal names its caller: `User: arn:aws:sts::123456789012:assumed-role/… is not authorized to …`. */
const accountOfCaller = (said: string): string | undefined =>
  /arn:[\w-]+:(?:sts|iam)::(\d{12}):/.exec(said)?.[1] ?? ecsArn.exec(said)?.[1]

const ecsArn = /arn:[\w-]+:ecs:[\w-]+:(\d{12}):/

/**
 * The account in an answer's ARN; failures name missing resources by ARN too. Only members that ECS fills count, the
 * outermost first: deeper texts, such as tags, may hold any ARN, and a failure repeats the ARN of the request.
 */
function accountIn(answer: object, input: object): string | undefined {
  const request = JSON.stringify(input)
  let level: unknown[] = [answer]
  for (let depth = 0; depth < 3 && level.length > 0; depth++) {
    for (const [key, value] of level.flatMap(membersOf)) {
      const arns = /arns?$/i.test(key) ? [value].flat() : []
      const own = arns.find(
        arn => typeof arn === 'string' && ecsArn.test(arn) && !(key === 'arn' && request.includes(arn)),
      )
      if (typeof own === 'string') return ecsArn.exec(own)?.[1]
    }
    level = level.flatMap(item => membersOf(item).map(([, value]) => value))
  }
  return undefined
}

const membersOf = (value: unknown): [string, unknown][] =>
  typeof value !== 'object' || value === null || value instanceof Date
    ? []
    : Object.entries(value).filter(([key]) => key !== '$metadata')
