import { describe, expect, test } from '@jest/globals'
import { EcsError, ecsErrorOf, isDenied, isEcs, isThrottled, isUnreached } from '../../src/ecs/errors.ts'
import { untrusted as marked, withoutMarks } from '../../src/untrusted.ts'

const thrown = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more })

const answered = (status: number) => ({ $metadata: { httpStatusCode: status } })

const explained = (error: unknown, endpoint?: string) => ecsErrorOf(error, 'UpdateService', 'us-east-1', endpoint)

describe('what went wrong', () => {
  test.each<[string, unknown, boolean]>([
    ['a refusal', thrown('InvalidParameterException', 'no', answered(400)), false],
    ['a server that failed', thrown('ServerException', 'no', answered(500)), true],
    ['a gateway that failed', thrown('Unknown', '', answered(502)), true],
    ['a connection that was never made', thrown('Error', 'connect', { code: 'ECONNREFUSED' }), false],
    ['a name that nobody knows', thrown('Error', 'getaddrinfo', { code: 'ENOTFOUND' }), false],
    ['a connection that was cut', thrown('Error', 'socket hang up', { code: 'ECONNRESET' }), true],
    ['an answer that never came', thrown('TimeoutError', 'timed out'), true],
    ['missing credentials', thrown('CredentialsProviderError', 'none'), false],
    ['credentials that have expired', thrown('ExpiredTokenException', 'expired', answered(403)), false],
    ['a missing right', thrown('AccessDeniedException', 'not authorized', answered(400)), false],
    ['something that is no error at all', 'what?', true],
  ])('%s', (_name, error, unsure) => {
    const { message, unsure: found, call } = explained(error)
    expect([found, call]).toEqual([unsure, 'UpdateService'])
    expect(message).not.toMatch(/\n/)
    expect(message).toContain('ecs:UpdateService')
  })

  test('is one line, in ECS’s words', () => {
    const { message, said } = explained(thrown('ClientException', 'one\n  two', answered(400)))
    expect(said).toBe('one two')
    expect(message).toBe(`ecs:UpdateService in us-east-1: ClientException: ${marked('one two')}`)
  })

  test('on the way there says where', () => {
    expect(
      withoutMarks(explained(thrown('Error', 'connect ECONNREFUSED', { code: 'ECONNREFUSED' }), 'http://x').message),
    ).toBe(
      'ecs:UpdateService in us-east-1: no answer from http://x (ECONNREFUSED: connect ECONNREFUSED); check the region, the network and AWS_ENDPOINT_URL_ECS',
    )
  })

  test('keeps the tasks that a token has started', () => {
    const conflict = thrown('ConflictException', 'no', { ...answered(400), resourceIds: ['arn:1'] })
    expect(explained(conflict).resourceIds).toEqual(['arn:1'])
  })

  test('is not explained twice', () => {
    const once = explained(thrown('ClientException', 'no', answered(400)))
    expect(explained(once)).toBe(once)
  })
})

test('questions', () => {
  const of = (code: string, said = '') =>
    new EcsError({ call: 'UpdateService', code, said, message: said, unsure: false })
  expect([isThrottled(of('ThrottlingException')), isThrottled(of('ClientException'))]).toEqual([true, false])
  expect([isDenied(of('AccessDeniedException')), isDenied(of('ClientException'))]).toEqual([true, false])
  expect([isUnreached(of('ECONNREFUSED')), isUnreached(of('ECONNRESET'))]).toEqual([true, false])
  expect(isEcs(of('A'), 'B', 'A')).toBe(true)
  expect(isEcs(of('A', 'it is still Draining, wait'), 'still Draining')).toBe(true)
  // One word is a code, never a part of a sentence.
  expect(isEcs(of('A', 'Draining'), 'Draining')).toBe(false)
  expect(isEcs(new Error('A'), 'A')).toBe(false)
})
