import { markWithin } from '../untrusted.ts'

type FailedCall = Pick<EcsError, 'call' | 'code' | 'said' | 'message' | 'unsure'> &
  Partial<Pick<EcsError, 'resourceIds'>>

/** A call that ECS refused, or whose answer never came. `message` is one line for people, ECS's words in it marked. */
export class EcsError extends Error {
  readonly call: string
  /** ECS's own code, such as `ClusterNotFoundException`, or Node's, such as `ECONNREFUSED`. */
  readonly code: string
  /** ECS's own sentence, without this tool's words and without marks. */
  readonly said: string
  /** The answer was lost, and the call may have been carried out. Describe the resource before trying again. */
  readonly unsure: boolean
  /** With a ConflictException: ARNs of the tasks that the client token has started already. */
  readonly resourceIds: readonly string[]

  constructor({ call, code, said, message, unsure, resourceIds = [] }: FailedCall) {
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

/** ECS refused because the calls in the account came too fast: nothing was done. */
export const isThrottled = (error: unknown): boolean => error instanceof EcsError && throttled.has(error.code)

const denied = new Set(['AccessDeniedException', 'UnauthorizedOperation', 'AccessDenied'])

/** IAM refused the call: nothing was done. */
export const isDenied = (error: unknown): boolean => error instanceof EcsError && denied.has(error.code)

/** Something that a call names is not there, such as a cluster or a service. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof EcsError && error.code.endsWith('NotFoundException')

/** One of these codes, or a sentence that holds one of these texts. */
export function isEcs(error: unknown, ...codesOrTexts: readonly string[]): error is EcsError {
  return (
    error instanceof EcsError &&
    codesOrTexts.some(some => error.code === some || (some.includes(' ') && error.said.includes(some)))
  )
}

/** The same error after an attempt whose answer was lost: ECS may have carried out that attempt. */
export const asUnsure = (error: EcsError): EcsError => new EcsError({ ...error, message: error.message, unsure: true })

const noCredentials = 'NoCredentials'
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

/** An answer without the members that its call always has. What ECS has done is not known. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
  readonly $metadata: { readonly httpStatusCode?: number }

  constructor({ $metadata = {} }: Pick<Thrown, '$metadata'>) {
    super()
    this.$metadata = $metadata
  }
}

/**
 * Names of errors that are no refusal of ECS: the SDK's for a body that is no JSON, and for an error that does not say which. A
 * proxy answers so, and a body that was cut off reads so.
 */
const unreadable = new Set(['UnreadableAnswer', 'SyntaxError', 'Unknown'])

/** ECS gave no answer, or none now: the same call may be answered a moment later. */
export const isPassing = (error: EcsError): boolean => error.unsure || isThrottled(error) || isUnreached(error)

/** ECS has understood the call and refuses what it asks for: the same call would be refused again. */
export const isRefusal = (error: EcsError): boolean =>
  !isPassing(error) && error.code !== noCredentials && !badCredentials.has(error.code)

/** An error of the SDK's, of Node's, or anything else that was thrown. */
interface Thrown {
  readonly name?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly resourceIds?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
}

const textOf = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise)

/** Turns any error of the SDK into one sentence: what is wrong, where, and what to do. */
export function ecsErrorOf(thrown: unknown, call: string, region: string, endpoint: string | undefined): EcsError {
  if (thrown instanceof EcsError) return thrown
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as Thrown
  const name = textOf(error.name, 'Error')
  const said = textOf(error.message, '').replace(/\s+/g, ' ').trim()
  const status = error.$metadata?.httpStatusCode
  const where = `ecs:${call} in ${region}`
  const failed = (code: string, message: string, more: Partial<FailedCall> = {}) =>
    new EcsError({ call, code, said, message, unsure: false, ...more })

  const unauthorized = credentialsSentence(name, said, where, call)
  if (unauthorized) return failed(credentials.has(name) ? noCredentials : name, unauthorized)
  if (typeof status !== 'number') {
    const code = textOf(error.code, name)
    const message = `${where}: no answer from ${endpoint ?? `ECS in ${region}`} (${code}${said && said !== code ? `: ${said}` : ''}); check the region, the network and AWS_ENDPOINT_URL_ECS`
    return failed(code, message, { unsure: !neverSent.has(code) })
  }
  if (status >= 500) {
    const message = `${where}: ECS failed with HTTP ${status} (${name}${said ? `: ${said}` : ''}); try again, AWS's health dashboard may say more`
    return failed(name, message, { unsure: true })
  }
  if (unreadable.has(name) || status < 300) {
    // The parser's own words repeat a piece of the answer, in which a hidden value may stand cut off.
    const message = `${where}: the answer cannot be read (HTTP ${status}); try again, and look for a proxy between this runner and AWS`
    return failed('UnreadableAnswer', message, { said: '', unsure: true })
  }
  const resourceIds = Array.isArray(error.resourceIds) ? error.resourceIds.map(String) : []
  return failed(name, `${where}: ${name}: ${said || 'no reason given'}`, { resourceIds })
}

/** For credentials that are missing, not accepted or not sufficient. */
function credentialsSentence(name: string, said: string, where: string, call: string): string | undefined {
  if (credentials.has(name))
    return `no AWS credentials for ${where}: add a step with aws-actions/configure-aws-credentials before this one, and permissions: id-token: write`
  if (badCredentials.has(name))
    return `AWS does not accept the credentials for ${where}: ${name}: ${said || 'no reason given'}; renew them, or check the role that the workflow assumes`
  if (denied.has(name))
    return `AWS refuses ${where}: ${said || 'access denied'}; allow the action ecs:${call} in the policy of the role that this workflow assumes`
  return undefined
}
