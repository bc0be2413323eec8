/**
 * Preloaded into the bundle's process: its clock is the simulator's, and waiting takes no time. When nothing is under way,
 * both clocks jump to the first timer. What is drawn by lot is the same in every run.
 *
 * `VIRTUAL_SIGNAL=SIGTERM@21` sends the process a signal so many virtual seconds after its first call to AWS.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import { Agent, request } from 'node:http'

const backDoor = new URL('/_simulator', process.env.AWS_ENDPOINT_URL_ECS)
const { setTimeout: realTimeout, clearTimeout: realClear, Date: RealDate } = globalThis

/** Waits shorter than this gather calls of one moment: they are real, and time stands still meanwhile. Milliseconds. */
const real = 50

/** Looks, a millisecond apart, at which nothing was under way, until time moves on. */
const looks = 3

/** Calls, and short waits, that have not ended. */
let underWay = 0

const [signal, after] = process.env.VIRTUAL_SIGNAL?.split('@') ?? []
let isToCome = after !== undefined

interface Requests {
  addRequest(request: EventEmitter & { readonly path: string }, ...given: unknown[]): void
}

// Node's own channel tells of a request only once it has a connection.
const agents = Agent.prototype as unknown as Requests
const { addRequest } = agents
agents.addRequest = function (request, ...given) {
  if (request.path !== backDoor.pathname) {
    underWay++
    request.once('close', () => underWay--)
    if (isToCome) setTimeout(() => process.kill(process.pid, signal), Number(after) * 1000)
    isToCome = false
  }
  addRequest.call(this, request, ...given)
}

subscribe('undici:request:create', () => underWay++)
for (const end of ['trailers', 'error']) subscribe(`undici:request:${end}`, () => underWay--)

/** What time it is in the simulator, after so many milliseconds more. */
function timeAfter(milliseconds: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    request(backDoor, { method: 'POST', agent: false }, answer => {
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve((JSON.parse(text) as { now: number }).now))
    })
      .on('error', reject)
      .end(JSON.stringify({ action: 'advance', seconds: milliseconds / 1000 }))
  })
}

let now = await timeAfter(0)

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [now], made),
  get: (target, name) => (name === 'now' ? () => now : Reflect.get(target, name)),
})

let seed = 1
Math.random = () => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}

class VirtualTimer {
  constructor(
    readonly at: number,
    readonly run: () => void,
  ) {}
  /** What a process does not wait for is a library's housekeeping of connections, for which time stands still. */
  unref(): this {
    timers.delete(this)
    return this
  }
  refresh(): this {
    return this
  }
}

const timers = new Set<VirtualTimer>()
const shortWaits = new Set<NodeJS.Timeout>()

function clear(timer: unknown): void {
  if (timer instanceof VirtualTimer) timers.delete(timer)
  else {
    if (shortWaits.delete(timer as NodeJS.Timeout)) underWay--
    realClear(timer as NodeJS.Timeout)
  }
}

function virtualTimeout(run: (...given: unknown[]) => void, milliseconds = 0, ...given: unknown[]): unknown {
  if (milliseconds >= real) {
    const timer = new VirtualTimer(now + milliseconds, () => run(...given))
    timers.add(timer)
    return timer
  }
  const timer = realTimeout(() => {
    clear(timer)
    run(...given)
  }, milliseconds)
  shortWaits.add(timer)
  underWay++
  return timer
}

Object.assign(globalThis, { setTimeout: virtualTimeout, clearTimeout: clear })

/** Timers of one moment run in the order in which they were set. */
async function jump(): Promise<void> {
  const next = Math.min(...[...timers].map(({ at }) => at))
  now = await timeAfter(Math.max(0, next - now))
  for (const timer of [...timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)) {
    if (timers.delete(timer)) timer.run()
  }
}

let still = 0
async function look(): Promise<void> {
  still = underWay === 0 ? still + 1 : 0
  if (still >= looks && timers.size > 0) {
    still = 0
    await jump()
  }
  realTimeout(look, 1)
}
realTimeout(look, 1)
