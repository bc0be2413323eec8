/** What the bundle loads before it does anything, which every run waits for. */
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from '@jest/globals'
import { bundle } from '../world/bundle.ts'

let text: string

beforeAll(() => {
  text = readFileSync(bundle(), 'utf8')
}, 240_000)

test('index.js has 1.3 MB at most', () => {
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_300_000)
})

test.each([
  ['the HTTP client of GitHub’s toolkit', 'undici'],
  ['the client of GitHub', 'octokit'],
  ['OIDC tokens of GitHub', 'ACTIONS_ID_TOKEN_REQUEST_URL'],
  ['credentials of profiles', 'source_profile'],
  ['credentials of a web identity', 'AssumeRoleWithWebIdentity'],
  ['credentials of processes', 'credential_process'],
  ['credentials of containers', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'],
  ['single sign-on', 'sso_start_url'],
  ['the client of CloudWatch Logs', 'Logs_20140328'],
  ['web streams, which Node loads when they are named', 'ReadableStream=='],
  ['Web Crypto, as the global that loads it', 'typeof crypto'],
])('%s: loaded when it is needed', (_what, mark) => {
  expect(text.includes(mark)).toBe(false)
})
