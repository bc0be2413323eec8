/** Every way to get credentials is loaded when it is needed, and has to be in the bundle then. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeAll, expect, jest, test } from '@jest/globals'
import { afterFile } from '../world/afterwards.ts'
import { bundle } from '../world/bundle.ts'
import { Checkout, temporaryFolder } from '../world/checkout.ts'

jest.setTimeout(30_000)

const expiration = '2099-01-01T00:00:00Z'
const found = (AccessKeyId: string) => ({
  AccessKeyId,
  SecretAccessKey: 'secret',
  Token: 'token',
  Expiration: expiration,
})

/** What is answered at the paths that credentials come from. */
const sources: Readonly<Record<string, string>> = {
  '/container': JSON.stringify(found('CONTAINER')),
  '/latest/api/token': 'token',
  '/latest/meta-data/iam/security-credentials/': 'role',
  '/latest/meta-data/iam/security-credentials/role': JSON.stringify({ Code: 'Success', ...found('MACHINE') }),
  '/federation/credentials': JSON.stringify({
    roleCredentials: {
      accessKeyId: 'SSO',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: 4_070_908_800_000,
    },
  }),
}

const assumed = (
  action: string,
) => `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>
<Credentials><AccessKeyId>${action}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>${expiration}</Expiration></Credentials></${action}Result></${action}Response>`

const main = { clusterName: 'main', clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/main', status: 'ACTIVE' }

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** ECS, STS, SSO and the metadata of containers and machines in one; `keys` are those that ECS was asked with. */
async function openAws(): Promise<{ readonly url: string; readonly keys: string[] }> {
  const keys: string[] = []
  const server = createServer(async (request, response) => {
    const action = /(?:^|&)Action=(\w+)/.exec(await textOf(request))?.[1]
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (request.headers['x-amz-target']) {
      keys.push(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '')
      response.end(JSON.stringify({ clusters: [main], failures: [] }))
    } else response.end(action ? assumed(action) : sources[pathname])
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  afterFile(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys }
}

/** A home with files of credentials, and variables that name them. */
function home(files: Readonly<Record<string, string>>): Record<string, string> {
  const folder = temporaryFolder()
  mkdirSync(join(folder, '.aws/sso/cache'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return { HOME: folder }
}

const role = 'arn:aws:iam::123456789012:role/deploy'
const written = (key: string) => JSON.stringify({ Version: 1, AccessKeyId: key, SecretAccessKey: 'secret' })

const sso = `[profile sso]
sso_session = work
sso_account_id = 123456789012
sso_role_name = deploy
[sso-session work]
sso_start_url = https://example.com/start
sso_region = us-east-1
`
const token = JSON.stringify({ accessToken: 'token', expiresAt: expiration })
const tokenFile = `.aws/sso/cache/${createHash('sha1').update('work').digest('hex')}.json`

/** Variables by which credentials are found, given the address of everything. */
type Variables = (url: string) => Readonly<Record<string, string>>

const ways: [string, string, Variables][] = [
  ['the environment', 'ENVIRONMENT', () => ({ AWS_ACCESS_KEY_ID: 'ENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'secret' })],
  [
    'the token of a web identity',
    'AssumeRoleWithWebIdentity',
    url => {
      const { HOME = '' } = home({ token: 'a.b.c' })
      return { AWS_WEB_IDENTITY_TOKEN_FILE: join(HOME, 'token'), AWS_ROLE_ARN: role, AWS_ENDPOINT_URL_STS: url }
    },
  ],
  ['a container', 'CONTAINER', url => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/container` })],
  ['a machine', 'MACHINE', url => ({ AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: url })],
  [
    'a profile',
    'PROFILE',
    () => ({
      ...home({ '.aws/credentials': '[work]\naws_access_key_id = PROFILE\naws_secret_access_key = secret\n' }),
      AWS_PROFILE: 'work',
    }),
  ],
  [
    'a profile that assumes a role',
    'AssumeRole',
    url => ({
      ...home({
        '.aws/credentials': '[base]\naws_access_key_id = BASE\naws_secret_access_key = secret\n',
        '.aws/config': `[profile work]\nrole_arn = ${role}\nsource_profile = base\nregion = us-east-1\n`,
      }),
      AWS_PROFILE: 'work',
      AWS_ENDPOINT_URL_STS: url,
    }),
  ],
  [
    'a process',
    'PROCESS',
    () => ({
      ...home({ '.aws/config': `[profile work]\ncredential_process = echo '${written('PROCESS')}'\n` }),
      AWS_PROFILE: 'work',
    }),
  ],
  [
    'single sign-on',
    'SSO',
    url => ({ ...home({ '.aws/config': sso, [tokenFile]: token }), AWS_PROFILE: 'sso', AWS_ENDPOINT_URL_SSO: url }),
  ],
]

beforeAll(() => {
  bundle()
}, 240_000)

test.each(ways)('credentials of %s', async (_what, key, variables) => {
  const { url, keys } = await openAws()
  const here = new Checkout(url).write({
    'particles/main.yml': 'flavor: ecs_cluster\npcf_name: main\naws_resource: { clusterName: main }\n',
  })
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
  const { code, stdout } = await here.step({ command: 'plan' }, { env: { ...none, ...variables(url) } })
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Nothing to do') })
  expect(keys).toEqual([key])
})
