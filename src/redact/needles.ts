/** How a hidden value is searched for in a text that repeats it. docs/decisions/0016 argues for the lengths and classes. */
import { formsOf } from './encodings.ts'
import { type Needle, shortestNeedle, shortestPart } from './haystack.ts'

/** Values of this length are found inside of words too. */
const shortestInside = 8
/** Values of this length are found in capitals and in small letters too. */
const shortestInAnyCase = 6

const letters = /^[A-Za-z]+$/
const number = /^[\d.,:+-]+$/

/** Words of ECS's own sentences, from eight letters on: blanked there, they would give a hidden value away. */
const ordinaryWords = new Set(
  `accessible activity application associate associated attempted attempting attribute attributes authorized available
balancer capacity cluster complete completed completes configuration configured connect connected connection connections
container containers contained credentials current currently deadline definition definitions deleting deployment
deployments deregister deregistered deregistering desired disconnected draining elastic encountered error essential
exceeded executable execution exited expected experienced failed failures following forbidden found healthcheck
immediately image inactive incorrect initialization initialized initiated instance instances insufficient interface
internal invalid load maintenance manifest matching maximum memory minimum missing necessary network operation parameter
parameters permission permissions pipeline placement platform possible primary private progress provider providers
provision provisioning provisioned reached reason received registered registering registers registration registry
replaced repository required requirement requirements requires resource resources response rollback rollbacks rolling
running scheduled scheduler security service services space specified stabilize started starting startup state steady
stopped stopping strategy succeeded successful successfully target targetgroup targets task tasks temporary terminated
terminating threshold throttled timeout unable unavailable unexpected unhealthy unknown unreachable unsupported
unauthorized updating validation value versions within`.split(/\s+/),
)

/** One word that is short or ECS's own, or a phrase of nothing but ECS's words. */
function isOrdinary(text: string): boolean {
  const words = text.split(' ')
  const short = words.length === 1 ? shortestInside - 1 : 3
  return words.every(word => letters.test(word) && (word.length <= short || isOfEcs(word)))
}

const isOfEcs = (word: string): boolean => ordinaryWords.has(word.toLowerCase())

/** Each distinct part of a value in each of its forms; what is too short is left out. */
const textsOf = (parts: readonly string[]): readonly string[] =>
  [...new Set(parts)].flatMap(formsOf).filter(text => text.length >= shortestNeedle)

/** The needle for a text that ECS, Docker or GitHub may repeat. */
function needleOf(text: string): Needle {
  const plain = needle(text)
  // `RUNNING` is ECS's, whatever a value says.
  if (isOrdinary(text)) return { text, where: 'quoted', anyCase: plain.anyCase && !text.split(' ').every(isOfEcs) }
  if (!letters.test(text) && !number.test(text)) return plain
  return { text, where: text.length < shortestInside ? 'quoted' : 'whole', anyCase: plain.anyCase }
}

const needle = (text: string): Needle & { anyCase: boolean } => ({
  text,
  where: text.length < shortestInside ? 'whole' : 'anywhere',
  anyCase: text.length >= shortestInAnyCase,
  ...(text.length >= shortestPart && { squeezed: text.replaceAll(' ', '') }),
})

/** Needles for a hidden value, each of its lines and each of its distinct words: servers repeat parts of a value too. */
export const needlesOf = (value: string): Needle[] =>
  textsOf([value, ...value.split(/[\r\n]+/), ...value.split(/\s+/).filter(isDistinct)]).map(needleOf)

/** Neither a plain word of letters nor a number. */
const isDistinct = (word: string): boolean => word.length >= shortestInside && !letters.test(word) && !number.test(word)

/** Needles for a secret variable's value and its lines: no word is too ordinary, as the value is to be shown nowhere. */
export function secretNeedles(value: string): Needle[] {
  const long = value.split(/[\r\n]+/).filter(line => line.trim().length >= shortestInside)
  return textsOf([value, ...long]).map(needle)
}
