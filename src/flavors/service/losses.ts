/** What a service will not be reached or guarded by any more, as risks. Pure. */
import { type Change, type FoundChange, shownChange } from '../../compare/change.ts'
import { untrusted } from '../../untrusted.ts'
import { plural } from '../../wording.ts'
import { wholeElements } from '../elements.ts'

/** One sentence each: `loses its load balancer web-tg:8080: no requests reach it that way any more`. */
export function losses(changes: readonly FoundChange[]): string[] {
  const shown = changes.map(shownChange)
  const lost = [...wholeElements(shown).values()].filter(({ action, noun }) => action === 'remove' && noun in effects)
  const said = lost.map(({ noun, name }) => {
    const named = name === undefined ? '' : ` ${untrusted(name)}`
    return `loses its ${noun}${named}: ${effects[noun]}`
  })
  const alarms = lost.some(({ noun }) => noun === alarmNoun) ? [] : lostAlarms(shown)
  const fewer =
    alarms.length > 0 ? [`loses ${plural(alarms.length, 'alarm')}: ${alarms.map(untrusted).join(', ')}`] : []
  return [...new Set([...said, ...fewer])]
}

const alarmNoun = 'deployment alarms'

const effects: Readonly<Record<string, string>> = {
  'load balancer': 'no requests reach it that way any more',
  'circuit breaker': 'ECS stops no deployment that fails',
  [alarmNoun]: 'they stop no deployment any more',
}

/** Alarms that others of the list outlive. */
function lostAlarms(shown: readonly Change[]): string[] {
  const names = shown.find(({ path }) => path === 'deploymentConfiguration.alarms.alarmNames')
  const [before, after] = [names?.before, names?.after ?? []]
  return Array.isArray(before) && Array.isArray(after) ? before.map(String).filter(one => !after.includes(one)) : []
}
