import { markWithin } from '../untrusted.ts'

/** What ECS, or the way to it, answered instead of a result. `message` is one line for people, ECS's words in it marked. */
export class EcsError extends Error {
  /** ECS's own code, such as `ClusterNotFoundException`, or Node's, such as `ECONNREFUSED`. */
  readonly code: string
  readonly call: string
  /** ECS's own sentence, without ours around it and without marks. */
  readonly said: string
  /** The call may have been carried out: the answer is what is missing. Look before trying again. */
  readonly unsure: boolean
  /** With a ConflictException: ARNs of the tasks that the token has started already. */
  readonly resourceIds: readonly string[]

  constructor(
    call: string,
    code: string,
    said: string,
    message: string,
    unsure: boolean,
    resourceIds: readonly string[] = [],
  ) {
    super(markWithin(message, said))
    this.name = 'EcsError'
    this.call = call
    this.code = code
    this.said = said
    this.unsure = unsure
    this.resourceIds = resourceIds
  }
}

const throttled = new Set(['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded'])

/** ECS refused because we, or others in the account, were too fast: nothing was done. */
export const isThrottled = (error: unknown): boolean => error instanceof EcsError && throttled.has(error.code)

const denied = new Set(['AccessDeniedException', 'UnauthorizedOperation', 'AccessDenied'])

export const isDenied = (error: unknown): boolean => error instanceof EcsError && denied.has(error.code)

/** One of these codes, or a sentence that holds one of these texts. */
export function isEcs(error: unknown, ...codesOrTexts: readonly string[]): error is EcsError {
  return (
    error instanceof EcsError &&
    codesOrTexts.some(some => error.code === some || (some.includes(' ') && error.said.includes(some)))
  )
}

/** The same error, after an attempt whose answer is not known: that one may have been carried out. */
export const doubted = (error: EcsError): EcsError =>
  new EcsError(error.call, error.code, error.said, error.message, true, error.resourceIds)

interface Thrown {
  readonly name?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly resourceIds?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly cause?: unknown
}

const credentials = new Set(['CredentialsProviderError', 'TokenProviderError'])
const badCredentials = new Set([
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredTokenException',
  'ExpiredToken',
  'InvalidClientTokenId',
  'IncompleteSignature',
  'MissingAuthenticationToken',
])
/** Node's codes for connections that were never made: nothing can have been done. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** The call never reached ECS: repeating it does no harm. */
export const isUnreached = (error: unknown): boolean => error instanceof EcsError && neverSent.has(error.code)

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Turns whatever the SDK threw into one sentence: what is wrong, where, and what to do. */
export function ecsErrorOf(thrown: unknown, call: string, region: string, endpoint: string | undefined): EcsError {
  if (thrown instanceof EcsError) return thrown
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as Thrown
  const name = typeof error.name === 'string' ? error.name : 'Error'
  const said = oneLine(typeof error.message === 'string' ? error.message : '')
  const status = error.$metadata?.httpStatusCode
  const where = `ecs:${call} in ${region}`

  if (credentials.has(name)) {
    return new EcsError(
      call,
      'NoCredentials',
      said,
      `no AWS credentials for ${where}: add a step with aws-actions/configure-aws-credentials before this one, and permissions: id-token: write`,
      false,
    )
  }
  if (badCredentials.has(name)) {
    return new EcsError(
      call,
      name,
      said,
      `AWS does not accept the credentials for ${where}: ${name}: ${said || 'no reason given'}; renew them, or check the role that the workflow assumes`,
      false,
    )
  }
  if (denied.has(name)) {
    return new EcsError(
      call,
      name,
      said,
      `AWS refuses ${where}: ${said || 'access denied'}; allow the action ecs:${call} in the policy of the role that this workflow assumes`,
      false,
    )
  }
  if (typeof status === 'number' && status < 500) {
    const ids = Array.isArray(error.resourceIds) ? error.resourceIds.map(String) : []
    return new EcsError(call, name, said, `${where}: ${name}: ${said || 'no reason given'}`, false, ids)
  }
  if (typeof status === 'number' && status >= 500) {
    return new EcsError(
      call,
      name,
      said,
      `${where}: ECS failed with HTTP ${status} (${name}${said ? `: ${said}` : ''}); try again, AWS's health dashboard may say more`,
      true,
    )
  }
  const code = typeof error.code === 'string' ? error.code : name
  return new EcsError(
    call,
    code,
    said,
    `${where}: no answer from ${endpoint ?? `ECS in ${region}`} (${code}${said && said !== code ? `: ${said}` : ''}); check the region, the network and AWS_ENDPOINT_URL_ECS`,
    !neverSent.has(code),
  )
}
