/** Numbers and long texts in sentences. Pure. */

/** The words for one thing, or for any other number. */
export const oneOrMany = (number: number, one: string, many: string): string => (number === 1 ? one : many)

/** `1 task`, `2 tasks`. */
export const plural = (number: number, one: string): string => `${number} ${oneOrMany(number, one, `${one}s`)}`

/** The text, or its beginning with an ellipsis where the text has more characters than `most`. */
export const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text
