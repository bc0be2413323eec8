/**
 * Artifacts between jobs by GitHub's own client, `@actions/artifact`: the service that it asks, in memory, and actions that are
 * made with it.
 */
import { cpSync, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../world/bundle.ts'
import { temporaryFolder } from '../world/checkout.ts'

const actions = ['upload', 'download']

/** A folder with an action for each action. @param client where `script/act` has put the client */
export async function artifactActions(client: string): Promise<string> {
  const packages = join(client, 'node_modules')
  if (!existsSync(packages)) throw new Error(`there is no client of artifacts in ${client}: run script/act again`)
  const [sources, folder] = [join(import.meta.dirname, 'artifacts'), temporaryFolder()]
  for (const action of actions) cpSync(join(sources, action), join(folder, action), { recursive: true })
  await build({
    entryPoints: actions.map(action => join(sources, action, 'index.mjs')),
    outbase: sources,
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    // The client's storage library looks where it lies.
    define: { 'import.meta.url': 'ownAddress' },
    banner: { js: "const ownAddress = require('node:url').pathToFileURL(__filename).href" },
    nodePaths: [packages, join(root, 'node_modules')],
    logLevel: 'error',
  })
  return folder
}

interface Artifact {
  readonly id: number
  readonly run: string
  readonly name: string
  readonly blocks: Map<string, Buffer>
  content?: Buffer
  hash?: string
}

/** The body of a call: names and ids are texts. */
type Request = Readonly<Record<string, string | undefined>>

export class ArtifactService {
  readonly #artifacts: Artifact[] = []
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  async start(): Promise<void> {
    await new Promise<void>(started => this.#server.listen(0, '127.0.0.1', started))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(stopped => this.#server.close(stopped))
  }

  /** What tells a job where its run's artifacts are. The client reads the run in the token, which nobody checks here. */
  environment(run: number): Record<string, string> {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const scope = `Actions.Results:run-${run}:job`
    const token = `${part({ alg: 'none' })}.${part({ scp: scope })}.`
    return { ACTIONS_RESULTS_URL: `${this.#url}/`, ACTIONS_RUNTIME_TOKEN: token }
  }

  /** Names of a run's artifacts, of all attempts together. */
  names(run: number): string[] {
    return this.#artifacts.filter(one => one.run === `run-${run}`).map(({ name }) => name)
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const { pathname, searchParams } = new URL(request.url ?? '', this.#url)
    const [, call] = /\.ArtifactService\/(\w+)$/.exec(pathname) ?? []
    if (!call) return this.#blob(request.method, pathname, searchParams, body, response)
    const [status, answer] = this.#call(call, JSON.parse(String(body)))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #call(call: string, given: Request): [status: number, answer: object] {
    const { workflow_run_backend_id: run = '', workflow_job_run_backend_id: job, name = '' } = given
    const found = this.#artifacts.find(one => one.run === run && one.name === name)
    switch (call) {
      case 'CreateArtifact': {
        if (found) return [409, { msg: 'an artifact with this name already exists on the workflow run' }]
        const id = this.#artifacts.push({ id: this.#artifacts.length + 1, run, name, blocks: new Map() })
        return [200, { ok: true, signed_upload_url: `${this.#url}/blobs/${id}?sig=none` }]
      }
      case 'FinalizeArtifact': {
        if (found && given.hash) found.hash = given.hash
        return [200, { ok: found !== undefined, artifact_id: String(found?.id) }]
      }
      case 'ListArtifacts': {
        const wanted = (one: Artifact) =>
          one.run === run &&
          (given.name_filter ?? one.name) === one.name &&
          (given.id_filter ?? String(one.id)) === String(one.id)
        const ids = { workflow_run_backend_id: run, workflow_job_run_backend_id: job }
        const artifacts = this.#artifacts.filter(wanted).map(({ id, name, content, hash }) => ({
          ...ids,
          database_id: String(id),
          name,
          size: String(content?.length ?? 0),
          ...(hash && { digest: hash }),
        }))
        return [200, { artifacts }]
      }
      case 'GetSignedArtifactURL':
        return found ? [200, { signed_url: `${this.#url}/blobs/${found.id}?sig=none` }] : [404, { msg: 'not found' }]
      default:
        return [501, { msg: `${call} is not known here` }]
    }
  }

  /** As the storage behind takes it: one piece, or blocks and then the list of them. */
  #blob(method = '', path: string, query: URLSearchParams, body: Buffer, response: ServerResponse): void {
    const artifact = this.#artifacts[Number(/^\/blobs\/(\d+)$/.exec(path)?.[1]) - 1]
    if (!artifact || (method !== 'PUT' && !artifact.content)) return void response.writeHead(404).end()
    if (method !== 'PUT')
      return void response.writeHead(200, { 'content-type': 'application/zip' }).end(artifact.content)
    if (query.get('comp') === 'block') artifact.blocks.set(query.get('blockid') ?? '', body)
    else if (query.get('comp') === 'blocklist') {
      const listed = [...String(body).matchAll(/<(?:Latest|Uncommitted)>([^<]+)</g)].map(([, id = '']) => id)
      artifact.content = Buffer.concat(listed.map(id => artifact.blocks.get(id) ?? Buffer.alloc(0)))
    } else artifact.content = body
    response.writeHead(201, { etag: '"1"', 'last-modified': new Date(0).toUTCString() }).end()
  }
}
