/** The last lines of failed containers, from CloudWatch Logs. Its client is loaded with the first read. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'

/** A stream of a log group. */
interface Stream {
  readonly region: string
  readonly group: string
  readonly stream: string
}

/** Milliseconds until a connection, and an answer, are no longer waited for: a failure is not reported later for its logs. */
const connectionTimeout = 3_000
const answerTimeout = 5_000

/** So many pages without a line are read. */
const mostPages = 5

/** A function that reads the newest `limit` lines of a stream, oldest first. It throws what the SDK throws. */
export function logReader(limit: number): (stream: Stream) => Promise<readonly string[]> {
  const clients = new Map<string, CloudWatchLogsClient>()
  return async ({ region, group, stream }) => {
    const { CloudWatchLogsClient, GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs')
    const requestHandler = { connectionTimeout, requestTimeout: answerTimeout, throwOnRequestTimeout: true }
    const client = clients.get(region) ?? new CloudWatchLogsClient({ region, maxAttempts: 3, requestHandler })
    clients.set(region, client)
    const input = { logGroupName: group, logStreamName: stream, limit, startFromHead: false }
    let nextToken: string | undefined
    for (let page = 0; page < mostPages; page++) {
      const command = new GetLogEventsCommand({ ...input, ...(nextToken && { nextToken }) })
      const { events = [], nextBackwardToken } = await client.send(command)
      if (events.length > 0) return events.map(({ message = '' }) => message)
      // A page may be empty although lines come before it; at the last one the token repeats. Source: API reference, GetLogEvents.
      if (nextBackwardToken === nextToken) break
      nextToken = nextBackwardToken
    }
    return []
  }
}
