/** An object of JSON: not a list, and not null. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The value that a text is the JSON of; undefined for a text that is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The value is a text. */
export const isText = (value: unknown): value is string => typeof value === 'string'

/** The value is a JSON object. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
