import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type AdminRequest, administer, state } from './admin.ts'
import type { Scheduled } from './clock.ts'
import { EcsError, serialization } from './errors.ts'
import { Simulator, type SimulatorOptions } from './simulator.ts'

export interface ServerOptions extends SimulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number
  readonly host?: string
  /**
   * Virtual time waits for calls of the sleepers that it has woken, so that calls of minutes do not come all at once.
   * Each jump takes a few milliseconds longer; for tests that measure how calls are spread.
   */
  readonly unhurried?: boolean
}

/** A simulator with a door to it: the SDK's `endpoint`, or `AWS_ENDPOINT_URL_ECS`, is its `url`. */
export interface RunningSimulator extends Simulator {
  readonly url: string
  /** Resolves once so many virtual milliseconds have passed, and makes them pass when nothing is under way; the signal's reason rejects it. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

const targetPrefix = 'AmazonEC2ContainerServiceV20141113.'

/** Starts a simulator on loopback. */
export async function startSimulator(options: ServerOptions = {}): Promise<RunningSimulator> {
  const simulator = new Simulator(options)
  let underWay = 0
  const server = createServer((request, response) => {
    underWay++
    response.on('close', () => underWay--)
    answer(simulator, request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify({ __type: 'InternalFailure', message: String((error as Error)?.stack ?? error) }))
    })
  })
  // A client keeps its connections; a connection closed between two calls would look like an injected fault.
  server.keepAliveTimeout = 60_000
  const { host = '127.0.0.1', port = 0 } = options
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const url = `http://${host}:${(server.address() as AddressInfo).port}`
  return Object.assign(simulator, {
    url,
    sleep: sleeper(simulator, () => underWay === 0, options.unhurried === true),
    close: () => close(server),
  })
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise(resolve => server.close(() => resolve()))
}

async function answer(simulator: Simulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await read(request)
  if (request.url?.startsWith('/_simulator')) {
    const [status, answered] = backDoor(simulator, request.method, body)
    send(simulator, response, status, JSON.stringify(answered))
    return
  }
  let reply: ReturnType<Simulator['handle']>
  try {
    const region = regionOf(request)
    reply = simulator.handle(region, operationIn(request), parse(body))
  } catch (error) {
    if (!(error instanceof EcsError)) throw error
    reply = { status: error.status, body: { __type: error.name, message: error.message } }
  }
  if ('silent' in reply) return
  if ('cut' in reply) {
    request.socket.destroy()
    return
  }
  const { status, body: answered, text = JSON.stringify(answered), delaySeconds } = reply
  if (delaySeconds === undefined) send(simulator, response, status, text)
  else later(simulator, delaySeconds, () => send(simulator, response, status, text))
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function send({ clock }: Simulator, response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    date: clock.date().toUTCString(),
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': crypto.randomUUID(),
  })
  response.end(body)
}

/** The credential scope of the signature names the region. The signature itself is not checked: any key will do. */
function regionOf(request: IncomingMessage): string {
  const scope = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? '')
  if (!scope?.[1]) throw new EcsError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  if (scope[2] !== 'ecs')
    throw new EcsError('InvalidSignatureException', `Credential should be scoped to correct service: 'ecs'.`)
  return scope[1]
}

function operationIn(request: IncomingMessage): string {
  const target = String(request.headers['x-amz-target'] ?? '')
  if (!target.startsWith(targetPrefix)) throw new EcsError('UnknownOperationException', '')
  return target.slice(targetPrefix.length)
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body)
  } catch {
    throw serialization('Unable to parse the request body as JSON.')
  }
}

function backDoor(simulator: Simulator, method: string | undefined, body: string): [number, unknown] {
  try {
    return [200, method === 'POST' ? administer(simulator, JSON.parse(body) as AdminRequest) : state(simulator)]
  } catch (error) {
    return [400, { message: (error as Error).message }]
  }
}

/** An answer that waits for virtual time needs a real timer when that time runs by itself. */
function later(simulator: Simulator, seconds: number, run: () => void): void {
  simulator.clock.schedule(seconds * 1000, run)
  const { speed } = simulator.clock
  if (speed > 0) setTimeout(() => simulator.clock.catchUp(), (seconds * 1000) / speed + 1).unref()
}

/** Milliseconds that the clock rests at most after many sleepers were woken at once, and before any was: a client starts up. */
const longestStill = 20
const firstStill = 200

/** Sleepers in virtual time: when all is quiet, the clock jumps to the first of them. */
function sleeper(simulator: Simulator, quiet: () => boolean, unhurried: boolean) {
  const { clock } = simulator
  const sleepers = new Set<Scheduled>()
  let pumping = false
  /** Checks since the last request was under way, and how many sleepers were woken then. */
  let still = 0
  let lastWoken = firstStill
  const pump = () => {
    if (sleepers.size === 0) {
      pumping = false
      return
    }
    clock.catchUp()
    still = quiet() ? still + 1 : 0
    if (clock.speed === 0 && still > (unhurried ? lastWoken : 0)) {
      const next = Math.min(...[...sleepers].map(({ at }) => at))
      lastWoken = Math.min([...sleepers].filter(({ at }) => at === next).length, longestStill)
      clock.advance(Math.max(0, next - clock.now))
      still = 0
    }
    setTimeout(pump, 1)
  }
  return (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const wakeUp = clock.schedule(milliseconds, () => {
        sleepers.delete(wakeUp)
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      const abort = () => {
        sleepers.delete(wakeUp)
        wakeUp.cancel()
        reject(signal?.reason)
      }
      sleepers.add(wakeUp)
      signal?.addEventListener('abort', abort, { once: true })
      if (!pumping) {
        pumping = true
        setTimeout(pump, 1)
      }
    })
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      speed: { type: 'string', default: '1' },
      'account-id': { type: 'string' },
      'step-seconds': { type: 'string' },
      'consistency-seconds': { type: 'string' },
      'no-throttling': { type: 'boolean', default: false },
      'no-reorder': { type: 'boolean', default: false },
    },
  })
  const simulator = await startSimulator({
    port: Number(values.port),
    host: values.host,
    speed: Number(values.speed),
    throttling: !values['no-throttling'],
    reorder: !values['no-reorder'],
    ...(values['account-id'] !== undefined && { accountId: values['account-id'] }),
    ...(values['step-seconds'] !== undefined && { stepSeconds: Number(values['step-seconds']) }),
    ...(values['consistency-seconds'] !== undefined && { consistencySeconds: Number(values['consistency-seconds']) }),
  })
  process.stdout.write(`${simulator.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close())
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main()
