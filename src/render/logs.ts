/** Where failed containers wrote, with links into CloudWatch's console, and their last lines. */
import type { ContainerLog, Report } from '../engine/document.ts'
import { code, cut, fence, fencedLine, webAddress } from './escape.ts'
import type { Rung } from './fit.ts'
import { blocks, bold, bullets, encode, folded, message } from './markdown.ts'

/**
 * The console of each partition. https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html; that of the European
 * Sovereign Cloud is in the general reference of https://docs.aws.eu.
 */
function consoleOf(region: string): string {
  if (region.startsWith('cn-')) return `https://${region}.console.amazonaws.cn`
  if (region.startsWith('us-gov-')) return 'https://console.amazonaws-us-gov.com'
  if (region.startsWith('eusc-')) return `https://${region}.console.amazonaws-eusc.eu`
  return `https://${region}.console.aws.amazon.com`
}

/** The console reads names in its fragment encoded twice, with `$` in place of `%`. */
const twice = (name: string): string => encode(encode(name)).replace(/%/g, '$')

/** A stream in CloudWatch's console; undefined for a region that no address can have. */
function consoleAddress({ region, group, stream }: ContainerLog): string | undefined {
  const place = `log-groups/log-group/${twice(group)}/log-events/${twice(stream)}`
  return webAddress(`${consoleOf(region)}/cloudwatch/home?region=${region}#logsV2:${place}`)?.replace(/%24/g, '$')
}

const logsOf = ({ steps }: Report, rung: Rung): readonly ContainerLog[] =>
  rung.extras ? steps.flatMap(({ error }) => error?.logs ?? []) : []

/** The logs of every failed step, as a list of links. Empty without any. */
export const logList = (report: Report, rung: Rung): string => bullets(logsOf(report, rung).map(logLink), rung.entries)

/** Their last lines, folded. */
export const logEnds = (report: Report, rung: Rung): string =>
  blocks(
    ...logsOf(report, rung)
      .slice(0, rung.entries)
      .map(log => lastLines(log, rung)),
  )

function logLink(log: ContainerLog): string {
  const { container, task, group, stream, unread } = log
  const address = consoleAddress(log)
  const name = code(cut(`${group} ${stream}`, 300))
  const where = address === undefined ? name : `[${name}](${address})`
  const why = unread ? ` (its lines could not be read: ${message(unread, 300)})` : ''
  return `Log of container ${code(cut(container, 160))} in task ${code(cut(task, 80))}: ${where}${why}`
}

function lastLines({ container, task, lines = [] }: ContainerLog, rung: Rung): string {
  if (lines.length === 0) return ''
  const shown = lines.flatMap(line => line.split(/\r?\n/)).map(line => fencedLine(cut(line, rung.characters)))
  return folded(`<b>Last lines</b> · ${bold(cut(container, 160))} in task ${bold(cut(task, 80))}`, fence('text', shown))
}
