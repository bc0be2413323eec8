/**
 * What a reviewer sees, drawn by a browser from the texts that runs of the bundle have written: Markdown by a real parser of GitHub's
 * dialect, only the tags that GitHub lets through, its style sheet, and Mermaid itself. Started by `script/pictures`, which
 * brings what this needs.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { hostileContext, hostilePlan, hostileReport, hostileText } from '../__tests__/render/hostile.ts'
import { renderPlan } from '../src/render/plan.ts'
import { renderReport } from '../src/render/report.ts'

const root = join(import.meta.dirname, '..')
const texts = join(root, '__tests__/golden/texts')
const tools = process.env.PICTURES_TOOLS ?? ''
const chromium = process.env.CHROMIUM ?? ''
if (tools === '' || chromium === '') {
  process.stderr.write('start script/pictures, which brings what this needs\n')
  process.exit(1)
}

/** At most so many bytes for a picture that is kept. */
const MOST = 150_000

// Packages of the other folder have no types here. This is what is used of them.
type Micromark = (
  text: string,
  options: { allowDangerousHtml: boolean; extensions: unknown[]; htmlExtensions: unknown[] },
) => string
interface Processor {
  use(plugin: unknown, options?: unknown): Processor
  data(key: string, value: unknown): Processor
  processSync(text: string): { toString(): string }
}
interface Image {
  png(options: Record<string, unknown>): Image
  toBuffer(): Promise<Buffer>
}

const from = createRequire(join(tools, 'package.json'))
async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(from.resolve(name)).href)) as T
}
const { micromark } = await load<{ micromark: Micromark }>('micromark')
const { gfm, gfmHtml } = await load<{ gfm: () => unknown; gfmHtml: () => unknown }>('micromark-extension-gfm')
const { rehype } = await load<{ rehype: () => Processor }>('rehype')
const { default: sanitize } = await load<{ default: unknown }>('rehype-sanitize')
const { default: sharp } = await load<{ default: (picture: Buffer) => Image }>('sharp')

/** Markdown to what GitHub shows. The schema that is the sanitizer's own is GitHub's. */
const toHtml = (markdown: string): string =>
  rehype()
    .data('settings', { fragment: true })
    .use(sanitize)
    .processSync(micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] }))
    .toString()

/** Where a text stands, which the middle of its file's name says: `failed.comment.md`. */
type Place = 'comment' | 'check' | 'summary'
interface Picture {
  readonly name: string
  /** Files of texts, one under the other. */
  readonly faces: readonly string[]
  readonly dark?: boolean
  /** Words of the summaries that are unfolded. */
  readonly unfold?: readonly string[]
  /** The first screen is enough of what is long. */
  readonly height?: number
  /** Width of the window in CSS pixels; without one, that of the widest face. */
  readonly width?: number
}

/** What a face has room for in a wide window, in CSS pixels. */
const widths: Readonly<Record<Place, number>> = { comment: 880, check: 900, summary: 1050 }
const bars: Readonly<Record<Place, string>> = {
  comment: '<b>github-actions</b> <i>bot</i> commented',
  check: '<b>particles / production</b>',
  summary: '<b>particles</b> summary',
}

/** The same in the light and in the dark, for readers' own choice. */
const inBoth = (picture: Picture): readonly Picture[] => [
  picture,
  { ...picture, name: `${picture.name}-dark`, dark: true },
]

/** What is kept. */
const kept: readonly Picture[] = [
  ...inBoth({ name: 'plan', faces: ['decide.comment.md'] }),
  { name: 'plan-unfolded', faces: ['decide.comment.md'], unfold: ['definition:web', 'service:web', 'Order'] },
  { name: 'calm', faces: ['nothing.comment.md', 'calm.comment.md', 'applied.comment.md'] },
  ...inBoth({ name: 'failed', faces: ['failed-job.comment.md'] }),
  { name: 'rolled-back', faces: ['failed.comment.md'], unfold: ['ECS said'] },
  { name: 'paused', faces: ['paused.comment.md'] },
  { name: 'not-its-own', faces: ['not-its-own.comment.md'] },
  { name: 'refused', faces: ['refused.comment.md'] },
  { name: 'problems', faces: ['problems.comment.md', 'fork.summary.md'] },
  { name: 'many', faces: ['hundreds.comment.md'], height: 900 },
  { name: 'hostile', faces: ['hostile.comment.md'] },
]

/** Windows in which every face is to be looked at: beside something else, and alone on a small screen. */
const windows = [640, 1280]

/** Every face there is, in the light as it comes and in the dark unfolded, narrow and wide. */
const everything = (): readonly Picture[] =>
  readdirSync(texts)
    .filter(file => file.endsWith('.md'))
    .sort()
    .flatMap(file =>
      windows.flatMap(width => [
        { name: `${file}.${width}`, faces: [file], width },
        { name: `${file}.${width}.dark`, faces: [file], width, dark: true, unfold: [''] },
      ]),
    )

const placeOf = (file: string): Place => {
  const [, place] = /\.(check|summary)\.md$/.exec(file) ?? []
  return (place ?? 'comment') as Place
}

/** The browser, spoken to over a pipe (https://chromedevtools.github.io/devtools-protocol/): messages end with a zero byte. */
async function openBrowser() {
  const profile = mkdtempSync(join(tmpdir(), 'ecs-particles-browser-'))
  const child = spawn(
    chromium,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--hide-scrollbars',
      '--allow-file-access-from-files',
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  )
  const [to, back] = [child.stdio[3] as Writable, child.stdio[4] as Readable]
  const answers = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  const loaded: (() => void)[] = []
  let rest = ''
  back.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages) {
      const { id, method, result, error } = JSON.parse(message)
      if (method === 'Page.loadEventFired') for (const tell of loaded.splice(0)) tell()
      const waiting = answers.get(id)
      answers.delete(id)
      if (error) waiting?.reject(new Error(error.message))
      else waiting?.resolve(result)
    }
  })
  const ended = new Promise<void>(resolve => {
    child.on('exit', () => {
      for (const { reject } of answers.values()) reject(new Error('the browser has ended'))
      resolve()
    })
  })
  let last = 0
  let session: string | undefined
  const call = <T>(method: string, params: Record<string, unknown> = {}): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      answers.set(++last, { resolve: result => resolve(result as T), reject })
      to.write(`${JSON.stringify({ id: last, method, params, ...(session && { sessionId: session }) })}\0`)
    })
  const { targetId } = await call<{ targetId: string }>('Target.createTarget', { url: 'about:blank' })
  session = (await call<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })).sessionId
  await call('Page.enable')
  return {
    call,
    async open(url: string) {
      const load = new Promise<void>(resolve => loaded.push(resolve))
      await call('Page.navigate', { url })
      await load
    },
    async evaluate<T>(expression: string): Promise<T> {
      const { result, exceptionDetails } = await call<{
        result: { value: T }
        exceptionDetails?: { text: string; exception?: { description?: string } }
      }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
      return result.value
    },
    async close() {
      session = undefined
      await Promise.race([call('Browser.close').catch(() => {}), ended])
      await ended
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

const problems: string[] = []
const write = (text: string) => process.stdout.write(`${text}\n`)
const problem = (text: string) => {
  problems.push(text)
  write(`  ${text}`)
}

/** What carries the text's structure: hostile words must not make more or less of it. Lists may be shorter where two words are one. */
const counted = ['h3', 'details', 'summary', 'table', 'tr', 'td', 'br']
/** What else a text is made of. */
const allowed = new Set([
  ...counted,
  'a',
  'b',
  'blockquote',
  'code',
  'li',
  'ol',
  'p',
  'pre',
  'span',
  'strong',
  'tbody',
  'th',
  'thead',
  'ul',
])

function shapeOf(html: string): { readonly tags: readonly string[]; readonly addresses: readonly string[] } {
  const tags = [...html.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, tag = '']) => tag)
  return { tags, addresses: [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address = '']) => address) }
}

/** Hostile words through the real parser: the page is built as it is with harmless ones. Returns texts that have pictures. */
function attack(): readonly string[] {
  const samples = fc.sample(fc.array(hostileText, { minLength: 3, maxLength: 12 }), { numRuns: 400, seed: 7 })
  const drawn: string[] = []
  samples.forEach((words, index) => {
    const [steps, result] = [1 + (index % 6), index % 6]
    const render = (texts: readonly string[]): string => {
      const { problems: found, skipped, ...context } = hostileContext(texts, 1 << 24)
      const plan = hostilePlan(texts, steps, 3)
      if (index % 2) return renderReport(hostileReport(texts, steps, result), plan, context).text
      return renderPlan(plan, { ...context, ...(index % 4 === 0 && found && skipped && { problems: found, skipped }) })
        .text
    }
    const text = render(words)
    const [is, was] = [shapeOf(toHtml(text)), shapeOf(toHtml(render(['harmless', 'words', 'alone'])))]
    const number = (all: readonly string[], tag: string) => all.filter(each => each === tag).length
    const wrong = [
      ...counted.filter(tag => number(is.tags, tag) !== number(was.tags, tag)),
      ...is.tags.filter(tag => !allowed.has(tag)),
    ]
    if (wrong.length > 0) problem(`hostile text ${JSON.stringify(words)} makes other ${wrong.join(', ')}`)
    for (const address of is.addresses)
      if (!address.startsWith('https://github.com/'))
        problem(`hostile text ${JSON.stringify(words)} links to ${address}`)
    if (index % 8 === 0 && text.includes('mermaid')) drawn.push(text)
  })
  write(`${samples.length} hostile texts parsed`)
  return drawn
}

const browser = await openBrowser()
const page = join(mkdtempSync(join(tmpdir(), 'ecs-particles-page-')), 'page.html')
try {
  const [flag, folder] = process.argv.slice(2)
  const isAll = flag === '--all' && folder !== undefined
  const target = isAll ? resolve(folder) : join(root, 'docs/pictures')
  mkdirSync(target, { recursive: true })
  writeFileSync(
    page,
    readFileSync(join(root, 'script/pictures.html'), 'utf8').replace(
      'TOOLS/',
      `${pathToFileURL(join(tools, 'node_modules')).href}/`,
    ),
  )

  const draw = async (
    faces: readonly { readonly html: string; readonly place: Place }[],
    { dark = false, unfold = [], width = Math.max(...faces.map(({ place }) => widths[place])) }: Partial<Picture>,
  ) => {
    const scale = { deviceScaleFactor: 1.5, mobile: false }
    await browser.call('Emulation.setDeviceMetricsOverride', { width, height: 800, ...scale })
    await browser.call('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }],
    })
    const given = {
      faces: faces.map(({ html, place }) => ({
        html,
        bar: bars[place],
        document: place !== 'comment',
        most: widths[place],
      })),
      dark,
      unfold,
    }
    const seen = await browser.evaluate<{ height: number; problems: string[] }>(`draw(${JSON.stringify(given)})`)
    return { ...seen, width, scale }
  }

  await browser.open(pathToFileURL(page).href)
  for (const picture of isAll ? everything() : kept) {
    const faces = picture.faces.map(file => ({
      html: toHtml(readFileSync(join(texts, file), 'utf8')),
      place: placeOf(file),
    }))
    const { height: whole, problems: found, width, scale } = await draw(faces, picture)
    const height = Math.min(whole, picture.height ?? 4000)
    await browser.call('Emulation.setDeviceMetricsOverride', { width, height, ...scale })
    const { data } = await browser.call<{ data: string }>('Page.captureScreenshot', {
      format: 'png',
      captureBeyondViewport: true,
      clip: { x: 0, y: 0, width, height, scale: 1 },
    })
    const file = await sharp(Buffer.from(data, 'base64')).png({ palette: true, colours: 64, effort: 10 }).toBuffer()
    writeFileSync(join(target, `${picture.name}.png`), file)
    write(`${picture.name}.png ${width} × ${height}, ${Math.ceil(file.length / 1024)} KiB`)
    for (const each of found) (each.startsWith('Mermaid') ? problem : write)(`  ${each}`)
    if (!isAll && file.length > MOST) problem(`${picture.name}.png has ${file.length} bytes, more than ${MOST}`)
  }

  const hostile = attack()
  for (const text of hostile)
    for (const each of (await draw([{ html: toHtml(text), place: 'comment' }], {})).problems)
      if (each.startsWith('Mermaid')) problem(each)
  write(`${hostile.length} hostile pictures drawn`)
} finally {
  await browser.close()
  rmSync(join(page, '..'), { recursive: true, force: true })
}

if (problems.length > 0) {
  process.stderr.write(`${problems.length} problems\n`)
  process.exitCode = 1
}
