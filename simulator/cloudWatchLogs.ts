/** As much of CloudWatch Logs as is needed to read what a container wrote: GetLogEvents, over the real protocol. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const account = '123456789012'
const target = 'Logs_20140328.GetLogEvents'

interface GetLogEvents {
  readonly logGroupName: string
  readonly logStreamName: string
  readonly limit?: number
  readonly nextToken?: string
  readonly startFromHead?: boolean
}

export interface RunningLogs {
  /** For `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS`. */
  readonly url: string
  /** The calls so far. */
  readonly calls: readonly GetLogEvents[]
  /** The caller has no right to read logs from now on. */
  deny(): void
  close(): Promise<void>
}

/**
 * `linesOf`: what a stream holds, or undefined where there is none. `emptyPages`: so many pages come before it, as CloudWatch's own
 * may: "A returned page might only be partially full, or even empty."
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export async function startLogs(
  linesOf: (group: string, stream: string) => readonly string[] | undefined,
  emptyPages = 0,
): Promise<RunningLogs> {
  const calls: GetLogEvents[] = []
  let isDenied = false
  const answer = (operation: unknown, body: string): [status: number, body: object] => {
    if (operation !== target) return [400, { __type: 'UnknownOperationException' }]
    const input: GetLogEvents = JSON.parse(body)
    calls.push(input)
    const { logGroupName: group, logStreamName: stream, limit = 10_000, startFromHead = false } = input
    if (isDenied) {
      const resource = `arn:aws:logs:us-east-1:${account}:log-group:${group}:log-stream:${stream}`
      const message = `User: arn:aws:sts::${account}:assumed-role/simulated/session is not authorized to perform: logs:GetLogEvents on resource: ${resource} because no identity-based policy allows the logs:GetLogEvents action`
      return [400, { __type: 'AccessDeniedException', message }]
    }
    const lines = linesOf(group, stream)
    if (!lines)
      return [400, { __type: 'ResourceNotFoundException', message: 'The specified log stream does not exist.' }]
    // Beyond the first line, a token is answered with itself.
    const page = Number(input.nextToken ?? 0)
    const all = page === emptyPages ? lines : []
    const shown = startFromHead ? all.slice(0, limit) : all.slice(-limit)
    const events = shown.map((message, index) => ({ message, timestamp: index, ingestionTime: index }))
    return [200, { events, nextBackwardToken: String(Math.min(page + 1, emptyPages + 1)) }]
  }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const [status, answered] = answer(request.headers['x-amz-target'], body)
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answered))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    deny: () => {
      isDenied = true
    },
    close: () => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
